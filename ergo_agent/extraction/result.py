"""What an extraction comes back with."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ergo_agent._common.text import quoted, shown_short, visible
from ergo_agent.episode.pages import DocumentPart
from ergo_agent.extraction.page_boxes import save_boxes
from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.stores import ImageStore
from ergo_agent.views.geometry import Region

__all__ = ["Extraction", "FieldAnswer"]

M = TypeVar("M", bound=BaseModel)


class FieldAnswer(BaseModel):
    """What was found for one field, and where."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    """Its path in the model: `total`, `supplier.city`, `items[0].amount`."""

    question: str
    """What was asked for it; empty for a cell of a table."""

    value: Any = None
    """Of the field's type; None where it was not located, or what was read is none."""

    read: str | None = None
    """The text that the value was read from, verbatim; None where none was located."""

    quote: str = ""
    """The passage that it was read in: what surrounds it, or the row of a table."""

    page: int | None = None
    """From 1; None where it was not located."""

    region: Region | None = None
    """Where the text stands, in original pixels of its page."""

    confidence: float | None = None
    """The probability that the text is right, as of `VisionAnswer`; None for policies that give
    none, and for cells of tables."""

    problem: str = ""
    """Why there is no value although there is a text, or what is to be said of it."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What its `repr` shows; the whole is `model_dump()`."""
        yield "name", self.name
        yield "value", shown_short(self.value)
        yield "page", self.page
        yield "region", None if self.region is None else self.region.as_tuple()
        yield "confidence", None if self.confidence is None else round(self.confidence, 2)
        if self.problem:
            yield "problem", self.problem

    def __str__(self) -> str:
        return visible(f"{self.name}: {'; '.join(self._facts())}")

    def _facts(self) -> Iterator[str]:
        """The value and its place, as a line says them."""
        yield "not found" if self.value is None else str(self.value)
        if self.region is not None:
            yield f"page {self.page}, pixels {self.region.as_tuple()}"
        if self.confidence is not None:
            yield f"confidence {self.confidence:.2f}"
        if self.problem:
            yield self.problem

    def as_row(self) -> dict[str, Any]:
        """One flat row for a table; its edges are original pixels, right and bottom exclusive."""
        edges = (None,) * 4 if self.region is None else self.region.as_tuple()
        return {
            "field": self.name,
            "value": self.value,
            "read": self.read,
            "confidence": self.confidence,
            "page": self.page,
            **dict(zip(("left", "top", "right", "bottom"), edges, strict=True)),
            "quote": self.quote,
            "problem": self.problem,
        }


@dataclass(frozen=True, repr=False)
class Extraction(Generic[M]):
    """A model filled from a document, with where each value was read.

    Printed, it is a line for each field; the whole of it is `as_json()`.
    """

    value: M | None
    """The model; None where a field that it cannot do without was not located, or where the model
    itself refuses what was. What was located is in `fields` all the same."""

    fields: dict[str, FieldAnswer]
    """What was found for each field, by its path."""

    missing: tuple[str, ...]
    """Paths of the fields that have no value."""

    policy: str
    """The model and the dialect."""

    parts: tuple[DocumentPart, ...]
    """The files of the document."""

    vision_tokens: int = 0
    """What all views together cost."""

    notes: tuple[str, ...] = ()
    """What was met on the way: what the model refuses, rows that are incomplete, pages that were
    not looked at."""

    seconds: float = 0.0
    store: ImageStore | None = field(default=None, compare=False)
    limits: ImageLimits = field(default=DEFAULT_LIMITS, compare=False)

    def __repr__(self) -> str:
        return (
            f"Extraction(value={quoted(self.value, most=200)}, fields={len(self.fields)}, "
            f"missing={self.missing}, vision_tokens={self.vision_tokens})"
        )

    def __str__(self) -> str:
        lines = [str(each) for each in self.fields.values()]
        lines += [visible(f"  {note}") for note in self.notes]
        if self.value is None:
            lines.append(
                "  no value: a field that the model needs was not located, or it refuses what was"
            )
        return "\n".join([*lines, f"  {self.vision_tokens} vision tokens"])

    def as_rows(self) -> list[dict[str, Any]]:
        """A flat row for each field: `pandas.DataFrame(found.as_rows())`."""
        return [each.as_row() for each in self.fields.values()]

    @property
    def problems(self) -> dict[str, str]:
        """What is to be said of fields, by their path."""
        return {name: each.problem for name, each in self.fields.items() if each.problem}

    @property
    def values(self) -> dict[str, Any]:
        """The value of each field by its path; None where there is none."""
        return {name: each.value for name, each in self.fields.items()}

    def as_json(self) -> dict[str, Any]:
        """Everything as plain JSON: `value`, `fields`, `missing`, `notes` and what it cost."""
        value = None if self.value is None else self.value.model_dump(mode="json")
        return {
            "value": value,
            "missing": list(self.missing),
            "fields": {name: _plain(each) for name, each in self.fields.items()},
            "notes": list(self.notes),
            "policy": self.policy,
            "vision_tokens": self.vision_tokens,
            "seconds": round(self.seconds, 3),
        }

    def save_boxes(self, path: str | os.PathLike[str]) -> list[str]:
        """Draw where each value was read on its page, and save the pages; blocking.

        Args:
            path: A picture's name. Of values on several pages each page is saved for itself, with
                its number in its name; a `.pdf` or `.tif` holds them all.

        Returns:
            The files written.

        Raises:
            ImageError: If a page cannot be opened any more.
            SettingsError: If a file cannot be written.
        """
        places: dict[int, list[tuple[str, Region]]] = {}
        for name, each in self.fields.items():
            if each.region is not None and each.page is not None:
                places.setdefault(each.page, []).append((name, each.region))
        return save_boxes(path, places, parts=self.parts, store=self.store, limits=self.limits)


def _plain(answer: FieldAnswer) -> Mapping[str, Any]:
    plain: dict[str, Any] = json.loads(answer.model_dump_json(exclude={"name"}))
    return plain
