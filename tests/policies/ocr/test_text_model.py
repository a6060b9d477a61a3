"""What the small language models compute, held to whole numbers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ergo_agent.policies.ocr.models.text_model import TextModel
from ergo_agent.policies.ocr.models.word_pieces import Encoded

WIDTH = 64


def test_products_of_eight_bits_are_exact_on_every_processor(tmp_path: Path) -> None:
    """Two of them do not fit into 16 bits, where processors without a dot product keep them."""
    (tmp_path / "product.onnx").write_bytes(_product(np.full((WIDTH, WIDTH), 127, np.int8)))

    class Product(TextModel[str, int]):
        file = str(tmp_path / "product.onnx")

        def _feed(self, text: Encoded) -> dict[str, NDArray[np.uint8]]:  # type: ignore[override]
            return {"a": np.full((len(text.ids), WIDTH), 255, np.uint8)}

    ((row,),) = Product()._run([Encoded([0], [0], [])])

    assert row.tolist() == [WIDTH * 255 * 127] * WIDTH


def _product(matrix: NDArray[np.int8]) -> bytes:
    """An ONNX model of one node, a row by the matrix: the format's fields, written by hand."""
    tensor = b"".join(_whole(1, length) for length in matrix.shape)
    tensor += _whole(2, 3) + _part(8, b"b") + _part(9, matrix.tobytes())
    node = _part(1, b"a") + _part(1, b"b") + _part(2, b"c") + _part(4, b"MatMulInteger")
    graph = _part(1, node) + _part(2, b"product") + _part(5, tensor)
    graph += _part(11, _value(b"a", 2)) + _part(12, _value(b"c", 6))
    return _whole(1, 8) + _part(8, _part(1, b"") + _whole(2, 13)) + _part(7, graph)


def _value(name: bytes, kind: int) -> bytes:
    shape = _part(1, _whole(1, 1)) + _part(1, _whole(1, WIDTH))
    return _part(1, name) + _part(2, _part(1, _whole(1, kind) + _part(2, shape)))


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _whole(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes((*parts, number))
