"""Stems are the same from however many threads they are asked for."""

from concurrent.futures import ThreadPoolExecutor

from ergo_agent._common.stems import stem_of

ENDINGS = ("ing", "ed", "s", "ational", "fulness", "ization", "ibility", "ously")
WORDS = [f"{a}{b}nner{ending}" for a in "bcdfglmprst" for b in "aeiou" for ending in ENDINGS] * 4


def test_threads_do_not_spoil_each_others_stems():
    stem_of.cache_clear()
    alone = [stem_of(word) for word in WORDS]
    for _ in range(5):
        stem_of.cache_clear()
        with ThreadPoolExecutor(8) as threads:
            ways = [threads.submit(list, map(stem_of, WORDS[start:])) for start in range(8)]
            assert all(way.result(timeout=60) == alone[start:] for start, way in enumerate(ways))
