"""Makes `ergo_agent/documents/page-confidence.json`: how sure a page's answer is.

`python -m scripts.page_confidence.collect OUT` asks about documents that no benchmark has, and
`python -m scripts.page_confidence.fit OUT --write` fits the regression and chooses the thresholds.

The file was made of the first 20 documents, 120 questions of which 40 have no answer. By weights
that were fitted without the document's own kind:

| | right | wrong | rightly refused | pages opened |
|---|---|---|---|---|
| the thresholds that were chosen | 51 | 14 | 34 | 378 |
| the surest of five pages, always given | 52 | 28 | 31 | 360 |

Of the first 108, the rule before (the reader's confidence alone, from 0.65 on) had 45 right, 14
wrong and 30 of 36 refused; with the share of the question's words that the page alone holds, and
not the one before, the answers of questions that take two pages were lost.
"""
