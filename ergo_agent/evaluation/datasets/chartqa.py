"""ChartQA: 1,250 questions by people and 1,250 made from captions, about charts.

Both files have to be there: the published number is the mean of the two halves. Masry et al.,
"ChartQA", 2022.
"""

from collections.abc import Iterator
from pathlib import Path

from ergo_agent.evaluation.files import field, find, image_file, json_file
from ergo_agent.evaluation.samples import Sample

__all__ = ["load"]

_SOURCE = "https://huggingface.co/datasets/ahmed-masry/ChartQA"


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    for half in ("human", "augmented"):
        name = f"test_{half}.json"
        path = find(folder, f"test/{name}", f"ChartQA Dataset/test/{name}", name, source=_SOURCE)
        pictures = find(path.parent, "png", source=_SOURCE)
        for number, row in enumerate(json_file(path)):
            picture = image_file(pictures, field(row, "imgname", of=path), source=_SOURCE)
            yield Sample(
                id=f"{half}/{number}",
                document=picture,
                question=field(row, "query", of=path),
                gold=(field(row, "label", of=path),),
                cluster=picture,
                category=half,
            )
