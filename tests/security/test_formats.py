"""Files that are not what they say, or two things at once: refused, or read as what they are."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.security.conftest import Ask
from tests.support import bombs
from tests.support.web import Web, web

ANSWER, FORMAT = "answer", "ImageFormatError"


def picture(kind: str, **options: object) -> bytes:
    return bombs.encoded(Image.effect_noise((320, 240), 50).convert("RGB"), kind, **options)


def half(kind: str, **options: object) -> bytes:
    data = picture(kind, **options)
    return data[: len(data) // 2]


PAGE = bombs.pdf_page(bombs.stream(b"", b"0 0 9 9 re f"))
HTML = b"<html><img src='http://HERE/canary.png'><script>fetch('http://HERE/')</script></html>"
SVG = (
    b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"
    b"<image xlink:href='http://HERE/canary.png'/><image xlink:href='file:///etc/passwd'/></svg>"
)
ENTITY = b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'http://HERE/canary'>]>"
LAUGHS = ENTITY + b"".join(b"<!ENTITY x%d '&x%d;&x%d;'>" % (n, n - 1, n - 1) for n in range(1, 99))
OPENS = (
    b"/OpenAction<</S/URI/URI(http://HERE/canary)>>"
    b"/AA<</WC<</S/Launch/F(/bin/sh)>>>>"
    b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.launchURL\\('http://HERE/'\\))>>]>>>>"
)
OUTSIDE_STREAM = b"<</Length 0/F<</FS/URL/F(http://HERE/canary)>>>>stream\n\nendstream"

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    # what no raster is
    "picture.svg": (lambda: SVG, FORMAT),
    "entity.svg": (lambda: ENTITY + SVG, FORMAT),
    "laughs.svg": (lambda: LAUGHS + SVG, FORMAT),
    "picture.eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n", FORMAT),
    "binary.eps": (lambda: b"\xc5\xd0\xd3\xc6" + bytes(40) + b"%!PS-Adobe-3.0", FORMAT),
    "picture.wmf": (lambda: b"\xd7\xcd\xc6\x9a" + bytes(100), FORMAT),
    "commands.mvg": (
        lambda: b"push graphic-context\nimage over 0,0 0,0 'url(http://HERE/)'",
        FORMAT,
    ),
    "list.m3u8": (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\nhttp://HERE/canary\n", FORMAT),
    "page.html.png": (lambda: HTML, FORMAT),
    "archive.zip.png": (lambda: bombs.zipped(page=picture("PNG")), FORMAT),
    "bomb.zip.png": (lambda: bombs.zipped(page=bytes(50_000_000)), FORMAT),
    "gzip.png": (lambda: b"\x1f\x8b\x08\0" + bombs.deflated(100), FORMAT),
    "program.png": (lambda: b"\x7fELF" + bytes(1000), FORMAT),
    "pickle.png": (lambda: b"\x80\x04cposix\nsystem\n(S'id'\ntR.", FORMAT),
    "film.mp4": (lambda: b"\0\0\0\x18ftypmp42" + bytes(1000), FORMAT),
    "sound.webp": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), FORMAT),
    "icon.ico": (lambda: picture("ICO"), FORMAT),
    "shop.psd": (lambda: b"8BPS\0\1" + bytes(1000), FORMAT),
    # two things at once
    "html-then.png": (lambda: HTML + picture("PNG"), FORMAT),
    "png-then-html": (lambda: picture("PNG") + HTML, ANSWER),
    "png-then-zip": (lambda: picture("PNG") + bombs.zipped(page=HTML), ANSWER),
    "jpeg-then-zip": (lambda: picture("JPEG") + bombs.zipped(page=HTML), ANSWER),
    "jpeg-then-pdf": (lambda: picture("JPEG") + PAGE, ANSWER),
    "jpeg-with-pdf-in-it": (lambda: bombs.jpeg_comment(picture("JPEG"), PAGE), ANSWER),
    "jpeg-with-broken-pdf": (lambda: bombs.jpeg_comment(picture("JPEG"), b"%PDF-1.7"), FORMAT),
    "jpeg-with-html": (lambda: bombs.jpeg_comment(picture("JPEG"), HTML), ANSWER),
    "gif-and-script": (lambda: b"GIF89a/*" + HTML + b"*/=1;alert(1)", FORMAT),
    "bmp-and-script": (lambda: b"BM=1;/*" + HTML + b"*/", FORMAT),
    "pdf-then-jpeg": (lambda: PAGE + picture("JPEG"), ANSWER),
    "pdf-behind-a-preamble": (lambda: b"x" * 1000 + PAGE, ANSWER),
    "pdf-behind-too-much": (lambda: b"x" * 2000 + PAGE, FORMAT),
    "pdf-named.png": (lambda: PAGE, ANSWER),
    "png-named.pdf": (lambda: picture("PNG"), ANSWER),
    # PDFs that would do something
    "opens-an-address.pdf": (
        lambda: bombs.pdf_page(bombs.stream(b"", b"0 0 9 9 re f"), catalogue=OPENS),
        ANSWER,
    ),
    "stream-elsewhere.pdf": (lambda: bombs.pdf_page(OUTSIDE_STREAM), ANSWER),
    "encrypted.pdf": (
        lambda: bombs.pdf(
            [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"],
            more=b"/Encrypt<</Filter/Standard/V 2/R 3/P -4/Length 128/O(%b)/U(%b)>>/ID[(a)(a)]"
            % (b"o" * 32, b"u" * 32),
        ),
        FORMAT,
    ),
    "no-page.pdf": (
        lambda: bombs.pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]),
        FORMAT,
    ),
    # cut short
    "cut.png": (lambda: half("PNG"), FORMAT),
    "cut.jpg": (lambda: half("JPEG"), FORMAT),
    "cut.gif": (lambda: half("GIF"), FORMAT),
    "cut.webp": (lambda: half("WEBP"), FORMAT),
    "cut.tiff": (lambda: half("TIFF", compression="tiff_lzw"), FORMAT),
    "cut.bmp": (lambda: half("BMP"), FORMAT),
    "cut.jp2": (lambda: half("JPEG2000"), FORMAT),
    "cut.pdf": (lambda: PAGE[:30], FORMAT),
    "one-byte": (lambda: b"\x89", FORMAT),
    "only-a-signature": (lambda: b"\x89PNG\r\n\x1a\n", FORMAT),
    # moving pictures stand for their first frame
    "moving.gif": (
        lambda: picture("GIF", save_all=True, append_images=[Image.new("RGB", (320, 240))]),
        ANSWER,
    ),
    "moving.png": (
        lambda: picture("PNG", save_all=True, append_images=[Image.new("RGB", (320, 240))]),
        ANSWER,
    ),
    "moving.webp": (
        lambda: picture("WEBP", save_all=True, append_images=[Image.new("RGB", (320, 240))]),
        ANSWER,
    ),
}


@pytest.fixture
def here() -> Iterator[Web]:
    """A host that the files name, and that nobody may ask."""
    with web({}) as running:
        yield running
    assert running.asked == []


@pytest.mark.parametrize("name", FILES)
def test_file(tmp_path: Path, ask_caged: Ask, here: Web, name: str):
    make, end = FILES[name]
    (tmp_path / name).write_bytes(make().replace(b"HERE", here.host.encode()))
    outcome = ask_caged(name, roots=[str(tmp_path)], hosts=[f"private:{here.host}"])
    assert outcome.end == end
    assert outcome.looked_up == []


@pytest.mark.parametrize("name", ["picture.svg", "archive.zip.png", "cut.png", "bomb.zip.png"])
def test_the_same_bytes_in_the_name(ask_caged: Ask, here: Web, name: str):
    data = FILES[name][0]().replace(b"HERE", here.host.encode())
    url = "data:image/png;base64," + base64.b64encode(data).decode()
    assert ask_caged(url, roots=[]).end == FORMAT
