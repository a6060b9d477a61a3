"""Lines recognised side by side are what RapidOCR reads one after the other."""

import numpy as np
from rapidocr import RapidOCR

from benchmarks.corpus.forms import write_form
from ergo_agent.geometry import Region, Size
from ergo_agent.imaging import open_original
from ergo_agent.policies.ocr.engine import SETTINGS, Engine


def test_lines_come_in_rapidocrs_order_with_its_words():
    page = open_original(write_form("receipt", seed=1))
    view = page.shown(Region.whole(page.size), Size(588, 840))
    pixels = np.ascontiguousarray(np.asarray(view)[:, :, ::-1])
    ours, plain = Engine()(pixels), RapidOCR(params=dict(SETTINGS))(pixels)
    assert len(plain.txts) > 15
    assert ours.txts == plain.txts
    assert ours.word_results == plain.word_results
    assert np.allclose(ours.boxes, plain.boxes)
    assert np.allclose(ours.scores, plain.scores, atol=1e-3)


def test_a_blank_view_has_no_lines():
    assert Engine()(np.full((200, 300, 3), 255, np.uint8)).txts is None
