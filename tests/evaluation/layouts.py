"""Small data sets in exactly the layouts in which the real ones are published."""

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any

from fpdf import FPDF
from PIL import Image

__all__ = [
    "chartqa",
    "docscope",
    "docvqa",
    "hr_bench",
    "infographicvqa",
    "mme_realworld_lite",
    "mmlongbench_doc",
    "own_folder",
    "own_lines",
    "picture",
    "vstar",
]


def picture(colour: str = "white", size: tuple[int, int] = (400, 300)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def _write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def _lines(path: Path, rows: list[Any]) -> None:
    _write(path, "".join(f"{json.dumps(row)}\n" for row in rows))


def _table(path: Path, rows: list[dict[str, str]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    _write(path, text.getvalue())


def _pdf(path: Path, pages: int) -> None:
    pdf = FPDF(unit="pt", format=(200, 100))
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.set_font("helvetica", size=12)
        pdf.text(20, 40, f"This is page {number}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(pdf.output()))


def vstar(folder: Path) -> Path:
    """Options within the text; in the image's own file the right one is always first."""
    order = "Answer with the option's letter from the given choices directly."
    question = "What is the material of the glove?"
    _lines(
        folder / "test_questions.jsonl",
        [
            {
                "image": "direct_attributes/sa_4690.jpg",
                "text": f"{question}\n(A) rubber\n(B) cotton\n(C) kevlar\n(D) leather\n{order}",
                "category": "direct_attributes",
                "label": "C",
                "question_id": 0,
            },
            {
                "image": "relative_position/sa_12.jpg",
                "text": f"Is the dog left or right of the cat?\n(A) right\n(B) left\n{order}",
                "category": "relative_position",
                "label": "B",
                "question_id": 0,
            },
        ],
    )
    for name in ("direct_attributes/sa_4690", "relative_position/sa_12"):
        _write(folder / f"{name}.jpg", picture())
    targets = {
        "target_object": ["glove"],
        "bbox": [[10, 20, 30, 40]],
        "question": question,
        "options": ["The material of the glove is kevlar.", "... rubber.", "... cotton."],
    }
    _write(folder / "direct_attributes/sa_4690.json", json.dumps(targets))
    return folder


def hr_bench(folder: Path, *, size: str = "4k") -> Path:
    """One question in its four rotations; rows after the first name that for the picture."""
    values = ["red", "green", "blue", "black"]
    rows = []
    for turn in range(4):
        turned = values[turn:] + values[:turn]
        rows.append(
            {
                "index": str(turn),
                "question": 'Which "colour" is it?',
                "answer": "ABCD"[turned.index("green")],
                "category": "single",
                **dict(zip("ABCD", turned, strict=True)),
                "cycle_category": str(turn),
                "image": base64.b64encode(picture("green")).decode() if not turn else "0",
            }
        )
    _table(folder / f"hr_bench_{size}.tsv", rows, "\t")
    return folder


def mme_realworld_lite(folder: Path, *, cell: str | None = None) -> Path:
    """Five options in one cell: a list that is written as text, unless another cell is given."""
    options = ["(A) 2", "(B) 3", "(C) 4", "(D) 5", "(E) This image doesn't feature the count."]
    row = {
        "index": "7",
        "image": base64.b64encode(picture()).decode(),
        "question": "How many cars?",
        "multi-choice options": str(options) if cell is None else cell,
        "A": "2",
        "answer": "E",
        "category": "Perception/Monitoring",
        "l2-category": "count",
    }
    _table(folder / "mme_realworld_lite.tsv", [row], "\t")
    return folder


def docvqa(folder: Path) -> Path:
    rows = [
        {
            "questionId": 49153,
            "question": "What is the actual value per 1000?",
            "question_types": ["figure/diagram"],
            "image": "documents/pybv0228_81.png",
            "docId": 14465,
            "ucsf_document_id": "pybv0228",
            "ucsf_document_page_no": "81",
            "answers": ["0.28", ".28"],
            "data_split": "val",
        }
    ]
    _write(folder / "documents/pybv0228_81.png", picture())
    whole = {"dataset_name": "SP-DocVQA", "dataset_split": "val", "data": rows}
    _write(folder / "val_v1.0_withQT.json", json.dumps(whole))
    return folder


def infographicvqa(folder: Path) -> Path:
    rows = [
        {
            "questionId": 98313,
            "question": "Which platform has heavy female audience?",
            "image_local_name": "20471.jpeg",
            "image_url": "https://example.org/20471.jpg",
            "ocr_output_file": "20471.json",
            "answers": ["pinterest"],
            "answer_type": ["single span"],
            "data_split": "val",
        }
    ]
    _write(folder / "infographicsvqa_images/20471.jpeg", picture())
    _write(folder / "infographicsVQA_val_v1.0_withQT.json", json.dumps({"data": rows}))
    return folder


def chartqa(folder: Path) -> Path:
    row = {"imgname": "41699051005347.png", "query": "How many food items?", "label": "14"}
    for half in ("human", "augmented"):
        _write(folder / f"test/test_{half}.json", json.dumps([row]))
    _write(folder / "test/png/41699051005347.png", picture())
    return folder


def mmlongbench_doc(folder: Path) -> Path:
    """Pages and sources are lists that are written as text."""
    shared = {"doc_id": "report.pdf", "doc_type": "Research report / Introduction"}
    rows = [
        {
            **shared,
            "question": "Which page is this?",
            "answer": "2",
            "evidence_pages": "[2]",
            "evidence_sources": "['Chart']",
            "answer_format": "Int",
        },
        {
            **shared,
            "question": "Which two?",
            "answer": "['one', 'two']",
            "evidence_pages": "[1, 2]",
            "evidence_sources": "[]",
            "answer_format": "List",
        },
        {
            **shared,
            "question": "Who is the king?",
            "answer": "Not answerable",
            "evidence_pages": "[]",
            "evidence_sources": "[]",
            "answer_format": "None",
        },
    ]
    _write(folder / "samples.json", json.dumps(rows))
    _pdf(folder / "documents/report.pdf", 2)
    return folder


def docscope(folder: Path) -> Path:
    """Boxes in pixels of a drawing at 144 dots per inch; a dev split beside the test split."""
    evidence = {"local_id": "e1", "page": 2, "bbox": [40, 50, 140, 90], "element_type": "text"}
    shared = {"pdf": {"doc_id_str": "urnuuid1"}, "facts": [], "extract_class": "class1"}
    rows = [
        {
            **shared,
            "id": "q1",
            "split": "test",
            "question": "Which page?",
            "answer": {"answer_text": "page 2", "is_answerable": True},
            "evidences": [evidence],
        },
        {
            **shared,
            "id": "q2",
            "split": "test",
            "question": "Who?",
            "answer": {"answer_text": "The document does not say.", "is_answerable": False},
            "evidences": [],
        },
        {
            **shared,
            "id": "q3",
            "split": "dev",
            "question": "Where?",
            "answer": {"answer_text": "here", "is_answerable": True},
            "evidences": [evidence],
        },
    ]
    _write(folder / "benchmark.json", json.dumps(rows))
    _pdf(folder / "pdfs/urnuuid1.pdf", 2)
    return folder


def own_lines(folder: Path, rows: list[dict[str, Any]]) -> Path:
    for row in rows:
        if not (folder / row["document"]).exists():
            _write(folder / row["document"], picture())
    _lines(folder / "questions.jsonl", rows)
    return folder


def own_folder(folder: Path, rows: list[dict[str, str]]) -> Path:
    for row in rows:
        _write(folder / row["file"], picture())
    _table(folder / "questions.csv", rows, ",")
    return folder
