"""Trains the answer scorer of the embedded reader: `python -m scripts.answer_scorer --help`.

All-MiniLM-L6-v2 reads a question and one passage of a page together. Of all passages of the page
it learns to pick the one that holds the answer, or none. Its pages and questions are the `training`
split of the corpus in `benchmarks`. It needs torch and transformers, and onnx to write the file
that the package ships; the package itself depends on none of them.
"""
