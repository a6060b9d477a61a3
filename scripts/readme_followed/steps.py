"""The README's blocks as steps, in their order."""

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Step", "same_output", "steps_of"]

_FENCE = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
_NEEDS = re.compile(r"#\s*(needs an? .*)$")
_UNTIL = re.compile(r"#\s*until Ctrl-([CD])\b")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


class Step(NamedTuple):
    """A command, or a snippet of Python."""

    line: int
    """Where it stands in the README, from 1."""

    language: str
    """`shell` or `python`."""

    code: str
    output: str | None
    """What it has to print; None where the README does not say."""

    needs: str = ""
    """Why it cannot run here."""

    until: str = ""
    """The key that ends it, `C` or `D`, held with Ctrl; empty where it ends by itself."""


def steps_of(readme: str) -> list[Step]:
    """What a reader would do, from the first block to the last.

    Args:
        readme: The page as Markdown.
    """
    return list(_steps(readme))


def _steps(readme: str) -> Iterator[Step]:
    blocks = list(_FENCE.finditer(readme))
    for at, block in enumerate(blocks):
        language, code = block.groups()
        line = readme.count("\n", 0, block.start()) + 2
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        output = None
        if after and after[1] == "text" and not readme[block.end() : after.start()].strip():
            output = after[2]
        if language == "python":
            needs = _NEEDS.search(code.partition("\n")[0])
            yield Step(line, language, code, output, needs=needs[1] if needs else "")
        elif language == "shell":
            yield from _commands(code, line, output)


def _commands(code: str, line: int, output: str | None) -> Iterator[Step]:
    """One step for each command; what the block prints is printed by the last."""
    commands = list(re.finditer(r"(?:.*\\\n)*.*\S.*\n", code))
    for command in commands:
        text = command[0].rstrip("\n")
        needs, until = _NEEDS.search(text), _UNTIL.search(text)
        yield Step(
            line + code.count("\n", 0, command.start()),
            "shell",
            text,
            output if command is commands[-1] else None,
            needs=needs[1] if needs else "",
            until=until[1] if until else "",
        )


def same_output(wanted: str, printed: str) -> bool:
    """Whether an output is what the README says.

    The answers are, letter by letter. Numbers of places and costs, which are indented or come after
    a semicolon, may differ by a little: another processor may see a box some pixels elsewhere.
    """
    one, other = wanted.splitlines(), printed.splitlines()
    return len(one) == len(other) and all(map(_same_line, one, other))


def _same_line(wanted: str, printed: str) -> bool:
    exact, _, loose = ("", "", wanted) if wanted.startswith("  ") else wanted.partition(";")
    there = printed[len(exact) :]
    return printed.startswith(exact) and _nearly_same(loose, there.removeprefix(";"))


def _nearly_same(wanted: str, printed: str) -> bool:
    if _NUMBER.sub("0", wanted) != _NUMBER.sub("0", printed):
        return False
    return all(map(_near, _NUMBER.findall(wanted), _NUMBER.findall(printed)))


def _near(wanted: str, printed: str) -> bool:
    """As near as `tests/images/test_reduction.py` asks for; what is no number is the same."""
    try:
        one, other = (float(each.replace(",", "")) for each in (wanted, printed))
    except ValueError:
        return wanted == printed
    return abs(one - other) <= max(0.05 * abs(one), 28 if "." not in wanted and one >= 28 else 0)
