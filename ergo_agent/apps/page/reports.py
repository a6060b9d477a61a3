"""The report, as a download."""

import asyncio
import re
from urllib.parse import quote

from starlette.responses import Response

from ergo_agent.answer import VisionAnswer
from ergo_agent.apps.page.answers import Refused
from ergo_agent.apps.page.run import Run
from ergo_agent.report import report_html

__all__ = ["report_of"]


async def report_of(run: Run, *, name: str) -> Response:
    """The report of a run that is done.

    Args:
        run: The run.
        name: What its image is called.

    Raises:
        Refused: If it has no result.
    """
    if run.result is None:
        raise Refused(409, "the run has no answer to report on; wait for its end, or ask again")
    result = VisionAnswer.model_validate(run.result)
    text = await asyncio.to_thread(report_html, result, name=name, limits=run.asked.limits)
    return Response(
        text.encode("utf-8", "replace"),
        media_type="text/html; charset=utf-8",
        headers={"Content-Disposition": f"attachment; {_names(name)}"},
    )


def _names(image: str) -> str:
    """The file's name twice: in ASCII, and as it is for browsers that read RFC 6266."""
    stem = image.rpartition(".")[0] or image
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "image"
    return f"filename=\"ergo-{plain}.html\"; filename*=UTF-8''{quote(f'ergo-{stem}.html')}"
