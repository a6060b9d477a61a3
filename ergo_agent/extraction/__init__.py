"""A model filled from a document: what its fields are, how values are read, and where they stand.

- `form.py`: the fields of a pydantic model, each with its question; `json_schema.py` makes a model
- `kinds.py`: what a field takes; `amounts.py`, `dates.py`: values as people write them;
  `habits.py`: how a document writes them
- `page_reader.py`, `table_rows.py`: rows of tables; `places.py`: where a value stands
- `structured.py`: the reply of a vision-language policy
- `result.py`, `assembly.py`, `page_boxes.py`: what comes of it
"""
