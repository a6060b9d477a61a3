"""Views as small as a log of thousands of samples can hold them."""

import base64
from io import BytesIO

from PIL import Image

from ergo_agent.episode.record import ImageFacts
from ergo_agent.images import data_url, decode_data_url, known_view
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.view import View

__all__ = ["log_image"]

_QUALITY = 80


async def log_image(maker: ViewMaker, image: ImageFacts, view: View) -> str:
    """A view as a data URL of a JPEG.

    Args:
        maker: Made it, or can make it again.
        image: The file that it is a part of.
        view: With its page's number there.

    Raises:
        ImageError: If neither the view nor its image is kept any more.
    """
    url = await maker.url(view, image.digest)
    return await in_image_thread(_as_jpeg, url, owner=image.digest)


def _as_jpeg(url: str) -> str:
    data = decode_data_url(url)
    if data.startswith(b"\xff\xd8"):
        return data_url(known_view(data))
    out = BytesIO()
    with Image.open(BytesIO(data)) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
