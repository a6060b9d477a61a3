"""The README: its first screen, its length, and what following it would do.

`make test-readme` follows it, in a fresh environment.
"""

import re
from pathlib import Path

import pytest
from PIL import Image

from scripts import graph_picture
from scripts.answer_picture import PICTURE
from scripts.readme_followed.__main__ import main
from scripts.readme_followed.steps import same_output, steps_of
from tests.support.documents import ROOT, fences, links

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")


def test_it_is_short_and_its_first_screen_holds_all():
    lines = TEXT.splitlines()
    assert len(lines) <= 150
    blocks = [block for block in fences(README) if block.line <= 40]
    assert [block.language for block in blocks[:3]] == ["shell", "python", "text"]
    assert blocks[1].output == blocks[2].code
    assert blocks[2].line + blocks[2].code.count("\n") <= 40
    assert re.match(
        r"# ergo-agent\n\n\*\*[^*]+\.\*\*\n\n!\[[^]]+\]\(docs/images/answer\.png\)\n", TEXT
    )


def test_its_pictures_are_those_that_scripts_draw():
    shown = [ROOT / link for link in links(README) if link.endswith((".png", ".svg"))]
    assert shown == [PICTURE, graph_picture.PICTURE]  # the second is held to the graph elsewhere
    with Image.open(PICTURE) as picture:
        assert picture.width <= 900
        assert picture.height <= 340


def test_little_of_it_is_left_out_when_it_is_followed():
    steps = steps_of(TEXT)
    left_out = [step for step in steps if step.needs]
    assert 0 < len(left_out) < len(steps) / 3
    assert sum(step.output is not None for step in steps) >= 4
    first = " ".join(step.code for step in steps[:2])
    assert "git clone" in first
    assert "pip install ." in first


PAGE = """
```shell
cd "$REPOSITORY" \\
    && export TOLD=1
test -f README.md && echo "$TOLD"
```

```text
{told}
```

```shell
false   # needs a machine of another kind
bash -c "echo ready; read line; {last}"   # until Ctrl-D
```
"""


@pytest.mark.parametrize(
    ("told", "last", "said"),
    [
        ("1", "true", "3 steps, all run as the page says; left out:"),
        ("1", "exit 7", "failed: it ended with 7"),
        ("2", "true", "failed: it printed something else than:\n2"),
    ],
)
def test_following_a_page_tells_what_fails_and_what_is_left_out(
    told: str, last: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "README.md").write_text(PAGE.format(told=told, last=last), "utf-8")
    code = main(tmp_path / "followed", checkout)
    printed = capsys.readouterr().out
    assert said in printed
    assert code == ("failed" in printed)
    if not code:
        assert "README.md:13 needs a machine of another kind: false" in printed


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("4,562.94\n  page 1, pixels (2079, 1720)\n  confidence 0.80\n", True),
        ("4,562.95\n  page 1, pixels (2073, 1726)\n  confidence 0.82\n", False),
        ("4,562.94\n  page 1, pixels (2073, 1826)\n  confidence 0.82\n", False),
        ("4,562.94\n  page 1, pixels (2073, 1726)\n  confidence 0.52\n", False),
        ("4,562.94\n  page 1, pixels (2073, 1726)\n", False),
        ("4,562.94\n  page 1, points (2073, 1726)\n  confidence 0.82\n", False),
    ],
)
def test_an_output_is_the_same_but_for_a_few_pixels(printed: str, *, same: bool):
    wanted = "4,562.94\n  page 1, pixels (2073, 1726)\n  confidence 0.82\n"
    assert same_output(wanted, printed) is same
