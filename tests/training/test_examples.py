"""One's own questions, and what is said of lines that are none."""

import json
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent.errors import SettingsError
from ergo_agent.training.examples import Example, read_examples
from tests.support.rollouts import box

GOOD = {"image": "page.png", "question": "Which?", "answers": ["U12"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (60, 40)).save(tmp_path / "page.png")
    return tmp_path


def write(folder: Path, *lines: object) -> Path:
    path = folder / "own.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_examples_are_read_with_the_whole_path_of_their_image(folder: Path):
    path = write(folder, GOOD, "", {**GOOD, "answers": [], "box": [10, 0, 60, 40]})
    whole = str(folder / "page.png")
    assert list(read_examples(path)) == [
        Example(image=whole, question="Which?", answers=("U12",)),
        Example(image=whole, question="Which?", answers=(), box=box(10, 0, 60, 40)),
    ]


def test_an_absolute_path_stays(folder: Path):
    path = write(folder, {**GOOD, "image": str(folder / "page.png")})
    assert next(read_examples(path)).image == str(folder / "page.png")


_BOX = "give [left, top, right, bottom] in whole original pixels"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{'image': 1}", "is no JSON"),
        ("[1, 2]", "is no object but [1, 2]; give one object a line: image, "),
        ({"image": "page.png", "answers": []}, "question is missing; an object needs image, "),
        ({**GOOD, "answer": "U12"}, "answer='U12' is not right: extra inputs are not permitted"),
        ({**GOOD, "answers": "U12"}, "answers='U12' is not right"),
        ({**GOOD, "answers": [" "]}, 'leave the list empty where "not found" is right'),
        ({**GOOD, "answers": [3]}, "answers.0=3 is not right: input should be a valid string"),
        ({**GOOD, "question": " "}, "it is blank; ask what is to be found"),
        ({**GOOD, "box": [1, 2, 3]}, _BOX),
        ({**GOOD, "box": [1, 2, 3, 4.5]}, _BOX),
        ({**GOOD, "box": [5, 5, 5, 9]}, f"the box is empty or negative; {_BOX}"),
        ({**GOOD, "box": [0, 0, 61, 40]}, "reaches beyond the image, which is 60x40 pixels"),
        ({**GOOD, "image": "none.png"}, "image='none.png' cannot be used: "),
        ({**GOOD, "image": "own.jsonl"}, "image='own.jsonl' cannot be used: "),
        ({**GOOD, "page": 2}, "image='page.png' cannot be used: "),
        ({**GOOD, "page": 0}, "page=0 is not right"),
    ],
)
def test_a_line_that_is_no_example_is_named(folder: Path, line: object, message: str):
    path = write(folder, GOOD, line)
    examples = read_examples(path)
    next(examples)
    with pytest.raises(SettingsError) as failure:
        next(examples)
    assert str(failure.value).startswith(f"{path}, line 2")
    assert message in str(failure.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"cannot be read .*; give the path of a JSONL file"):
        next(read_examples(tmp_path / "none.jsonl"))


def test_bytes_that_are_no_text_are_no_json(folder: Path):
    (folder / "own.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="line 1 is no JSON"):
        next(read_examples(folder / "own.jsonl"))
