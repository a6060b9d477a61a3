"""The README, followed literally by somebody who has nothing: every command and every snippet.

    python -m scripts.readme_followed build/readme

`make test-readme` runs it. In a fresh folder, with a Python that holds nothing, the blocks of the
README are carried out in their order (`steps.py` reads them, `shell.py` runs them), each with just
what those before it have installed; what a block says that it prints has to be printed. Nothing but
pip reaches for a network. It needs Python and bash, and nothing else.

A line of a shell block, or the first line of Python, that ends in a comment `# needs a ...` cannot
run here: it is left out, and the list at the end says so, with the reason. One that ends in
`# until Ctrl-C` or `# until Ctrl-D` is started in a terminal of its own, and ended that way.
"""
