"""A checkpoint folder: made once, and again only when what makes it has changed."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["KEY_FILE", "checkpoint_key", "make_checkpoint"]

KEY_FILE = "made_by.txt"
"""Holds the key of the scripts that made the checkpoint."""

_SEED = 7
_ROOT = Path(__file__).parents[2]
_SOURCES = (
    "scripts/tiny_checkpoint/*.*",
    "ergo_agent/dialects/*.py",
    "ergo_agent/views/*.py",
    "ergo_agent/episode/budget.py",
    "ergo_agent/episode/planning.py",
    "ergo_agent/episode/settings.py",
)
"""What decides what is taught: the scripts, and what they take prompts and views from."""


def make_checkpoint(folder: Path, *, report: Callable[[str], object] = print) -> bool:
    """Make the checkpoint unless an up-to-date one lies there; whether it was made.

    It is put in place in one step, so that a reader never sees half of one.

    Args:
        folder: Where it goes.
        report: Told about the progress, a line at a time.
    """
    key = checkpoint_key()
    if _key_of(folder) == key:
        report(f"{folder} is up to date")
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
        _make(Path(made), report)
        Path(made, KEY_FILE).write_text(key, encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder.with_name(f"{Path(made).name}-done"))
        os.replace(folder.with_name(f"{Path(made).name}-done"), folder)  # noqa: PTH105
    report(f"{folder} is made")
    return True


def checkpoint_key() -> str:
    """A digest of everything that decides what the checkpoint is taught."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(_ROOT.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _key_of(folder: Path) -> str | None:
    try:
        return (folder / KEY_FILE).read_text(encoding="ascii")
    except OSError:
        return None


def _make(folder: Path, report: Callable[[str], object]) -> None:
    import torch  # noqa: PLC0415  # slow, and not needed for an up-to-date checkpoint

    from scripts.tiny_checkpoint.architecture import make_model, make_processor  # noqa: PLC0415
    from scripts.tiny_checkpoint.trainer import train  # noqa: PLC0415

    torch.set_num_threads(1)  # the same sums in the same order everywhere; and it is as fast
    torch.manual_seed(_SEED)
    processor = make_processor()
    model = make_model(processor.tokenizer)
    started = time.monotonic()
    losses = train(model, processor, seed=_SEED, report=report)
    for step, loss in enumerate(losses, start=1):
        if step % 20 == 0:
            seconds = time.monotonic() - started
            report(f"step {step}, loss {loss:.3f}, {seconds:.0f} s")
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
