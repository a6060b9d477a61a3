"""Questions about whole documents: the right page, the right answer, and what it costs.

- `book.py`: a document that is written page by page, and knows what is asked about it
- `kinds/`: manual, catalogue, minutes, contract, report; `invented.py`: their names and filler
- `corpus.py`: which documents there are; `scans.py`: pages as pictures
- `asking.py`, `cost.py`, `memory.py`: what is measured; `table.py`, `plot.py`: how it is shown
"""
