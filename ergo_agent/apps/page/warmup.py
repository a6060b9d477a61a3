"""The embedded reader, loaded before the first question needs it."""

import logging
import threading

from PIL import Image, ImageDraw

__all__ = ["warm_up"]

_log = logging.getLogger(__name__)


def warm_up() -> threading.Thread:
    """Load the embedded reader's models in the background: they take seconds.

    In a thread that does not keep the process from ending.
    """
    thread = threading.Thread(target=_read_something, name="warm-up", daemon=True)
    thread.start()
    return thread


def _read_something() -> None:
    from ergo_agent.ask import ask  # noqa: PLC0415  # it loads what is to be loaded here

    page = Image.new("RGB", (448, 224), "white")
    pen = ImageDraw.Draw(page)
    pen.text((30, 40), "Invoice number: 4711", fill="black", font_size=28)
    pen.text((30, 120), "Due date: 13 April", fill="black", font_size=28)
    try:
        ask(page, "What is the invoice number?", policy="ocr")
    except Exception:  # the first question will say it to the person
        _log.exception("the embedded reader could not be loaded")
