"""The crops of a finished episode, made again as the policy was shown them."""

from ergo_agent.episode.record import Record
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.images import (
    DEFAULT_LIMITS,
    EncodedView,
    ImageLimits,
    ImageSource,
    MemoryStore,
    open_original,
)
from ergo_agent.images.maker import ViewMaker
from ergo_agent.training.rollout import own_views
from ergo_agent.views.view import View

__all__ = ["made_crops"]


def made_crops(
    record: Record, *images: ImageSource, limits: ImageLimits = DEFAULT_LIMITS
) -> tuple[EncodedView, ...]:
    """The crops of an episode in order, from its images; blocking.

    Args:
        record: What the episode left. Crops of a check of its answer are left out.
        *images: What it was about: of a document of several files all that were zoomed into.
        limits: What is too large to be opened.

    Raises:
        ImageNotFoundError: If none of the images is the one that a crop is a part of, or a crop
            comes out otherwise than it was shown.
        ImageError: If an image cannot be read.
    """
    maker = ViewMaker(store=MemoryStore(), limits=limits)
    known = {open_original(image, limits=limits).digest: image for image in images}
    return tuple(
        _made(view, record, known, maker) for view in own_views(record) if not view.is_coarse
    )


def _made(
    view: View, record: Record, known: dict[str, ImageSource], maker: ViewMaker
) -> EncodedView:
    facts, own = record.in_image(view)
    if facts.digest not in known:
        raise ImageNotFoundError(
            f"view {view.number} shows {facts.digest[:19]}..., which is none of the {len(known)} "
            "images given; give the file that the question was asked about"
        )
    original = open_original(known[facts.digest], page=own.page, limits=maker.limits)
    made = maker.view(original, own.region, shown=own.shown, form=own.form)
    if made.digest != view.digest:
        raise ImageNotFoundError(
            f"view {view.number} comes out otherwise than it was shown ({made.digest[:19]}... and "
            f"{view.digest[:19]}...); it was made by another version of this package or of Pillow"
        )
    return made
