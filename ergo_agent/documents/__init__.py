"""Documents of many pages: what they are, what stands on their pages, which page to open.

- `document.py`: what a document is, and how it is opened; `ranges.py`: the pages a caller names
- `page_texts.py`: where the text of a page comes from: `text_layer.py`, `trust.py`, `quick_look.py`
- `survey.py`: a text for each page, kept on the `shelf.py`
- `finders.py`: who says which pages to open, by name; `text_finder.py`, `policy_finder.py`,
  `retriever_finder.py`
"""
