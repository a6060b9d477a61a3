"""ERGO's published prompts, read from the user's own copy of them.

Both kinds of file hold the method's three prompts under the names of its own constants, in lower
case in TOML:

```
system_prompt = "..."           # the system message; no placeholder
question_template1 = "..."      # where to look; {Question} once or more
question_template2 = "..."      # the answer; {Question} once or more
```

In a Python file they are top-level assignments of string literals to `SYSTEM_PROMPT`,
`QUESTION_TEMPLATE1` and `QUESTION_TEMPLATE2`, as in `src/ergo/const.py` of the method's repository.
The file is read with `ast` and never run. Adjacent literals are one literal to Python and so are
taken; `+`, `%`, f-strings and calls are not. A brace that is no placeholder is doubled: `{{`, `}}`.
"""

import ast
import os
import stat
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ergo_agent.errors import SettingsError

__all__ = ["ErgoPrompts", "load_prompts"]

_KEYS = {
    "system_prompt": False,
    "question_template1": True,
    "question_template2": True,
}
"""The prompts, and whether each holds the question."""
_PLACEHOLDER = "Question"
_MAX_BYTES = 1_000_000
"""A file of prompts has a few thousand."""


class ErgoPrompts(NamedTuple):
    """The method's three prompts, checked."""

    system: str
    template1: str
    template2: str

    def where(self, question: str) -> str:
        """The first question: which part has to be seen."""
        return self.template1.format(Question=question)

    def answer(self, question: str) -> str:
        """The second question: the answer, now that it is seen."""
        return self.template2.format(Question=question)


def load_prompts(path: str | os.PathLike[str]) -> ErgoPrompts:
    """Read the method's prompts from a TOML file or a file of Python constants.

    Args:
        path: A file ending in `.toml` or `.py`, laid out as the module's docstring shows. Unknown
            TOML keys are refused; other Python statements are passed over.

    Raises:
        SettingsError: If the file cannot be read, a prompt is missing or no plain string, or a
            placeholder is missing or unknown; it says which.
    """
    file = Path(path)
    readers = {".toml": _from_toml, ".py": _from_python}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise SettingsError(f"{file} is no file of prompts; give one that ends in .toml or .py")
    found = reader(_text(file), file)
    missing = [key for key in _KEYS if key not in found]
    if missing:
        raise SettingsError(
            f"{file} lacks {', '.join(missing)}; a file of prompts holds {', '.join(_KEYS)} "
            "(in upper case in a Python file)"
        )
    for key, with_question in _KEYS.items():
        _check(found[key], key=key, with_question=with_question, file=file)
    return ErgoPrompts(*(str(found[key]) for key in _KEYS))


def _text(file: Path) -> str:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # the end of a pipe may never come
            raise SettingsError(f"{file} is not a regular file; give a file of prompts")
        if status.st_size > _MAX_BYTES:
            raise SettingsError(
                f"{file} has more than {_MAX_BYTES:,} bytes; give a file of prompts"
            )
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read ({error}); give a file of prompts") from error


def _from_toml(text: str, file: Path) -> Mapping[str, object]:
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{file} is no TOML ({error})") from error
    unknown = sorted(found.keys() - _KEYS)
    if unknown:
        raise SettingsError(
            f"{file} holds the unknown key {unknown[0]!r}; the keys are {', '.join(_KEYS)}"
        )
    return found


def _from_python(text: str, file: Path) -> Mapping[str, object]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SettingsError(f"{file} is no Python file ({error})") from error
    found: dict[str, object] = {}
    for statement in tree.body:
        for name, value in _assigned(statement):
            if name.lower() in _KEYS and name.isupper():
                found[name.lower()] = _literal(value, name=name, file=file)
    return found


def _assigned(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    """The names that a statement gives a value, each with it."""
    if isinstance(statement, ast.Assign):
        return [(at.id, statement.value) for at in statement.targets if isinstance(at, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [(statement.target.id, statement.value)] if statement.value else []
    return []


def _literal(value: ast.expr, *, name: str, file: Path) -> object:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        kinds = {ast.JoinedStr: "an f-string", ast.BinOp: "an expression", ast.Call: "a call"}
        kind = kinds.get(type(value), "no literal")
        raise SettingsError(
            f"{name} in line {value.lineno} of {file} is {kind}, and the file is never run; "
            "write it as one string literal"
        ) from error


def _check(prompt: object, *, key: str, with_question: bool, file: Path) -> None:
    """Refuse what is no text, or has other placeholders than it should."""
    if not isinstance(prompt, str) or not prompt.strip():
        given = "empty" if isinstance(prompt, str) else f"a {type(prompt).__name__}"
        raise SettingsError(f"{key} in {file} is {given}; it has to be a text")
    if not with_question:
        return  # it is sent as it is
    names = _placeholders(prompt, key=key, file=file)
    unknown = sorted(names - {_PLACEHOLDER})
    if unknown:
        raise SettingsError(
            f"{key} in {file} holds the unknown placeholder {{{unknown[0]}}}; the only one is "
            f"{{{_PLACEHOLDER}}}, and a brace that is none is doubled"
        )
    if not names:
        raise SettingsError(f"{key} in {file} lacks the placeholder {{{_PLACEHOLDER}}}")


def _placeholders(prompt: str, *, key: str, file: Path) -> set[str]:
    """The replacement fields of a template, with conversions and formats as part of the name."""
    try:
        parsed = list(string.Formatter().parse(prompt))
    except ValueError as error:
        raise SettingsError(
            f"{key} in {file} has an odd brace ({error}); double one that is no placeholder"
        ) from error
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in parsed
        if name is not None
    }
