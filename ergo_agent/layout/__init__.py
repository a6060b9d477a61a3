"""How the lines of a page are arranged: blocks, rows, tables, paragraphs, headings, labels.

What read the lines does not matter: the embedded reader finds answers among them, `extraction`
fills models from their tables and looks up what any policy claims.

What each number here is worth, or what it guards: `scripts/reader_numbers/README.md`.
"""
