"""Lets a CUDA build of torchvision be imported beside a CPU build of torch.

torchvision registers fake kernels for two operators of its compiled part without asking whether
that part could be loaded. Declaring the operators is enough: nothing here ever calls them. It is
done when torchvision is about to be imported, so that no other program pays for importing torch.

This file is copied into the environment's site-packages, with a `.pth` file that imports it.
"""

import sys
from importlib.abc import MetaPathFinder
from typing import Any

__all__ = ["OperatorDeclarer", "install"]

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class OperatorDeclarer(MetaPathFinder):
    """Finds no module; declares the operators when torchvision is looked for."""

    library: Any = None
    """Kept, because the declarations end with it."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        """Leave the search to the next finder."""
        if fullname == "torchvision" and OperatorDeclarer.library is None:
            import torch  # noqa: PLC0415

            OperatorDeclarer.library = torch.library.Library("torchvision", "FRAGMENT")
            for operator in ("nms", "qnms"):
                OperatorDeclarer.library.define(operator + _SCHEMA)


def install() -> None:
    """Put the finder in front, once."""
    if not any(isinstance(finder, OperatorDeclarer) for finder in sys.meta_path):
        sys.meta_path.insert(0, OperatorDeclarer())
