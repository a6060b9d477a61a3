"""One's own questions to train on: JSONL with an image, a question, its answers, maybe a box.

```json
{"image": "boards/7.png", "question": "Which chip is next to J4?", "answers": ["U12"], "box": [310, 90, 420, 160]}
```
"""  # noqa: E501  # an example is one line

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ergo_agent._common.json_lines import json_models
from ergo_agent.errors import ImageError, SettingsError
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, open_original
from ergo_agent.views.geometry import Region

__all__ = ["Example", "read_examples"]

_BOX = "give [left, top, right, bottom] in whole original pixels, right and bottom exclusive"


class Example(BaseModel):
    """A question about an image, and what is right."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    image: str = Field(min_length=1)
    """Path of the image; in a file, a relative one starts at the file's folder."""

    question: str = Field(min_length=1)
    answers: tuple[str, ...]
    """Every right answer; empty where "not found" is right."""

    box: Region | None = None
    """What has to be seen, in original pixels: `[left, top, right, bottom]`."""

    page: int = Field(default=1, ge=1)
    """The page or frame, from 1."""

    @field_validator("question")
    @classmethod
    def _check_question(cls, given: str) -> str:
        if not given.strip():
            raise ValueError("it is blank; ask what is to be found on the image")
        return given

    @field_validator("answers")
    @classmethod
    def _check_answers(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(answer.strip() for answer in given):
            raise ValueError('an answer is blank; leave the list empty where "not found" is right')
        return given

    @field_validator("box", mode="before")
    @classmethod
    def _read_box(cls, given: Any) -> Any:  # noqa: ANN401  # whatever the line holds
        if not isinstance(given, list):
            return given
        whole = all(isinstance(edge, int) and not isinstance(edge, bool) for edge in given)
        if len(given) != 4 or not whole:
            raise ValueError(_BOX)
        left, top, right, bottom = given
        if not (0 <= left < right and 0 <= top < bottom):
            raise ValueError(f"the box is empty or negative; {_BOX}")
        return {"left": left, "top": top, "right": right, "bottom": bottom}


def read_examples(
    path: str | os.PathLike[str], *, limits: ImageLimits = DEFAULT_LIMITS
) -> Iterator[Example]:
    """The examples of a file as they are read, each with the whole path of its image.

    Each image is opened by its header, so that a wrong path, page or box shows with its line and
    not hours later.

    Args:
        path: JSONL, one `Example` a line.
        limits: What is too large to be opened.

    Raises:
        SettingsError: If the file cannot be read, or a line is no example; it names the line, what
            was given and what was expected.
    """
    folder = Path(path).parent
    for number, example in json_models(path, Example):
        found = str(folder / example.image)
        where = f"{path}, line {number}"
        try:
            size = open_original(found, page=example.page, limits=limits).size
        except ImageError as error:
            raise SettingsError(
                f"{where}: image={example.image!r} cannot be used: {error}; a relative path "
                f"starts at {folder.resolve()}"
            ) from error
        if example.box is not None and not Region.whole(size).contains(example.box):
            raise SettingsError(
                f"{where}: box={list(example.box.as_tuple())} reaches beyond the image, which is "
                f"{size.width}x{size.height} pixels; {_BOX}"
            )
        yield example.model_copy(update={"image": found})
