"""Finds the answer to a question among the lines of a page."""
