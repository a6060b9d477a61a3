"""Pages are drawn from templates and packages; no test here reaches for apt or the network."""

import gzip
import hashlib
import shutil
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.corpus import packages, pages
from benchmarks.corpus.forms import TEMPLATES, write_form
from benchmarks.corpus.model import (
    DebianSource,
    Document,
    GeneratedSource,
    Split,
    WrittenSource,
    load_documents,
    load_questions,
)
from benchmarks.corpus.packages import CorpusError

GENERATED = {
    document.id: document
    for split in Split
    for document in load_documents(split)
    if isinstance(document.source, GeneratedSource | WrittenSource)
}
QUESTIONS = [question for split in Split for question in load_questions(split)]


def debian(pdf: bytes, *, file: str = "usr/share/doc/x/x.pdf", page: int = 1) -> Document:
    """Makes a document that says it comes out of a package."""
    source = DebianSource(
        kind="debian",
        package="x-doc",
        version="1.0-1",
        file=file,
        sha256=hashlib.sha256(pdf).hexdigest(),
        page=page,
    )
    return Document(id="x-p1", source=source)


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_generated_pages_print_their_gold(name: str, tmp_path: Path) -> None:
    text = fold(pages.page_text(GENERATED[name], cache=tmp_path))
    asked = [question for question in QUESTIONS if question.document == name]
    assert asked
    for question in asked:
        assert all(fold(gold) in text for gold in question.gold), question


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_template_and_a_seed_give_one_page(template: str) -> None:
    assert write_form(template, seed=5) == write_form(template, seed=5)
    assert write_form(template, seed=5) != write_form(template, seed=6)


def test_a_page_is_a_grey_picture_of_300_dots_per_inch(tmp_path: Path) -> None:
    drawn = pages.draw_page(GENERATED["receipt-1"], cache=tmp_path)
    with Image.open(drawn) as picture:
        assert picture.mode == "L"
        width, height = picture.size
        assert abs(width - 210 / 25.4 * 300) < 1
        assert abs(height - 297 / 25.4 * 300) < 1
        assert round(picture.info["dpi"][0]) == 300


def test_a_page_of_a_package_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = write_form("letter", seed=1)
    calls: list[DebianSource] = []

    def download(source: DebianSource) -> bytes:
        calls.append(source)
        return pdf

    monkeypatch.setattr(packages, "_download", download)
    first = pages.draw_page(debian(pdf), cache=tmp_path)
    assert pages.draw_page(debian(pdf), cache=tmp_path) == first
    assert "Yours sincerely" in pages.page_text(debian(pdf), cache=tmp_path)
    assert len(calls) == 1
    assert not list(tmp_path.rglob("*.part"))


def test_another_file_than_expected_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "_download", lambda _: b"another file")
    with pytest.raises(CorpusError, match=r"version 1\.0-1.*leave out"):
        pages.draw_page(debian(b"the file"), cache=tmp_path)
    assert not list(tmp_path.rglob("*.pdf"))


def test_missing_apt_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CorpusError, match=r"apt-get is not installed.*Debian 12"):
        pages.draw_page(debian(b"the file"), cache=tmp_path)


def test_zipped_files_are_unzipped(tmp_path: Path) -> None:
    source = debian(b"pdf", file="usr/x.pdf.gz").source
    assert isinstance(source, DebianSource)
    (tmp_path / "usr").mkdir()
    (tmp_path / source.file).write_bytes(gzip.compress(b"pdf"))
    assert packages._read_pdf(source, unpacked=tmp_path) == b"pdf"


def test_the_command_draws_a_split_and_counts_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    split = (GENERATED["receipt-1"], debian(b"the file"))
    monkeypatch.setattr(pages, "load_documents", lambda _: split)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    out = tmp_path / "out"
    assert pages.main(["--out", str(out), "--cache", str(tmp_path / "cache")]) == 1
    assert [path.name for path in out.iterdir()] == ["receipt-1.png"]
    assert "x-p1: apt-get is not installed" in capsys.readouterr().err


def test_the_cache_follows_the_xdg_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert pages.default_cache() == tmp_path / "ergo-agent" / "corpus"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert pages.default_cache().parts[-3:] == (".cache", "ergo-agent", "corpus")
