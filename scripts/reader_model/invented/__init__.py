"""Invented pages with questions: all firms, people and numbers on them are made up.

`values` makes values, `concepts.txt`, `tables.txt` and `sentences.txt` say what is printed and how
it is asked for, `canvas` sets text on a page and misreads it the way a recogniser does, `blocks`
arranges, and `pages` puts pages together and takes them through the reader's own layout.
"""
