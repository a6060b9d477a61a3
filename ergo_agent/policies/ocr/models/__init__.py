"""Small language models of the embedded reader, on the onnxruntime that also reads the page.

`SentenceEncoder` brings a question near to what a page says in other words; `PassageReader` reads a
question and a passage together and says which words answer. Both are MiniLM with six layers
(22 million parameters), quantised to 8 bits; NOTICE says where they come from.
"""

from functools import cache
from typing import NamedTuple

from ergo_agent.policies.ocr.models.passages import PassageReader, ReadSpan
from ergo_agent.policies.ocr.models.sentences import SentenceEncoder, Vectors

__all__ = ["Models", "PassageReader", "ReadSpan", "SentenceEncoder", "Vectors", "shared_models"]


class Models(NamedTuple):
    """What the finder understands language with."""

    encoder: SentenceEncoder
    reader: PassageReader


@cache
def shared_models() -> Models:
    """The models that all readers of one process share."""
    return Models(SentenceEncoder(), PassageReader())
