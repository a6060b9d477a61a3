"""Any number of threads may share a reader, and read and answer what one thread does.

`python -m benchmarks.reader_threads` asks fifty questions about whole pages in each thread.
"""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from PIL import Image

from ergo_agent import ask
from ergo_agent.layout.page import PageLayout, understand
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr import create_ocr_policy
from ergo_agent.policies.ocr.models import shared_models
from ergo_agent.policies.ocr.reader import Reading, ViewReader
from tests.support.drawn import NAMES, Sheet

THREADS = 8


def page(seed: int) -> Image.Image:
    sheet = Sheet(420, 200)
    for at in range(3):
        sheet.put(f"{NAMES[(seed + at) % len(NAMES)]}:", 20, 20 + 40 * at)
        sheet.put(f"{NAMES[seed]}-{seed}{at}", 200, 20 + 40 * at)
    return sheet.image().rotate(90 * (seed % 2), expand=True)


def test_threads_that_begin_at_once_read_what_one_thread_reads():
    pages = [page(seed) for seed in range(4)]
    alone = ViewReader()
    expected = [alone.look(image, quick=seed % 3 == 0) for seed, image in enumerate(pages)]
    shared, begin = ViewReader(remembered=2), Barrier(THREADS)

    def read(thread: int) -> list[tuple[int, Reading, PageLayout]]:
        begin.wait()
        found = []
        for step in range(len(pages)):
            at = (thread + step) % len(pages)
            seen = shared.look(pages[at], quick=at % 3 == 0)
            found.append((at, seen, understand(seen.lines)))
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        for done in pool.map(read, range(THREADS)):
            for at, seen, layout in done:
                assert seen == expected[at]
                assert layout == understand(expected[at].lines)


def answers(policy: Policy, asked: Sequence[tuple[bytes, str]]) -> list[tuple[object, ...]]:
    found = [ask(data, question, policy=policy) for data, question in asked]
    return [(each.answer, each.confidence, [e.region for e in each.evidence]) for each in found]


def test_threads_that_begin_at_once_answer_as_one_thread_does():
    asked = []
    for seed in (2, 5):
        data = io.BytesIO()
        page(seed).save(data, "PNG")
        asked += [(data.getvalue(), f"What is {NAMES[seed + at]}?") for at in range(3)]
    expected = answers(create_ocr_policy(), asked)
    assert sum(answer is not None for answer, *_ in expected) >= 4
    for model in shared_models():
        model.forget()
    shared, begin = create_ocr_policy(), Barrier(THREADS)

    def run(thread: int) -> list[tuple[object, ...]]:
        begin.wait()
        at = thread % len(asked)
        found = answers(shared, [*asked[at:], *asked[:at]])
        return [*found[len(asked) - at :], *found[: len(asked) - at]]

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(found == expected for found in pool.map(run, range(THREADS)))
