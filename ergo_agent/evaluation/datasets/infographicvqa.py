"""InfographicVQA: questions about tall infographics; the layout is that of DocVQA.

Mathew et al., "InfographicVQA", 2022.
"""

from collections.abc import Iterator
from pathlib import Path

from ergo_agent.evaluation.datasets.docvqa import questions
from ergo_agent.evaluation.files import find
from ergo_agent.evaluation.samples import Sample

__all__ = ["load"]

_SOURCE = "https://rrc.cvc.uab.es/?ch=17 (task 3)"


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = find(
        folder,
        "infographicsVQA_val_v1.0_withQT.json",
        "infographicVQA_val_v1.0.json",
        source=_SOURCE,
    )
    find(folder, "infographicsvqa_images", source=_SOURCE)
    return questions(
        path, image="image_local_name", within="infographicsvqa_images", source=_SOURCE
    )
