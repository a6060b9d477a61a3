"""Models filled from invented invoices, receipts and forms; see `__main__.py`.

- `models.py`: what is asked for; `facts.py`: what stands on a document, in one habit of writing
- `draft.py`: a document that is being drawn; `development/` and `held_out/`: the layouts
- `documents.py`: documents with what is right; `score.py`, `table.py`: how well a model was filled
"""
