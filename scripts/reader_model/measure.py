"""How well the finder answers on read or printed pages: the measures of DocVQA and of refusals.

`python -m scripts.reader_model.measure held_out [--lines FOLDER]` asks the questions of a split of
pages whose lines come out of the text layer, or were recorded in a folder as `PAGE.json`. It is for
the making of the model; `benchmarks.accuracy` measures the whole reader on pictures.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from rapidfuzz.distance import Levenshtein

from benchmarks.corpus.model import Document, Question
from benchmarks.corpus.pages import default_cache, load_documents, load_pdf, load_questions
from ergo_agent.layout.text import Box, TextLine, Word
from ergo_agent.policies.ocr.finder.finder import find, likeliest
from ergo_agent.policies.ocr.models import shared_models
from scripts.reader_model.text_layer import lines_of_page

__all__ = ["Told", "anls", "best_of", "given_by", "recorded", "table", "told_of"]


class Told(NamedTuple):
    """What was found for one question."""

    question: Question
    text: str | None
    """The best answer, given or not."""
    confidence: float

    @property
    def near(self) -> float:
        """ANLS of the text, 0 for a refusal."""
        return anls(self.text, self.question.gold)

    @property
    def right(self) -> bool:
        """Whether the text is an answer: nearly one of the accepted strings."""
        return self.near >= 0.5


def anls(text: str | None, gold: Sequence[str]) -> float:
    """DocVQA's average normalised Levenshtein similarity of one answer, threshold 0.5."""
    if text is None or not gold:
        return 0.0
    said = _plain(text)
    best = max(Levenshtein.normalized_similarity(said, _plain(each)) for each in gold)
    return best if best >= 0.5 else 0.0


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def told_of(
    split: str, lines: Path | None, answer: Callable[[str, Sequence[TextLine]], tuple[str, float]]
) -> Iterator[Told]:
    """Every question of a split whose page can be had, with what `answer` makes of it."""
    pages = {document.id: document for document in load_documents(split)}
    for question in load_questions(split):
        found = _lines(pages[question.document], lines)
        if found is not None:
            text, probability = answer(question.question, found)
            yield Told(question, text, probability)


_read: dict[str, Sequence[TextLine] | None] = {}


def _lines(document: Document, folder: Path | None) -> Sequence[TextLine] | None:
    if document.id not in _read:
        _read[document.id] = recorded(folder, document.id) if folder else _printed(document)
    return _read[document.id]


def recorded(folder: Path, page: str) -> Sequence[TextLine] | None:
    """The lines of a page that `record` wrote into a folder; None if it wrote none."""
    path = folder / f"{page}.json"
    if not path.is_file():
        return None
    return tuple(
        TextLine(text, Box(*box), score, tuple(Word(*word) for word in words), turned=turned)
        for text, box, score, words, turned in json.loads(path.read_text("utf-8"))
    )


def _printed(document: Document) -> Sequence[TextLine]:
    pdf, index = load_pdf(document, cache=default_cache())
    with pypdfium2.PdfDocument(pdf) as opened:
        return lines_of_page(opened[index])


def table(told: Sequence[Told], threshold: float) -> str:
    """The measures at a threshold, one a line."""
    rows = []
    for name in ("page", "paraphrase"):
        own = [each for each in told if each.question.wording == name]
        given = [each for each in own if each.confidence >= threshold]
        count = max(1, len(own))
        exact = sum(_is_exact(each) for each in given)
        held = sum(_holds(each) for each in given)
        rows.append(
            f"{name:12} {len(own):4} ANLS {sum(each.near for each in given) / count:.3f} "
            f"exact {exact / count:.3f} contained {held / count:.3f} "
            f"refused {1 - len(given) / count:.3f}; never refusing: "
            f"ANLS {sum(each.near for each in own) / count:.3f}"
        )
    none = [each for each in told if not each.question.gold]
    given = [each for each in told if each.confidence >= threshold]
    wrong = [each for each in given if not each.right]
    refused = sum(each.confidence < threshold for each in none)
    rows.append(f"unanswerable {len(none):4} refused {refused / max(1, len(none)):.3f}")
    rows.append(f"wrong but answered {len(wrong) / max(1, len(told)):.3f} of {len(told)}")
    return "\n".join(rows)


def _is_exact(told: Told) -> bool:
    return told.text is not None and _plain(told.text) in map(_plain, told.question.gold)


def _holds(told: Told) -> bool:
    return told.text is not None and any(_plain(g) in _plain(told.text) for g in told.question.gold)


def best_of(question: str, lines: Sequence[TextLine]) -> tuple[str, float]:
    """The best answer with the model's own probability."""
    best = likeliest(question, lines, shared_models())
    return (best.text, best.probability) if best else ("", 0.0)


def given_by(question: str, lines: Sequence[TextLine]) -> tuple[str, float]:
    """The best answer with its calibrated confidence."""
    finding = find(question, lines)
    return (finding.text, finding.confidence) if finding else ("", 0.0)


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_model.measure")
    parser.add_argument("split")
    parser.add_argument("--lines", type=Path, help="folder of recorded lines")
    parser.add_argument("--show", action="store_true", help="print every question")
    parser.add_argument("--raw", action="store_true", help="before calibration")
    options = parser.parse_args()
    answer = best_of if options.raw else given_by
    told = list(told_of(options.split, options.lines, answer))
    if options.show:
        for each in told:
            gold = list(each.question.gold[:2])
            print(f"{each.confidence:.2f} {each.near:.2f} {each.question.question} -> "
                  f"{each.text!r} {gold}")  # fmt: skip
    for threshold in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        print(f"threshold {threshold}\n{table(told, threshold)}")


if __name__ == "__main__":
    main()
