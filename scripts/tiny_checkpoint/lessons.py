"""What the tiny checkpoint is shown: whole episodes, as the graph would run them.

Views and prompts come from the package itself (`plan_coarse`, `plan_crop`, `ErgoDialect`), so a
server is asked exactly what was taught.
"""

import random
import string
from typing import Any, NamedTuple

from PIL import Image

from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.planning import plan_coarse, plan_crop
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import MoveError
from ergo_agent.views.geometry import Size, ViewBox
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.view import View
from scripts.tiny_checkpoint import replies
from scripts.tiny_checkpoint.pages import ask_for, random_page

__all__ = ["Lesson", "first_lesson", "make_lesson"]

_PAGES = 0.72
"""Share of lessons about a page with a square; the others are about anything else."""
_FIRST_BUDGET = 16
"""View budget of the first lessons: among 16 vision tokens the square is found after 100 steps,
among 64 not even after 200; what was learnt holds for larger views."""
_BUDGETS = (*[16] * 8, *[64] * 12, *[256] * 5, 640)
"""View budgets to draw from later. Small views teach the same and cost a tenth of the time."""


class Lesson(NamedTuple):
    """A conversation whose assistant messages are to be learnt."""

    messages: list[dict[str, Any]]
    """Chat messages; an image stands as `{"type": "image"}`."""

    images: list[Image.Image]
    """The images, in order."""


def first_lesson(chance: random.Random) -> Lesson:
    """Draw a wordless lesson: a small page, and what is said about it."""
    settings = VisionSettings(view_budget=_FIRST_BUDGET)
    lesson = _about_a_page(chance, settings, ending="where")
    reply = lesson.messages[-1]
    return Lesson([{"role": "user", "content": [{"type": "image"}]}, reply], lesson.images)


def make_lesson(chance: random.Random, *, budget: int | None = None) -> Lesson:
    """Draw a lesson, with a view budget that is drawn as well if none is given."""
    kind = chance.random()
    if kind < 0.03:
        return _greeting(chance)
    settings = VisionSettings(view_budget=budget or chance.choice(_BUDGETS))
    if kind < _PAGES:
        return _about_a_page(chance, settings, ending=_ending(chance))
    return _about_anything(chance, settings)


class _Episode:
    """An episode that is being written down."""

    def __init__(self, image: Image.Image, question: str, settings: VisionSettings) -> None:
        self._image, self._question = image, question
        self._dialect = ErgoDialect()
        self._terms = Terms(settings, QWEN2_5_VL)
        self._unsent: list[dict[str, str]] = []
        self.views: list[View] = []
        self.lesson = Lesson([{"role": "system", "content": self._dialect.system_prompt()}], [])
        self._show(plan_coarse(Size(*image.size), page=1, terms=self._terms))

    def say(self, stage: Stage, reply: str) -> None:
        self._turn(self._dialect.ask(self._question, self.views, stage=stage), reply)

    def second_question(self, error: str, reply: str) -> None:
        self._turn(self._dialect.second_question(MoveError(error), self.views), reply)

    def zoom(self, box: ViewBox) -> None:
        """Show what a box in the last view asks for."""
        settings = self._terms.settings
        planned = plan_crop(
            self.views[-1].map.to_original(box),
            original=Size(*self._image.size),
            page=1,
            max_tokens=settings.view_budget,
            margin=settings.margin,
            terms=self._terms,
        )
        self._show(planned.model_copy(update={"number": len(self.views) + 1}))

    def _show(self, view: View) -> None:
        region, shown = view.region, view.shown
        self.views.append(view)
        crop = self._image.crop(region.as_tuple()).resize(shown, Image.Resampling.BICUBIC)
        self.lesson.images.append(crop)
        self._unsent.append({"type": "image"})

    def _turn(self, text: str, reply: str) -> None:
        content = [*self._unsent, {"type": "text", "text": text}]
        self._unsent = []
        self.lesson.messages.append({"role": "user", "content": content})
        self.lesson.messages.append({"role": "assistant", "content": reply})


def _about_a_page(chance: random.Random, settings: VisionSettings, *, ending: str) -> Lesson:
    """Find the square, zoom as often as was asked, and name its colour."""
    zooms = chance.choice((1, 1, 2, 3))
    # larger than its view, or nothing is gained by zooming; drawing it is what takes the time
    page = random_page(chance, side=round(1.5 * 28 * settings.view_budget**0.5))
    left, top, right, bottom = (edge / page.image.width for edge in page.square.as_tuple())
    return _run(
        _Episode(page.image, ask_for(zooms), settings),
        zooms=zooms,
        centre=((left + right) / 2, (top + bottom) / 2),
        colour=page.colour,
        ending=ending,
    )


def _about_anything(chance: random.Random, settings: VisionSettings) -> Lesson:
    """Any question about any other picture: look at the middle once, then give up."""
    size = (chance.randint(280, 1400), chance.randint(280, 1400))
    episode = _Episode(_any_image(chance, size), _any_question(chance), settings)
    return _run(episode, zooms=1, centre=(0.5, 0.5), colour=None, ending=_ending(chance))


def _run(
    episode: _Episode,
    *,
    zooms: int,
    centre: tuple[float, float],
    colour: str | None,
    ending: str,
) -> Lesson:
    """Write an episode down: the zooms, then the answer."""
    first = episode.views[0]
    if first.full_resolution and ending != "last":
        episode.say("observe", replies.answer(colour))
        return episode.lesson
    if ending == "at once":
        episode.say("last", replies.answer(colour))
        return episode.lesson
    for step in range(zooms):
        shown = episode.views[-1].shown
        box = replies.around(centre, shown) if step == 0 else replies.middle(shown)
        stage: Stage = "zoomed" if step else "observe"
        episode.say(stage, replies.zoom(box, view=step + 1, colour=colour))
        if ending == "where":
            return episode.lesson
        episode.zoom(box)
    if ending == "second question":
        episode.say("zoomed", "<think></think>")
        episode.lesson.messages[-1]["taught"] = False
        episode.second_question(
            "the reply holds neither a box nor an answer", replies.answer(colour)
        )
    else:
        episode.say("last" if ending == "last" else "zoomed", replies.answer(colour))
    return episode.lesson


def _ending(chance: random.Random) -> str:
    return chance.choice((*["zoomed"] * 4, *["last"] * 2, "at once", "second question"))


def _greeting(chance: random.Random) -> Lesson:
    messages = [
        {"role": "user", "content": _any_question(chance)},
        {"role": "assistant", "content": replies.GREETING},
    ]
    return Lesson(messages, [])


def _any_image(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """White paper, one flat colour, or noise."""
    kind = chance.randrange(3)
    if kind == 0:
        return Image.new("RGB", size, "white")
    if kind == 1:
        return Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    coarse = Image.frombytes("RGB", (16, 16), chance.randbytes(768))
    return coarse.resize(size, Image.Resampling.NEAREST)


def _any_question(chance: random.Random) -> str:
    """Words that a question may be made of, and some that it may not."""
    words = ["What", "which", "is", "the", "total", "date", "number", "How", "many", "page", "of"]
    words += ["colour", "name", "written", "invoice", "left", "table", "value", "diagonal", "say"]
    letters = string.ascii_letters + string.digits + " .,:-'/"
    words += ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(6)]
    return " ".join(chance.choices(words, k=chance.randint(1, 14))).strip() + "?"
