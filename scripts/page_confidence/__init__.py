"""Makes `ergo_agent/documents/page-confidence.json`: how sure a page's answer is.

`python -m scripts.page_confidence.collect OUT` asks about documents that no benchmark has, and
`python -m scripts.page_confidence.fit OUT --write` fits the regression and chooses the thresholds.
"""
