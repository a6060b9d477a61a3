"""Rollouts for tests of rewards: over a page of 1000 x 800 unless another is given."""

import io
from collections.abc import Sequence
from typing import Any

from ergo_agent.images import encode_view, open_original
from ergo_agent.training.rollout import Rollout
from ergo_agent.training.scenes import Scene
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["PAGE", "box", "page_png", "rollout", "scene_rollout"]

PAGE = Size(1000, 800)
_SHOWN = Size(224, 224)


def box(left: int, top: int, right: int, bottom: int) -> Region:
    return Region(left=left, top=top, right=right, bottom=bottom)


def rollout(*crops: Region, page: Size = PAGE, **fields: Any) -> Rollout:
    """A rollout that was right in every way, with these crops, but for the fields given."""
    whole = View(region=Region.whole(page), shown=Size(224, 224), original=page)
    views = [
        View(number=at, region=region, shown=Size(224, 224), original=page, parent=1)
        for at, region in enumerate(crops, start=2)
    ]
    given = {"question": "Which?", "answers": ("red",), "answer": "red", "strict": (True, True)}
    return Rollout(views=(whole, *views), **{**given, **fields})


def scene_rollout(
    scene: Scene, regions: Sequence[Region], *, shown: Size = _SHOWN, **fields: Any
) -> Rollout:
    """A rollout over a scene, whose crops are made by the code of inference."""
    original = open_original(scene.image())
    crops = tuple(encode_view(original.shown(region, shown)) for region in regions)
    given = {"question": scene.question, "answers": scene.answers, "answer": None, "crops": crops}
    made = rollout(*regions, page=scene.size, **{**given, "needed": scene.needed, **fields})
    views = [view.model_copy(update={"shown": shown}) for view in made.views]
    return made.model_copy(update={"views": tuple(views)})


def page_png(scene: Scene) -> bytes:
    """A scene as a file."""
    file = io.BytesIO()
    scene.image().save(file, "PNG", compress_level=1)
    return file.getvalue()
