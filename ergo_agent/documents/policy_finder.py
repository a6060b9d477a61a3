"""Pages by the policy itself: it is shown contact sheets of small pages, and says which to open.

For documents of pictures, whose text says little. The embedded reader sees no pictures, so it needs
another policy.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage, HumanMessage
from PIL import Image, ImageDraw, ImageFont

from ergo_agent._common.secrets import scrub, secrets_of
from ergo_agent.dialects.messages import reply_text
from ergo_agent.documents.finders import Found, Search
from ergo_agent.episode.pages import Hit
from ergo_agent.errors import ErgoError, ImageError, PolicyError, SettingsError
from ergo_agent.images.encoder import data_url, encode_view
from ergo_agent.images.threads import in_image_thread
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr
from ergo_agent.views.geometry import Region, Size

__all__ = ["PolicyFinder"]

_ACROSS, _DOWN = 4, 3
"""Pages of a sheet: with 1,280 vision tokens each is about 250 pixels wide, where headings and
pictures are told apart."""
_LABEL = 22
"""View pixels above each page, for its number."""
_GAP = 6

_NUMBER = re.compile(r"(?<!\d)\d{1,5}(?!\d)")
_LISTED = re.compile(r"<pages>(.*?)(?:</pages>|$)", re.DOTALL | re.IGNORECASE)


class PolicyFinder:
    """Shows contact sheets to the policy and asks which pages to open."""

    name = "policy"
    needs_text = False

    async def find(self, search: Search) -> Found:
        """The pages that the policy names, in its order, sheet by sheet.

        Sheets that cannot be paid for are not shown; their pages are in no hit.

        Raises:
            SettingsError: If the policy sees no pictures.
            PolicyError: If its model fails.
        """
        if isinstance(search.policy.model, ChatOcr):
            raise SettingsError(
                'finder="policy" shows pages to the policy, and the embedded reader only reads '
                'text; choose another policy, or finder="text"'
            )
        hits: dict[int, Hit] = {}
        spent = 0
        for pages in _sheets(search.document.pages):
            size = _size(search)
            tokens = search.terms.rule.tokens(size)
            if spent + tokens > search.max_vision_tokens:
                break
            sheet = await _drawn(pages, size, search)
            spent += tokens
            for page in await _asked(sheet, pages, search):
                why = f"choice {len(hits) + 1} from small pictures of the pages"
                hits.setdefault(page, Hit(page=page, score=1 / (len(hits) + 1), why=why))
        return Found(list(hits.values()), spent)


class _Sheet(NamedTuple):
    url: str
    pages: list[int]


def _sheets(pages: Sequence[int]) -> list[list[int]]:
    each = _ACROSS * _DOWN
    return [list(pages[at : at + each]) for at in range(0, len(pages), each)]


def _size(search: Search) -> Size:
    """The size of a sheet: the largest of its shape that one view may have."""
    width, height = _ACROSS * 3 * 100, _DOWN * 4 * 100
    most = min(search.terms.settings.view_budget, search.max_vision_tokens)
    return search.terms.rule.fit(Size(width, height), max_tokens=most)


async def _drawn(pages: Sequence[int], size: Size, search: Search) -> _Sheet:
    """A contact sheet: each page small, its number above it."""
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(16)
    cell = Size(size.width // _ACROSS, size.height // _DOWN)
    for at, page in enumerate(pages):
        left, top = at % _ACROSS * cell.width, at // _ACROSS * cell.height
        pen.text((left + _GAP, top + 1), f"page {page}", fill="black", font=font)
        room = Size(cell.width - 2 * _GAP, cell.height - _LABEL - _GAP)
        small = await _small(page, room, search)
        if small is not None:
            sheet.paste(small, (left + _GAP, top + _LABEL))
            edges = left + _GAP - 1, top + _LABEL - 1, left + _GAP + small.width, top + _LABEL
            pen.rectangle((*edges[:3], edges[3] + small.height), outline="gray")
    view = await in_image_thread(encode_view, sheet)
    return _Sheet(data_url(view), list(pages))


async def _small(page: int, room: Size, search: Search) -> Image.Image | None:
    """A page as large as there is room for; None where it cannot be opened."""
    part, number = search.document.place(page)
    if part.error:
        return None
    try:
        original = await search.maker.original(part.digest, page=number, source=part.source)
        scale = min(room.width / original.size.width, room.height / original.size.height)
        at = Size(*(max(1, int(side * scale)) for side in original.size))
        return await original.ashown(Region.whole(original.size), at)
    except ImageError:
        return None


async def _asked(sheet: _Sheet, pages: Sequence[int], search: Search) -> list[int]:
    """The pages of a sheet that the policy names, in its order.

    Raises:
        PolicyError: If its model fails.
    """
    question = (
        f"This is a contact sheet: pages {pages[0]} to {pages[-1]} of a document, small. "
        f"Question: {search.question}\n"
        "Which of these pages should be opened to answer it? Write their numbers, the most "
        "promising first, as <pages>4, 7</pages>; write <pages></pages> if it is none of them."
    )
    blocks: list[str | dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": sheet.url, "detail": "high"}},
        {"type": "text", "text": question},
    ]
    reply = await _reply(search.policy, HumanMessage(blocks), search)
    said = reply_text(reply)
    listed = _LISTED.findall(said)
    numbers = [int(number) for number in _NUMBER.findall(" ".join(listed) if listed else said)]
    return [number for number in dict.fromkeys(numbers) if number in pages]


async def _reply(policy: Policy, message: HumanMessage, search: Search) -> AIMessage:
    try:
        return await policy.model.ainvoke([message], search.config)
    except ErgoError:
        raise
    except Exception as error:
        scrub(error, secrets_of(policy.model))
        raise PolicyError(
            f"the policy {policy.name} failed over a contact sheet ({type(error).__name__}); "
            "check the model and its server"
        ) from error
