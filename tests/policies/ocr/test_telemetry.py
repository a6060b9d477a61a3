"""A question to the embedded reader leaves nothing on the machine, and tells nobody."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
VARIABLE = "ORT_DISABLE_TELEMETRY"
ASKS = """
import os
from PIL import Image, ImageDraw
from ergo_agent import ask
page = Image.new("RGB", (448, 112), "white")
ImageDraw.Draw(page).text((20, 40), "Invoice number: 4711", fill="black", font_size=28)
print(ask(page, "What is the invoice number?", policy="ocr").answer, os.environ["%s"])
"""


def ran(code: str, folder: Path, **more: str) -> str:
    """What a program prints, in an environment where onnxruntime takes itself for used in earnest:
    it says nothing of runs of tests, which it knows by variables."""
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(folder))
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **places, **more}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=kept, capture_output=True, text=True, check=True).stdout


def test_asking_leaves_nothing_where_onnxruntime_would_keep_its_reports(tmp_path: Path):
    assert ran(ASKS % VARIABLE, tmp_path).split() == ["4711", "1"]
    assert not list(tmp_path.iterdir())


def test_a_value_of_the_programs_own_stays(tmp_path: Path):
    code = f"import os, ergo_agent.policies.ocr; print(os.environ['{VARIABLE}'])"
    assert ran(code, tmp_path, **{VARIABLE: "0"}).split() == ["0"]


def test_an_onnxruntime_that_is_there_already_is_told_to_report_no_more(tmp_path: Path):
    code = f"""
import os
import onnxruntime
told = []
onnxruntime.disable_telemetry_events = lambda: told.append("told")
del os.environ["{VARIABLE}"]  # without which it would have reported this test
import ergo_agent.policies.ocr
print(os.environ["{VARIABLE}"], *told)
"""
    assert ran(code, tmp_path, **{VARIABLE: "1"}).split() == ["1", "told"]
