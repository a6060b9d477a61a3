"""The library that decodes parts: closed but for three loaders, and done without where it fails."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent.images import regions
from tests.support.noise import shown


def test_where_strangers_files_are_decoded_no_other_loader_is_open(tmp_path: Path):
    code = """
        import io, sys
        import pyvips
        from PIL import Image
        from ergo_agent.images import jobs

        svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
        pyvips.Image.svgload_buffer(svg)
        assert jobs.prepare({"job": "cut"}) and not jobs.prepare({"job": "cut"})
        known = {"JPEG": pyvips.Image.jpegload_buffer, "PNG": pyvips.Image.pngload_buffer,
                 "TIFF": pyvips.Image.tiffload_buffer}
        for kind in ("JPEG", "PNG", "TIFF", "GIF", "WEBP", "PPM"):
            buffer = io.BytesIO()
            Image.new("RGB", (9, 9)).save(buffer, kind)
            load = known.get(kind, lambda data: pyvips.Image.new_from_buffer(data, ""))
            try:
                load(buffer.getvalue())
                print(kind)
            except pyvips.Error:
                pass
        for name in ("svgload_buffer", "rawload", "matrixload", "csvload", "vipsload", "jpegload",
                     "gifload_buffer", "webpload_buffer", "heifload_buffer", "ppmload"):
            try:
                getattr(pyvips.Image, name)(sys.argv[1] if "buffer" not in name else svg)
                print(name)
            except (pyvips.Error, TypeError, AttributeError):
                pass
    """
    path = tmp_path / "image.jpg"
    Image.new("RGB", (9, 9)).save(path)
    command = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["JPEG", "PNG", "TIFF"]


@pytest.mark.parametrize("broken", ["OSError", "ImportError"])
def test_a_library_that_does_not_load_is_none(
    any_jpeg: bytes, broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    expected = shown(any_jpeg)
    (tmp_path / "pyvips.py").write_text(f"raise {broken}('no library')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "pyvips")
    regions.load_alone.cache_clear()
    assert shown(any_jpeg) == expected
    assert regions.load_alone() is None
    regions.load_alone.cache_clear()
