"""What a missing extra is installed by, wherever the package came from."""

import json
from pathlib import Path
from typing import Any, Protocol

import pytest

from ergo_agent import MissingExtraError
from ergo_agent._common import installation
from ergo_agent._common.installation import install_command


class Installed(Protocol):
    def __call__(self, origin: object, installer: str = "pip") -> None: ...


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Puts an installation on the path, as pip writes it, before the one that runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))

    def write(origin: object, installer: str = "pip") -> None:
        folder = tmp_path / "packages" / "ergo_agent-0.1.0.dist-info"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "METADATA").write_text("Name: ergo-agent\nVersion: 0.1.0\n")
        (folder / "INSTALLER").write_text(installer + "\n")
        if origin is not None:
            text = origin if isinstance(origin, str) else json.dumps(origin)
            (folder / "direct_url.json").write_text(text)

    return write


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "my checkout"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    return folder


@pytest.mark.parametrize("origin", [None, "no json", "[]", {"dir_info": {}}])
def test_from_an_index_it_is_the_name(origin: object, installed: Installed):
    installed(origin)
    assert install_command("ui") == 'pip install "ergo-agent[ui]"'


@pytest.mark.parametrize(("about", "option"), [({}, ""), ({"editable": True}, "-e ")])
def test_from_a_checkout_it_is_the_checkout(
    about: dict[str, Any],
    option: str,
    installed: Installed,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    installed({"url": checkout.as_uri(), "dir_info": about})
    assert install_command("ui") == f'pip install {option}"{checkout}[ui]"'
    monkeypatch.chdir(checkout)
    assert install_command("ui") == f'pip install {option}".[ui]"'


def test_what_is_gone_is_not_named(installed: Installed, tmp_path: Path):
    for about in ({"dir_info": {}}, {"archive_info": {}}):
        installed({"url": (tmp_path / "gone").as_uri(), **about})
        assert install_command("ui") == 'pip install ".[ui]" in a checkout of ergo-agent'


def test_from_an_archive_it_is_the_archive(installed: Installed, tmp_path: Path):
    wheel = tmp_path / "ergo_agent-0.1.0-py3-none-any.whl"
    wheel.touch()
    installed({"url": wheel.as_uri(), "archive_info": {}})
    assert install_command("ui") == f'pip install "ergo-agent[ui] @ {wheel.as_uri()}"'


@pytest.mark.parametrize(
    ("about", "end"),
    [
        ({"vcs": "git", "commit_id": "1a2b"}, "@1a2b"),
        ({"vcs": "git", "commit_id": "1a2b", "requested_revision": "main"}, "@main"),
    ],
)
def test_from_a_repository_it_is_the_repository(
    about: dict[str, str], end: str, installed: Installed
):
    url = "https://me:secret@git.example.org/eyes.git"
    installed({"url": url, "vcs_info": about, "subdirectory": "python"})
    assert install_command("ui") == (
        f'pip install "ergo-agent[ui] @ git+https://git.example.org/eyes.git{end}'
        '#subdirectory=python"'
    )


def test_an_environment_of_uv_has_no_pip(installed: Installed):
    installed(None, installer="uv")
    assert install_command("mcp") == 'uv pip install "ergo-agent[mcp]"'


def test_a_name_that_a_shell_would_read_is_quoted(installed: Installed, tmp_path: Path):
    folder = tmp_path / "a$HOME"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    installed({"url": folder.as_uri(), "dir_info": {}})
    assert install_command("ui") == f"pip install '{folder}[ui]'"


def test_a_checkout_that_was_never_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installation, "_NAME", "not-installed-at-all")
    monkeypatch.chdir(Path(__file__).parents[2])
    assert install_command("ui") == 'pip install -e ".[ui]"'


def test_a_model_is_told_no_folder(installed: Installed, checkout: Path):
    installed({"url": checkout.as_uri(), "dir_info": {}})
    error = MissingExtraError("the local page", extra="ui")
    assert str(error) == f'the local page needs an extra: pip install "{checkout}[ui]"'
    assert error.for_model == 'the local page needs the extra "ui", which is not installed'
