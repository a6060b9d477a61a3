"""Writes the questions of laid-out pages, and the places of all answers, into the question files.

Run `python -m benchmarks.corpus.question_files --split development` after a layout was changed.
Questions about pages of packages are written by hand; of these only a missing place is worked out,
where the page can be had: the first occurrence of the first gold string in the text layer.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pypdfium2

from benchmarks.corpus.layouts import laid_out
from benchmarks.corpus.layouts.paper import Asked, Form
from benchmarks.corpus.looks import POINTS_PER_INCH, moved
from benchmarks.corpus.model import (
    FOLDER,
    Document,
    LaidOutSource,
    Place,
    Question,
    load_documents,
    load_questions,
)
from benchmarks.corpus.pages import CorpusError, default_cache, load_pdf

__all__ = ["asked_about", "found_places", "printed_in"]

_POINT = POINTS_PER_INCH / 25.4
"""Points in a millimetre."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a split's questions; 1 where a page could not be had or does not hold its gold."""
    parser = argparse.ArgumentParser(prog="benchmarks.corpus.question_files", description=__doc__)
    parser.add_argument("--split", choices=("development", "held_out"), required=True)
    options = parser.parse_args(arguments)
    path = FOLDER / "questions" / f"{options.split}.jsonl"
    kept = load_questions(options.split) if path.exists() else ()
    lines, faults = [], 0
    for document in load_documents(options.split):
        for question in _written(document, kept):
            faults += _fault(document, question)
            lines.append(question.model_dump_json(exclude_defaults=True))
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    print(f"{len(lines)} questions, {faults} faults")
    return 1 if faults else 0


def asked_about(document: Document) -> list[Question]:
    """The questions of a laid-out page, with their places in pixels of its picture.

    Where the picture is turned or slanted, that is the kind of its questions.
    """
    source, form = document.source, _form(document)
    assert isinstance(source, LaidOutSource)
    seen: dict[str, Question] = {}
    for asked in form.asked:
        question = Question(
            document=document.id,
            question=asked.question,
            gold=asked.gold,
            wording=asked.wording,  # type: ignore[arg-type]  # checked by the model
            kind=_kind(asked, document),  # type: ignore[arg-type]  # as above
            regions=tuple(_pixels(document, spot) for spot in asked.spots),
        )
        seen.setdefault(asked.question, question)
    return list(seen.values())


def found_places(
    document: Document, text: str, *, which: int = 1, cache: Path | None = None
) -> tuple[Place, ...]:
    """Where a text stands on a page as whole words, one box a line; empty where it does not.

    Args:
        document: The page.
        text: What is looked for, case counting.
        which: The number of the occurrence, from 1.
        cache: Where downloads are kept.
    """
    pdf, index = load_pdf(document, cache=default_cache() if cache is None else cache)
    with pypdfium2.PdfDocument(pdf) as opened:
        page = opened[index]
        size, layer = page.get_size(), page.get_textpage()
        start, count = _occurrence(layer, text, which)
        if not count:
            return ()
        boxes = [layer.get_rect(at) for at in range(layer.count_rects(start, count))]
    return tuple(
        moved((left, size[1] - top, right, size[1] - bottom), document.look, size=size)
        for left, bottom, right, top in boxes
    )


def _occurrence(layer: pypdfium2.PdfTextPage, text: str, which: int) -> tuple[int, int]:
    """First letter and length of an occurrence, of whole words where there is one; else 0, 0."""
    for whole in (True, False):
        search = layer.search(text, match_case=True, match_whole_word=whole)
        found = [search.get_next() for _ in range(which)][-1]
        if found is not None:
            return int(found[0]), int(found[1])
    return 0, 0


def printed_in(document: Document, spots: Sequence[tuple[float, float, float, float]]) -> str:
    """The text layer inside some spots of a laid-out page, in millimetres."""
    with pypdfium2.PdfDocument(_form(document).pdf) as opened:
        page = opened[0]
        height, layer = page.get_size()[1], page.get_textpage()
        parts = []
        for left, top, right, bottom in spots:
            edges = left - 0.2, top - 0.2, right + 0.2, bottom + 0.2
            left, top, right, bottom = (edge * _POINT for edge in edges)  # noqa: PLW2901
            parts.append(layer.get_text_bounded(left, height - bottom, right, height - top))
    return " ".join(parts)


def _written(document: Document, kept: Sequence[Question]) -> Iterator[Question]:
    if isinstance(document.source, LaidOutSource):
        yield from asked_about(document)
        return
    for question in kept:
        if question.document == document.id:
            yield _placed(document, question)


def _placed(document: Document, question: Question) -> Question:
    """A hand-written question with the place of its answer, the one it had if there is no page."""
    if not question.gold or question.regions:
        return question
    try:
        places = found_places(document, question.gold[0])
    except CorpusError as error:
        print(f"{document.id}: {error}", file=sys.stderr)
        return question
    return question.model_copy(update={"regions": places})


def _fault(document: Document, question: Question) -> int:
    """1 where an answerable question has no place; says so."""
    if question.gold and not question.regions:
        print(f"{document.id}: not found: {question.gold[0]!r}", file=sys.stderr)
        return 1
    return 0


def _form(document: Document) -> Form:
    source = document.source
    assert isinstance(source, LaidOutSource)
    return laid_out(source.layout, seed=source.seed)


def _kind(asked: Asked, document: Document) -> str:
    if asked.kind == "beyond-reading":
        return asked.kind
    if document.look.turn:
        return "turned"
    return "skewed" if document.look.skew else asked.kind


def _pixels(document: Document, spot: tuple[float, float, float, float]) -> Place:
    left, top, right, bottom = (edge * _POINT for edge in spot)
    size = _size(_form(document).pdf)
    return moved((left, top, right, bottom), document.look, size=size)


@cache
def _size(pdf: bytes) -> tuple[float, float]:
    """Width and height of a page in points."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return opened[0].get_size()  # type: ignore[no-any-return]


if __name__ == "__main__":
    sys.exit(main())
