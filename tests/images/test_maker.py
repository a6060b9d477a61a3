"""The form in which views of an original are sent."""

import io

import pytest
from PIL import Image

from ergo_agent.images import MemoryStore
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

WHOLE = Region(left=0, top=0, right=400, bottom=300)
PART = Region(left=40, top=40, right=140, bottom=120)


@pytest.mark.parametrize(
    ("source", "region", "shown", "sent"),
    [
        ("JPEG", WHOLE, Size(196, 140), "image/jpeg"),
        ("JPEG", WHOLE, Size(400, 300), "image/png"),
        ("JPEG", PART, Size(112, 84), "image/png"),
        ("PNG", WHOLE, Size(196, 140), "image/png"),
        ("PNG", PART, Size(112, 84), "image/png"),
    ],
)
async def test_only_what_is_shrunk_from_a_jpeg_is_sent_as_one(
    source: str, region: Region, shown: Size, sent: str
):
    encoded = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(encoded, source)
    maker = ViewMaker(store=MemoryStore())
    original = await maker.original(await maker.keep(encoded.getvalue()), page=1)
    view = View(region=region, shown=shown, original=original.size)
    made = await maker.made(view, original)
    assert (await maker.url(made.digest)).startswith(f"data:{sent};base64,")
