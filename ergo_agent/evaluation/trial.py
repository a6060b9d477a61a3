"""One sample, asked once in one mode: whatever happens to it, an outcome comes of it."""

import time
from collections.abc import Mapping
from typing import Any

from cachetools import LRUCache
from langchain_core.language_models import BaseChatModel

from ergo_agent.answer import VisionAnswer
from ergo_agent.ask import aask
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import ErgoError, SettingsError
from ergo_agent.evaluation.controls import ControlLook
from ergo_agent.evaluation.modes import (
    CONTROLS,
    OUTER,
    Mode,
    gold_region,
    mode_settings,
    random_region,
)
from ergo_agent.evaluation.outcome import Outcome, Tokens, found_where
from ergo_agent.evaluation.outer import OuterAgent
from ergo_agent.evaluation.samples import Place, Sample
from ergo_agent.evaluation.scoring import Scorer
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.originals import Original
from ergo_agent.policies.base import Policy
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["Asker"]


class Asker:
    """Asks a policy the samples of a benchmark."""

    def __init__(  # noqa: PLR0913  # keyword-only after the first
        self,
        policy: Policy,
        *,
        scorer: Scorer,
        settings: VisionSettings,
        full_budget: int,
        seed: int,
        maker: ViewMaker | None = None,
        outer: BaseChatModel | None = None,
    ) -> None:
        """Say whom to ask, and within what.

        Args:
            policy: Whom.
            scorer: Says what an answer is worth.
            settings: What an episode may cost.
            full_budget: Vision tokens of the one view of the mode `full`.
            seed: Of random crops.
            maker: Opens pages; one over the memory that the process shares when left out.
            outer: The outer model, for the modes that ask one.
        """
        self._policy = policy
        self._scorer = scorer
        self._settings = settings
        self._full_budget = full_budget
        self._seed = seed
        self.maker = maker or ViewMaker()
        """Opens pages and makes views; its store has the views of what was asked last."""
        self._outer = outer
        self._agent: OuterAgent | None = None
        self._looks: LRUCache[Mode, ControlLook] = LRUCache(len(CONTROLS))

    async def outcome(
        self, sample: Sample, mode: Mode, *, trial: int = 1, ergo: Outcome | None = None
    ) -> Outcome:
        """What comes of a sample; an error of any kind is an outcome, and a wrong one.

        Args:
            sample: What is asked.
            mode: How.
            trial: From 1.
            ergo: What came of it under `ergo`, for the modes that take their crop from it.
        """
        clock = time.perf_counter()
        came: dict[str, Any]
        facts: Mapping[str, Any]
        try:
            if mode in OUTER:
                said, facts = await self._outer_answer(sample, mode)
            else:
                answer = await self._answer(sample, mode, trial, ergo)
                said, facts = answer.answer, _facts(sample, answer)
            score = self._scorer(sample, said)
            came = {
                "answer": said,
                "read": score.read,
                "value": score.value,
                "right": score.right,
                **facts,
            }
        except Exception as error:  # whatever it is, the sample counts
            nothing = {"recall": 0.0, "iou": 0.0} if sample.places else {}
            seen = {"page_recall": 0.0} if sample.pages else {}
            came = {"error": _in_words(error), **nothing, **seen}
        seconds = time.perf_counter() - clock
        return Outcome.of(sample, mode=mode, trial=trial, seconds=seconds, **came)

    async def _answer(
        self, sample: Sample, mode: Mode, trial: int, ergo: Outcome | None
    ) -> VisionAnswer:
        settings = mode_settings(mode, self._settings, full_budget=self._full_budget)
        if mode not in CONTROLS:
            return await aask(
                sample.document,
                sample.question,
                page=sample.page,
                options=sample.offered,
                policy=self._policy,
                **{name: getattr(settings, name) for name in settings.model_fields_set},
            )
        look = await self._look(mode, settings)
        crop = _first_crop(ergo)
        original = await look.opened(sample, page=_page(sample, mode, crop))
        region = self._region(sample, mode, trial, original, crop)
        return await look.look(sample, original, region, with_page=mode != "crop_only")

    async def _outer_answer(
        self, sample: Sample, mode: Mode
    ) -> tuple[str | None, Mapping[str, Any]]:
        """What the outer model says, and what its looks came to."""
        if self._agent is None:
            if self._outer is None:
                raise SettingsError(f"the mode {mode} has no outer model; give --agent-model")
            ready = await self._policy.ready()
            self._agent = OuterAgent(
                self._outer, policy=ready, settings=self._settings, maker=self.maker
            )
        came = await self._agent.answer(sample, with_tool=mode == "agent")
        facts = _facts(sample, came.looks[-1]) if came.looks else {}
        return came.text, {**facts, "tokens": came.tokens}

    async def _look(self, mode: Mode, settings: VisionSettings) -> ControlLook:
        found = self._looks.get(mode)
        if found is None:
            ready = await self._policy.ready()
            found = ControlLook(ready, settings=settings, maker=self.maker)
            self._looks[mode] = found
        return found

    def _region(
        self, sample: Sample, mode: Mode, trial: int, original: Original, crop: Place | None
    ) -> Region | None:
        """What is shown closer; None where there is nothing to go by."""
        if mode == "oracle":
            gold = gold_region(sample.places, page=original.page, size=original.size)
            margin = self._settings.margin
            return None if gold is None else gold.padded(fraction=margin, within=original.size)
        if crop is None:
            return None
        left, top, right, bottom = map(int, crop.box)
        if mode == "crop_only":
            return Region(left=left, top=top, right=right, bottom=bottom)
        seed = f"{self._seed}/{trial}/{sample.id}"
        return random_region(Size(right - left, bottom - top), within=original.size, seed=seed)


def _first_crop(ergo: Outcome | None) -> Place | None:
    return ergo.crops[0] if ergo is not None and ergo.crops else None


def _page(sample: Sample, mode: Mode, crop: Place | None) -> int:
    """The page that a control shows."""
    if sample.page is not None:
        return sample.page
    if mode == "oracle" and sample.places:
        return sample.places[0].page
    if crop is not None:
        return crop.page
    return sample.pages[0] if sample.pages else 1


def _facts(sample: Sample, answer: VisionAnswer) -> Mapping[str, Any]:
    """What a record says, as the fields of an outcome."""
    checks = {number for turn in answer.turns if turn.check for number in turn.views}
    crops = [v for v in answer.views if v.number not in checks and not _is_whole(v)]
    places = tuple(Place(page=view.page, box=view.region.as_tuple()) for view in crops)
    found = found_where(_gold(sample, answer), places)
    return {
        "stop_reason": answer.stop_reason,
        "confidence": answer.confidence,
        "tokens": _tokens(answer),
        "crops": places,
        "recall": found and found[0],
        "iou": found and found[1],
        "page_recall": _page_recall(sample, answer),
        "record": answer.model_dump(mode="json"),
    }


def _page_recall(sample: Sample, answer: VisionAnswer) -> float | None:
    """The share of the gold pages that were looked at."""
    gold = set(sample.pages)
    return len(gold & {view.page for view in answer.views}) / len(gold) if gold else None


def _is_whole(view: View) -> bool:
    return view.region == Region.whole(view.original)


def _gold(
    sample: Sample, answer: VisionAnswer
) -> dict[int, list[tuple[float, float, float, float]]]:
    """Boxes of the gold in original pixels, by page; of pages not opened as they are."""
    sizes = {view.page: view.original for view in answer.views}
    boxes: dict[int, list[tuple[float, float, float, float]]] = {}
    for place in sample.places:
        size = sizes.get(place.page)
        region = None if size is None else gold_region([place], page=place.page, size=size)
        boxes.setdefault(place.page, []).append(region.as_tuple() if region else place.box)
    return boxes


def _tokens(answer: VisionAnswer) -> Tokens:
    ledger = answer.ledger
    reported = [entry.reported for entry in ledger.entries]
    known = [tokens for tokens in reported if tokens is not None]
    return Tokens(
        predicted=ledger.finder_tokens + sum(entry.predicted for entry in ledger.entries),
        reported=sum(known) if known and len(known) == len(reported) else None,
        full_resolution=ledger.full_resolution,
        prompt=ledger.prompt_tokens,
        completion=ledger.completion_tokens,
        cached=ledger.cached_tokens,
    )


def _in_words(error: Exception) -> str:
    """An error in one line; one that this package did not raise on purpose says so."""
    said = " ".join(str(error).split())[:500] or "no reason given"
    unforeseen = "" if isinstance(error, ErgoError) else " (not foreseen)"
    return f"{type(error).__name__}{unforeseen}: {said}"
