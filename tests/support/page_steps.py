"""What a person does on the local page, in a real Chromium."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = [
    "WAIT",
    "ask",
    "box_on_stage",
    "drop",
    "from_original",
    "in_sight",
    "open_listed",
    "open_upload",
    "shown_whole",
    "the_answer",
    "until",
]

WAIT = 60_000
"""Milliseconds: no step takes longer, however busy the machine."""

_DROP = """([target, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  const options = { bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"])
    document.querySelector(target).dispatchEvent(
      new DragEvent(kind, { ...options, dataTransfer: carried }));
}"""


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; Playwright's own way needs `eval`, which the page forbids."""
    end = time.monotonic() + WAIT / 1000
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


def open_upload(page: Any, path: Path) -> None:
    """Choose a file by the button, and wait until it is shown."""
    page.set_input_files("#file", path)
    shown_whole(page)


def open_listed(page: Any) -> None:
    """Choose the last file of the folder and wait until it is shown; of the examples the page."""
    page.click("#files button >> nth=-1")
    shown_whole(page)


def shown_whole(page: Any) -> None:
    """Wait until the picture of the image is there."""
    page.wait_for_selector("#shown", timeout=WAIT)
    until(lambda: page.evaluate("document.querySelector('#picture').naturalWidth > 0"))


def drop(page: Any, path: Path, *, on: str = "#drop") -> None:
    """Drop a file on an element."""
    page.evaluate(_DROP, [on, path.name, base64.b64encode(path.read_bytes()).decode()])


def ask(page: Any, question: str) -> None:
    """Write a question and send it by Enter."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.locator("#run-heading").get_by_text(question, exact=True).wait_for(timeout=WAIT)


def the_answer(page: Any) -> str:
    """The answer of the run that is shown, once it is there."""
    page.wait_for_selector("#answer-text", timeout=WAIT)
    text: str = page.inner_text("#answer-text")
    return text


def in_sight(page: Any, selector: str) -> bool:
    """Whether all of an element is within the window."""
    box = page.locator(selector).bounding_box()
    height = page.viewport_size["height"]
    return bool(box["y"] >= 0 and box["y"] + box["height"] <= height)


def from_original(page: Any, x: float, y: float) -> tuple[float, float]:
    """Where a point of the original, in original pixels, lies in the window, in CSS pixels."""
    stage = page.locator("#picture").bounding_box()
    width = page.evaluate("document.querySelector('#boxes').viewBox.baseVal.width")
    scale = stage["width"] / width
    return stage["x"] + x * scale, stage["y"] + y * scale


def box_on_stage(page: Any, selector: str) -> tuple[float, ...]:
    """A drawn box as left, top, right, bottom in original pixels."""
    names = ("x", "y", "width", "height")
    x, y, width, height = (float(page.get_attribute(selector, name)) for name in names)
    return x, y, x + width, y + height
