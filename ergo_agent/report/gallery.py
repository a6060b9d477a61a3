"""The pictures of an episode: what the store still has, and what can be made again."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ergo_agent._common.sync import run_sync
from ergo_agent.episode.record import Record
from ergo_agent.errors import ErgoError, ImageError, ImageNotFoundError
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, ImageSource, ImageStore, Original
from ergo_agent.images.maker import ViewMaker
from ergo_agent.report.pictures import Picture, picture_of, picture_of_view
from ergo_agent.views.view import View

__all__ = ["Gallery", "Missing", "gather"]

_PAGE_BYTES = 500_000
_VIEWS_BYTES = 2_200_000
"""Of all views together. With the page, in base64 and beside at most 1 MB of words, a report stays
below 5 MB."""

_VIEW_BYTES = 400_000
"""Of one view. A page of text at 1280 vision tokens takes 560 kB as PNG and half of it as WebP."""

_MOST_VIEWS = 400
"""Pictures of views in one report, of 5 kB each when there are as many."""


class Missing(NamedTuple):
    """A picture that is not in the report."""

    what: str
    digest: str
    why: str


class Gallery(NamedTuple):
    """What a report can show."""

    page: Picture | None
    """The original, or else the coarse view, which shows all of it."""

    page_is_coarse: bool
    """Whether `page` is the coarse view because the original is missing."""

    views: Mapping[int, Picture]
    """By the number of the view."""

    remade: frozenset[int]
    """Numbers of the views that were made again from the original, with other bytes than those
    that the policy was sent."""

    missing: tuple[Missing, ...]


def gather(
    result: Record,
    *,
    image: ImageSource | None = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
) -> Gallery:
    """Find the pictures of an episode; blocking.

    Args:
        result: What the episode left behind.
        image: The image it was about, for where the store has forgotten it.
        store: Where its pictures are kept by digest; memory shared by the process when left out.
        limits: What is too large to be opened, as the question was asked with.

    Raises:
        ImageError: If `image` cannot be read, or is another one than the episode was about.
    """
    maker = ViewMaker(store=store, limits=limits)
    held = maker.holding(result.image.digest)
    if image is not None:
        held = run_sync(maker.hold(image))
        _check_same(held.name, result)
    missing: list[Missing] = []
    with held:
        pages = _Pages(result, maker)
        page = _page(result, pages, missing)
        views, remade = _shown(result.views[:_MOST_VIEWS], maker, pages, missing)
    on_page = (v.number for v in result.views if v.is_coarse and v.page == result.image.page)
    coarse = next(on_page, 1)
    why = f"a report shows the first {_MOST_VIEWS} views"
    missing += [Missing(f"view {v.number}", v.digest, why) for v in result.views[_MOST_VIEWS:]]
    return Gallery(
        page=page or views.get(coarse),
        page_is_coarse=page is None and coarse in views,
        views=views,
        remade=remade,
        missing=tuple(missing),
    )


def _check_same(digest: str, result: Record) -> None:
    if digest != result.image.digest:
        raise ImageError(
            f"the image given is {digest}, the answer is about {result.image.digest}; "
            "give the image that was asked about, unchanged"
        )


class _Pages:
    """The originals of an episode's pages, each opened when it is needed first."""

    def __init__(self, result: Record, maker: ViewMaker) -> None:
        self._result = result
        self._maker = maker

    def of(self, view: View) -> Original:
        """The page that a view is a part of.

        Raises:
            ImageError: If the store does not have it, or it cannot be opened.
        """
        facts, _ = self._result.in_image(view)
        # by its digest alone: a result may have been written by somebody else, with paths of ours
        return run_sync(self._maker.original(facts.digest, page=facts.page))


def _page(result: Record, pages: _Pages, missing: list[Missing]) -> Picture | None:
    """The picture of the page that the answer is from; None where it is missing."""
    shown = next((view for view in result.views if view.page == result.image.page), None)
    try:
        if shown is None:
            raise ImageNotFoundError("no view shows any of it")
        return picture_of(pages.of(shown), max_bytes=_PAGE_BYTES)
    except ImageError as error:
        missing.append(Missing("the original", result.image.digest, str(error)))
        return None


def _shown(
    views: Sequence[View], maker: ViewMaker, pages: _Pages, missing: list[Missing]
) -> tuple[dict[int, Picture], frozenset[int]]:
    """The views' pictures by number, and the numbers of those that were made again otherwise."""
    share = min(_VIEW_BYTES, _VIEWS_BYTES // max(1, len(views)))
    pictures: dict[int, Picture] = {}
    remade: list[int] = []
    for view in views:
        try:
            data, same = _bytes_of(view, maker, pages)
            pictures[view.number] = picture_of_view(data, max_bytes=share)
        except ErgoError as error:
            missing.append(Missing(f"view {view.number}", view.digest, str(error)))
        else:
            remade += [] if same else [view.number]
    return pictures, frozenset(remade)


def _bytes_of(view: View, maker: ViewMaker, pages: _Pages) -> tuple[bytes, bool]:
    """A view's encoded bytes, and whether they are those that the policy was sent.

    Raises:
        ImageError: If the store does not have it, and it cannot be made again.
        RegionError: If it reaches beyond the original.
    """
    try:
        return maker.store.get(view.digest), True
    except ImageNotFoundError as forgotten:
        try:
            original = pages.of(view)
        except ImageError:
            raise forgotten from None
    again = maker.view(original, view.region, shown=view.shown, form=view.form)
    return again.data, again.digest == view.digest
