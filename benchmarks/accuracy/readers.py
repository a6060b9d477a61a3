"""Who is asked: the embedded reader, or the same finder after one plain pass over the full page."""

from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.accuracy.outcome import Outcome
from benchmarks.corpus.model import Question
from ergo_agent import ErgoError, ask
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr import ChatOcr, create_ocr_policy
from ergo_agent.policies.ocr.engine import RecognisedLine
from ergo_agent.policies.ocr.reader import Reading, ViewReader, reading_of
from ergo_agent.policies.ocr.turn import UPRIGHT, Turn

__all__ = ["BASELINES", "Reader", "name_of"]

BASELINES = ("full_page",)
_WHOLE = 60_000
"""Vision tokens of a view: enough for 47 megapixels at full resolution."""


def name_of(*, baseline: str | None, budget: int) -> str:
    """What a reader's answers are kept under."""
    return baseline or f"coarse to fine, {budget}"


class Reader:
    """Answers questions about pages, one after the other."""

    def __init__(self, *, baseline: str | None, budget: int) -> None:
        """Prepare; models are loaded by the first question.

        Args:
            baseline: `full_page` reads the page once with RapidOCR as it comes, which itself
                shrinks pages above 2,000 pixels, and gives its lines to the same finder. None is
                the reader as people use it.
            budget: Vision tokens of one view of the reader; without meaning for the baseline.
        """
        self.name = name_of(baseline=baseline, budget=budget)
        if baseline is None:
            self.policy = create_ocr_policy()
            self.settings: dict[str, Any] = {"view_budget": budget}
        else:
            self.policy = Policy(ChatOcr(reader=_PlainReader()), ReadingDialect())
            self.settings = {"view_budget": _WHOLE, "max_vision_tokens": _WHOLE}

    def warm_up(self) -> None:
        """Load every model, so that no question pays for it."""
        ask(Image.new("RGB", (640, 640), "white"), "What is it?", policy=self.policy)

    def answer(self, page: Path, question: Question, *, first: bool) -> Outcome:
        """Ask one question; an error of the package is kept as such."""
        started, spent = perf_counter(), process_time()
        said: dict[str, Any] = {}
        try:
            answer = ask(str(page), question.question, policy=self.policy, **self.settings)
            said = {
                "answer": answer.answer,
                "regions": [evidence.region.as_tuple() for evidence in answer.evidence],
                "confidence": getattr(answer, "confidence", None),
                "share": answer.ledger.share,
                "stopped": str(answer.stop_reason),
            }
        except ErgoError as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        return Outcome(
            document=question.document,
            question=question.question,
            reader=self.name,
            seconds=perf_counter() - started,
            processor=process_time() - spent,
            first=first,
            **said,
        )


class _PlainReader(ViewReader):
    """Reads with RapidOCR and its own settings; only its log is silenced."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR  # noqa: PLC0415  # takes a second

        super().__init__()
        self._plain: Any = RapidOCR(
            params={"Global.log_level": "critical", "Global.return_word_box": True}
        )

    def _read(self, image: Image.Image, turn: Turn | None, scale: float, *, quick: bool) -> Reading:  # noqa: ARG002  # as ViewReader has it
        found = self._plain(np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1]))
        if found.txts is None:
            return Reading(())
        quads = np.asarray(found.boxes, dtype=np.float32)
        words = found.word_results or ((),) * len(found.txts)
        lines = [
            RecognisedLine(text.strip(), score, _shares(parts, corners))
            for text, score, parts, corners in zip(
                found.txts, found.scores, words, quads, strict=False
            )
        ]
        return reading_of(lines, quads, UPRIGHT)


def _shares(parts: Any, corners: NDArray[np.float32]) -> tuple[tuple[str, float, float], ...]:  # noqa: ANN401  # RapidOCR has no types
    """Each word, and where it begins and ends as a share of the line's width."""
    left, right = float(corners[:, 0].min()), float(corners[:, 0].max())
    spans = ((word, [x for x, _ in box]) for word, _, box in parts or () if box is not None)
    return tuple(
        (str(word), (min(xs) - left) / (right - left), (max(xs) - left) / (right - left))
        for word, xs in spans
    )
