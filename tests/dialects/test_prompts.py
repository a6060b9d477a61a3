"""Prompts read from the user's own file; nothing in it is ever run."""

import os
from pathlib import Path

import pytest

from ergo_agent.dialects import ErgoDialect, load_prompts
from ergo_agent.errors import SettingsError
from ergo_agent.views.geometry import Size
from tests.support.shown import shown_views

TOML = """
system_prompt = "Look well. {x1} may stand here."
question_template1 = "Where? {Question} Write {{x1}}."
question_template2 = \"\"\"{Question}
What is it?\"\"\"
"""
PYTHON = '''
"""Constants."""
import os
raise RuntimeError("this file was run")
OTHER = os.environ["NOTHING"] + f"{1}"
SYSTEM_PROMPT = (
    "Look well. "
    "{x1} may stand here."
)
QUESTION_TEMPLATE1: str = "Where? {Question} Write {{x1}}."

QUESTION_TEMPLATE2 = "{Question}\\nWhat is it?"
'''
VIEWS = shown_views(2)


def written(folder: Path, text: str, *, name: str = "prompts.toml"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("name", "text"), [("p.toml", TOML), ("const.py", PYTHON)])
def test_both_kinds_of_file_hold_the_same_three_prompts(tmp_path: Path, name: str, text: str):
    prompts = load_prompts(written(tmp_path, text, name=name))
    assert prompts.system == "Look well. {x1} may stand here."
    assert prompts.where("Is {it} red?") == "Where? Is {it} red? Write {x1}."
    assert prompts.answer("Is it?") == "Is it?\nWhat is it?"


def test_the_dialect_asks_in_the_words_of_the_file(tmp_path: Path):
    dialect = ErgoDialect(prompts=load_prompts(written(tmp_path, TOML)))
    assert dialect.system_prompt() == "Look well. {x1} may stand here."
    assert dialect.ask("q", VIEWS[:1], stage="observe") == "Where? q Write {x1}."
    for stage in ("zoomed", "last"):
        assert dialect.ask("q", VIEWS, stage=stage) == "q\nWhat is it?"


def test_what_the_method_never_asks_keeps_our_words(tmp_path: Path):
    own, dialect = ErgoDialect(), ErgoDialect(prompts=load_prompts(written(tmp_path, TOML)))
    whole = [VIEWS[0].model_copy(update={"shown": Size(4004, 3024)})]
    assert dialect.ask("q", VIEWS[:1], stage="last") == own.ask("q", VIEWS[:1], stage="last")
    assert dialect.ask("q", whole, stage="observe") == own.ask("q", whole, stage="observe")


def changed(key: str, line: str):
    """The TOML file with one prompt replaced."""
    kept = {
        "system_prompt": 'system_prompt = "s"',
        "question_template1": 'question_template1 = "{Question}"',
        "question_template2": 'question_template2 = "{Question}"',
    }
    return "\n".join({**kept, key: line}.values())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (changed("question_template2", ""), "lacks question_template2; a file of prompts holds"),
        (changed("question_template1", 'question_template1 = "Where?"'), r"lacks .*\{Question\}"),
        (changed("question_template1", 'question_template1 = "{question}"'), r"\{question\}; the"),
        (changed("question_template1", 'question_template1 = "{}"'), r"unknown placeholder \{\}"),
        (
            changed("question_template2", 'question_template2 = "{Question} [{x1}, 2]"'),
            r"question_template2 .* unknown placeholder \{x1\}",
        ),
        (
            changed("question_template2", 'question_template2 = "{Question.__class__}"'),
            r"unknown placeholder \{Question.__class__\}",
        ),
        (
            changed("question_template2", 'question_template2 = "{Question!r}"'),
            r"unknown placeholder \{Question!r\}",
        ),
        (
            changed("question_template2", 'question_template2 = "{Question:>99}"'),
            r"unknown placeholder \{Question:>99\}",
        ),
        (changed("question_template1", 'question_template1 = "{Question} {"'), "an odd brace"),
        (changed("system_prompt", "system_prompt = 7"), "system_prompt .* has to be a text"),
        (changed("system_prompt", 'system_prompt = " "'), "system_prompt .* has to be a text"),
        (changed("system_prompt", 'system_prompt = "s"\nother = 1'), "the unknown key 'other'"),
        (changed("system_prompt", "system_prompt ="), "is no TOML"),
    ],
)
def test_a_wrong_toml_file_is_refused(tmp_path: Path, text: str, problem: str):
    with pytest.raises(SettingsError, match=problem):
        load_prompts(written(tmp_path, text))


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('f"{1} {{Question}}"', "SYSTEM_PROMPT in line 1 of .* is an f-string, and the file is"),
        ('"a" + "b"', "SYSTEM_PROMPT in line 1 .* is an expression"),
        ('"a %s" % 1', "is an expression"),
        ('"a".strip()', "is a call"),
        ("__import__('os').getcwd()", "is a call"),
        ("OTHER", "is no literal"),
        ("['a']", r"system_prompt .* is a list; it has to be a text"),
        ("b'a'", "has to be a text"),
        ("(", "is no Python file"),
    ],
)
def test_a_python_value_that_would_have_to_be_run_is_refused(
    tmp_path: Path, value: str, problem: str
):
    text = f'SYSTEM_PROMPT = {value}\nQUESTION_TEMPLATE1 = QUESTION_TEMPLATE2 = "{{Question}}"\n'
    with pytest.raises(SettingsError, match=problem):
        load_prompts(written(tmp_path, text, name="const.py"))


@pytest.mark.parametrize("depth", [50, 5000])
def test_a_file_that_nests_too_deep_is_refused(tmp_path: Path, depth: int):
    text = f"SYSTEM_PROMPT = {'[' * depth}{']' * depth}"
    with pytest.raises(SettingsError, match=r"const\.py"):
        load_prompts(written(tmp_path, text, name="const.py"))


def test_what_is_no_file_of_prompts_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"ends in \.toml or \.py"):
        load_prompts(tmp_path / "prompts.json")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_prompts(tmp_path / "missing.toml")
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    for name in ("folder.toml", "pipe.toml"):
        with pytest.raises(SettingsError, match="is not a regular file"):
            load_prompts(tmp_path / name)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_prompts(tmp_path / "binary.toml")
    large = written(tmp_path, "#" * 1_000_001, name="large.toml")
    with pytest.raises(SettingsError, match="has more than 1,000,000 bytes"):
        load_prompts(large)
