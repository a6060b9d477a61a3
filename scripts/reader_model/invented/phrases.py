"""Questions as people put them."""

# ruff: noqa: E501  # questions are easier to compare side by side

from random import Random

from scripts.reader_model.invented.vocabulary import Concept

__all__ = ["about_cell", "about_concept", "about_label", "worded"]

_FIELD = [
    "What is the {}?", "What is the {}?", "What is the {}?", "what's the {}", "Which {} is given?",
    "{}?", "Give me the {}.", "What {} is stated?", "Please tell me the {}.", "the {}",
    "Can you find the {}?", "What does it say for {}?", "What {} does it have?", "Find the {}",
    "I need the {}.", "What is the {} on this page?",
]  # fmt: skip
_CELL = [
    "What is the {col} of {row}?", "What is the {col} for {row}?", "{col} of {row}?",
    "What is the {col} of the {row}?", "What {col} does {row} have?", "{row}: {col}?",
    "For {row}, what is the {col}?", "What does the table give as {col} for {row}?",
    "What is {row}'s {col}?", "Which {col} belongs to {row}?", "{row} {col}",
]  # fmt: skip
_FIGURE = [
    "What is {row} in {col}?", "What was {row} in {col}?", "{row} {col}?", "How much was {row} in {col}?",
    "What is the {row} for {col}?", "What is the {row} at {col}?", "{row} at {col}", "What was the {row} of {col}?",
]  # fmt: skip


def about_concept(concept: Concept, label: str, rng: Random) -> str:
    """A question about a field, in the words of its label or in others."""
    if concept.asks and rng.random() < 0.5:
        return worded(rng.choice(concept.asks), rng)
    name = label.strip(" :.#") if rng.random() < 0.8 else rng.choice(concept.labels).strip(" :.#")
    return about_label(name, rng)


def about_label(label: str, rng: Random) -> str:
    """A question about a field in the words of a label."""
    return worded(rng.choice(_FIELD).format(_lowered(label.strip(" :.#"), rng)), rng)


def about_cell(column: str, row: str, rng: Random) -> str:
    """A question about a cell in the words of the table."""
    figure = any(letter.isdigit() for letter in column)
    form = rng.choice(_FIGURE if figure else _CELL)
    return worded(form.format(col=_lowered(column, rng), row=_lowered(row, rng)), rng)


def worded(question: str, rng: Random) -> str:
    """A question as written: mostly with care."""
    form = rng.random()
    if form < 0.08:
        question = question.rstrip("?. ")
    if form < 0.05 or form > 0.95:
        question = question.lower()
    return question[:1].upper() + question[1:] if 0.08 < form < 0.95 else question


def _lowered(name: str, rng: Random) -> str:
    """A label within a sentence: capitals of words that are no names go."""
    words = name.split()
    plain = all(word[:1].isupper() is False or word[1:].islower() for word in words[:1])
    return name[:1].lower() + name[1:] if words and plain and rng.random() < 0.6 else name
