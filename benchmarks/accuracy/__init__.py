"""How well the embedded reader answers the questions of the corpus.

Run `python -m benchmarks.accuracy`. A question that fails with an error is neither an answer nor a
refusal: it scores 0 everywhere and stays in the count.

`__main__.py` is the command, `workers.py` asks, `outcome.py` is what is kept of
each question, `readers.py` has who is asked, `summary.py` the measures, `table.py` their table.
"""
