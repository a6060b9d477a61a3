"""Pages as tensors: all questions about one picture in one row, which reads the picture once.

A row is what the lessons of a page have in common, then what each has of its own. Each of these
parts sees the common one and itself, and its positions go on from the common one, so that the loss
is that of the lessons one by one.
"""

from collections.abc import Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import PreTrainedTokenizerFast

from ergo_agent.training.scenes.families import GRID
from ergo_agent.training.scenes.panels import COLOURS, SHAPES
from scripts.nano.asked import SHOWN
from scripts.nano.courses import Page

__all__ = ["IGNORED", "Pack", "Packer", "patches_of"]

IGNORED = -100
"""What torch's cross entropy leaves out."""

_PATCH, _MERGED = 14, 2
_STEP = _PATCH * _MERGED
"""View pixels of a side of a vision token."""

_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""Of `Qwen2VLImageProcessor`."""

_FORM = 0.1
"""Weight of a token that is the same in every reply."""


class Pack(NamedTuple):
    """A batch of pages; `rows` of them, each `length` tokens long."""

    ids: torch.Tensor
    """rows x length."""

    positions: torch.Tensor
    """3 x rows x length: time, height and width."""

    allowed: torch.Tensor
    """rows x 1 x length x length, bool: what each token attends to."""

    wanted: torch.Tensor
    """rows x length: the token itself where it is to be learnt, else `IGNORED`."""

    weights: torch.Tensor
    """rows x length."""

    patches: torch.Tensor
    """All images, their patches of 1176 numbers one after another."""

    grids: torch.Tensor
    """images x 3: frames, and rows and columns of patches."""

    named: torch.Tensor
    """rows x tokens of a view x 4: numbers of the colour and shape of the panel in whose cell each
    vision token of a row's first image lies, and of its column and row; `IGNORED` for crops."""


class Packer:
    """Makes packs for one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, content: Sequence[int]) -> None:
        """Say for whom.

        Args:
            tokenizer: Of the model.
            content: Tokens that weigh 1; others of a reply weigh less.
        """
        self._tokenizer = tokenizer
        self._content = np.zeros(len(tokenizer), bool)
        self._content[list(content)] = True
        self._pad = int(tokenizer.pad_token_id)
        self._image = tokenizer.convert_tokens_to_ids("<|image_pad|>")
        self._end = int(tokenizer.eos_token_id)
        self._header = tokenizer("<|im_start|>assistant\n").input_ids

    def __call__(self, pages: Sequence[Page]) -> Pack:
        """The pack of some pages."""
        texts = [lesson.text for page in pages for lesson in page.lessons]
        encoded = iter(self._tokenizer(texts).input_ids)
        rows = [self._row([next(encoded) for _ in page.lessons], page) for page in pages]
        length = max(len(row.ids) for row in rows)
        images = [
            image
            for page in pages
            for image in (page.image, *(crop for lesson in page.lessons for crop in lesson.images))
        ]
        part = np.stack([_filled(row.part, length, -1) for row in rows])
        causal = np.tril(np.ones((length, length), bool))
        same = (part[:, :, None] == part[:, None, :]) | (part[:, None, :] == 0)
        ids = np.stack([_filled(row.ids, length, self._pad) for row in rows])
        wanted = np.stack([_filled(row.wanted, length, IGNORED) for row in rows])
        return Pack(
            ids=torch.from_numpy(ids),
            positions=torch.from_numpy(
                np.stack([_filled(row.positions, length, 0) for row in rows], axis=1)
            ),
            allowed=torch.from_numpy(causal & same)[:, None],
            wanted=torch.from_numpy(wanted),
            weights=torch.from_numpy(
                np.where(self._content[ids], 1.0, _FORM).astype(np.float32) * (wanted != IGNORED)
            ),
            patches=torch.cat([patches_of([image]) for image in images]),
            grids=torch.tensor(
                [(1, image.height // _PATCH, image.width // _PATCH) for image in images]
            ),
            named=torch.from_numpy(np.stack([_named(page) for page in pages])),
        )

    def _row(self, lessons: Sequence[Sequence[int]], page: Page) -> "_Row":
        side = page.image.width // _STEP
        whole = [self._alone(ids, first=side) for ids in lessons]
        columns = zip(*lessons, strict=False)
        shared = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
        shared = min(shared, *(self._first_taught(each) for each in whole))
        parts = [whole[0].cut(0, shared, part=0)]
        parts += [each.cut(shared, None, part=at) for at, each in enumerate(whole, start=1)]
        return _Row(*(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True)))

    @staticmethod
    def _first_taught(row: "_Row") -> int:
        return int((row.wanted != IGNORED).argmax())

    def _alone(self, ids: Sequence[int], *, first: int) -> "_Row":
        given = np.array(ids, np.int64)
        wanted = np.full_like(given, IGNORED)
        taught = False
        for at in range(len(given)):
            if taught:
                wanted[at] = given[at]
                taught = given[at] != self._end
            elif given[at] == self._header[-1]:
                taught = True
        positions = _positions(given == self._image, first=first)
        return _Row(given, positions, wanted, np.zeros_like(given))


class _Row(NamedTuple):
    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    wanted: NDArray[np.int64]
    part: NDArray[np.int64]
    """0 for what all lessons share, else the lesson's number from 1."""

    def cut(self, first: int, last: int | None, *, part: int) -> "_Row":
        ids, positions, wanted = (array[..., first:last] for array in self[:3])
        return _Row(ids, positions, wanted, np.full(len(ids), part, np.int64))


def patches_of(images: Sequence[Image.Image]) -> torch.Tensor:
    """What `Qwen2VLImageProcessor` makes of images of one size, of whole vision tokens each."""
    levels = np.stack([np.asarray(image, np.float32) for image in images])
    pixels = (levels / 255 - _MEAN) / _STD
    down, across = (side // _STEP for side in pixels.shape[1:3])
    shape = (len(images), down, _MERGED, _PATCH, across, _MERGED, _PATCH, 3)
    # image, block row, block column, row in it, column in it, channel, then the pixels of a patch
    blocks = pixels.reshape(shape).transpose(0, 1, 4, 2, 5, 7, 3, 6)
    blocks = np.repeat(blocks[:, :, :, :, :, :, None], 2, axis=6)  # a still image is two frames
    return torch.from_numpy(blocks.reshape(len(images) * down * across * _MERGED**2, -1))


def _positions(image: NDArray[np.bool_], *, first: int) -> NDArray[np.int64]:
    """Positions of tokens, 3 x length, as `Qwen2_5_VLModel.get_rope_index` counts them.

    Args:
        image: Which tokens are of an image.
        first: Vision tokens on a side of the first image; the others are of the size `SHOWN`.
    """
    found: list[NDArray[np.int64]] = []
    at, side = 0, first
    for is_image, run in groupby(image.tolist()):
        length = len(list(run))
        if is_image:
            rows, columns = np.divmod(np.arange(side**2), side)
            assert length == side**2
            found.append(at + np.stack([np.zeros_like(rows), rows, columns]))
            at, side = at + side, SHOWN.width // _STEP
        else:
            found.append(np.broadcast_to(at + np.arange(length), (3, length)))
            at += length
    return np.concatenate(found, axis=1)


def _filled(array: NDArray[np.int64], length: int, value: int) -> NDArray[np.int64]:
    missing = [(0, 0)] * (array.ndim - 1) + [(0, length - array.shape[-1])]
    return np.pad(array, missing, constant_values=value)


def _named(page: Page) -> NDArray[np.int64]:
    """By vision token, colour and shape, 0 for none, else the number from 1; column and row."""
    side = page.image.width // _STEP
    if not page.panels:
        return np.full((side**2, 4), IGNORED, np.int64)
    cells = np.zeros((GRID, GRID, 4), np.int64)
    cells[..., 2], cells[..., 3] = np.arange(GRID), np.arange(GRID)[:, None]
    for panel in page.panels:
        column, row = panel.cell
        cells[row, column, :2] = (
            1 + list(COLOURS).index(panel.colour),
            1 + SHAPES.index(panel.shape),
        )
    each = side // GRID
    return cells.repeat(each, axis=0).repeat(each, axis=1).reshape(-1, 4)
