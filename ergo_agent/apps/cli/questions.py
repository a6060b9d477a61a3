"""The questions of `ergo-agent ask`: given with it, or asked for one by one in a terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import typer

from ergo_agent.apps.cli.output import note
from ergo_agent.apps.cli.sources import STDIN
from ergo_agent.errors import ErgoError, QuestionError

__all__ = ["asked_on", "files_and_questions"]

_PROMPT = "? "


def files_and_questions(
    named: Sequence[str], questions: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Tell the files of a command from its questions.

    What stands last is the question, unless questions are given by `--question`, or it is a file.

    Args:
        named: What stands behind the command.
        questions: What was given by `--question`.

    Returns:
        The files, and the questions; of these none where they are to be asked for.

    Raises:
        QuestionError: If there is no question, and nobody who could be asked for one.
    """
    files, last = list(named[:-1]), named[-1]
    if questions or not files or last == STDIN or _is_there(last):
        files, asked = list(named), list(questions)
    else:
        asked = [last]
    if not asked and (STDIN in files or not sys.stdin.isatty()):
        raise QuestionError(
            "no question was given; give one after the files, in quotes, or with --question. In a "
            "terminal, with files and no question, you are asked for questions one by one"
        )
    return files, asked


def asked_on(files: Sequence[str], answer: Callable[[str], None]) -> None:
    """Ask for questions in a terminal and answer each, until whoever types ends it.

    What goes wrong with one question is said, and the next one may be asked.

    Args:
        files: What is asked about.
        answer: Answers a question and says the answer.
    """
    note(f"{', '.join(files)}: ask a question; Ctrl-D ends.")
    for question in _typed():
        try:
            answer(question)
        except ErgoError as error:
            note(f"error: {error}")


def _typed() -> Iterator[str]:
    """What is typed, line by line, without the empty ones."""
    while True:
        try:
            line = _line().strip()
        except EOFError:
            typer.echo("", err=True)
            return
        if line:
            yield line


def _line() -> str:
    """One line, with the keys of readline where that is there."""
    if sys.stdout.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401, PLC0415  # input() uses it once it is imported
        return input(_PROMPT)
    typer.echo(_PROMPT, err=True, nl=False)  # stdout holds answers only
    return input()


def _is_there(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):  # too long, or with a character that no name may have
        return False
