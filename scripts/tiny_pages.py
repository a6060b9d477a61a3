"""Writes questions that the tiny checkpoint may be trained on.

`python -m scripts.tiny_pages DIR` writes PNG files and `examples.jsonl`, as
`ergo_agent.training.examples` reads them. It needs no torch.
"""

import json
import random
import sys
from pathlib import Path

from scripts.tiny_checkpoint.pages import ask_for, random_page

__all__ = ["EXAMPLES", "write_examples"]

EXAMPLES = "examples.jsonl"


def write_examples(folder: Path, *, count: int = 128, side: int = 168, seed: int = 0) -> Path:
    """Write pages and questions; always the same ones.

    Args:
        folder: Where they go.
        count: How many.
        side: Of a page in pixels: 168 is half as much again as a view of 16 vision tokens shows.
        seed: Of the pages.

    Returns:
        The file of the questions.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)  # noqa: S311  # pages, not secrets
    lines = []
    for number in range(count):
        page = random_page(chance, side=side)
        name = f"{number:04}.png"
        page.image.save(folder / name)
        example = {"image": name, "question": ask_for(), "answers": [page.colour]}
        lines.append(json.dumps({**example, "box": list(page.square.as_tuple())}) + "\n")
    (folder / EXAMPLES).write_text("".join(lines), encoding="utf-8")
    return folder / EXAMPLES


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m scripts.tiny_pages DIR")
    print(write_examples(Path(sys.argv[1])))
