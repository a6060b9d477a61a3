"""DocVQA: questions about single pages of an archive, with every accepted answer.

Mathew et al., "DocVQA: A dataset for VQA on document images", 2021. Of the test split no answers
are published, so only the validation split can be scored.
"""

from collections.abc import Iterator
from pathlib import Path

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.files import field, find, image_file, json_file
from ergo_agent.evaluation.samples import Sample

__all__ = ["load", "questions"]

_SOURCE = "https://rrc.cvc.uab.es/?ch=17 (task 1)"


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = find(folder, "val_v1.0_withQT.json", "val_v1.0.json", source=_SOURCE)
    return questions(path, image="image", within="", source=_SOURCE)


def questions(path: Path, *, image: str, within: str, source: str) -> Iterator[Sample]:
    """The questions of a file in the layout that DocVQA's tasks share.

    Args:
        path: The file.
        image: The field that names a question's image.
        within: The folder of images, beside the file.
        source: Where the data set is published.

    Raises:
        SettingsError: If it has another layout, or no answers.
    """
    whole = json_file(path)
    if not isinstance(whole, dict) or not isinstance(whole.get("data"), list):
        raise SettingsError(f"{path} has no list `data`; get it from {source}")
    for row in whole["data"]:
        answers = row.get("answers")
        if not answers:
            raise SettingsError(f"{path} has questions without answers: a test split is not scored")
        picture = image_file(path.parent / within, field(row, image, of=path), source=source)
        kinds = row.get("question_types") or row.get("answer_type") or ()
        yield Sample(
            id=field(row, "questionId", of=path),
            document=picture,
            question=field(row, "question", of=path),
            gold=tuple(map(str, answers)),
            cluster=picture,
            category=", ".join(map(str, kinds)),
        )
