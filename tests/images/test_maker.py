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
    assert made.digest in maker.store
    assert maker.view(original, region, shown=shown).media_type == sent


async def test_a_plain_url_is_png_or_jpeg_whatever_was_sent():
    encoded = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(encoded, "JPEG")
    maker = ViewMaker(store=MemoryStore())
    digest = await maker.keep(encoded.getvalue())
    original = await maker.original(digest, page=1)
    urls = {}
    for form in ("webp", "png"):
        for region, shown in ((PART, Size(112, 84)), (WHOLE, Size(196, 140))):
            planned = View(region=region, shown=shown, original=original.size, form=form)
            view = await maker.made(planned, original)
            sent, plain = await maker.url(view, digest), await maker.plain_url(view, digest)
            urls[form, region == PART] = sent.split(";")[0], plain
    assert [urls[form, True][0] for form in ("webp", "png")] == [
        "data:image/webp",
        "data:image/png",
    ]
    assert urls["webp", True][1] == urls["png", True][1]
    assert urls["webp", False] == urls["png", False]
    assert urls["png", False][0] == "data:image/jpeg"
