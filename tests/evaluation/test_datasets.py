"""Every benchmark in its published layout, with the traps that the layouts hold."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation import (
    Sample,
    benchmark_names,
    load_benchmark,
    register_benchmark,
)
from ergo_agent.evaluation.benchmarks import benchmark_of
from ergo_agent.evaluation.modes import gold_region
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.images import open_original
from tests.evaluation import layouts


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_vstar_takes_the_options_that_were_shuffled(folder: Path):
    glove, dog = load_benchmark("vstar", layouts.vstar(folder))
    assert glove.question == "What is the material of the glove?"
    assert glove.options == ("rubber", "cotton", "kevlar", "leather")
    assert glove.gold == ("C",)
    assert glove.offered[2] == "(C) kevlar"
    assert glove.places[0].box == (10, 20, 40, 60), "width and height in the file"
    assert (dog.options, dog.gold, dog.places) == (("right", "left"), ("B",), ())
    assert glove.id != dog.id, "the question's number begins anew in each category"


def test_hr_bench_keeps_all_rotations_and_clusters_them(folder: Path):
    rows = load_benchmark("hr_bench_4k", layouts.hr_bench(folder))
    assert [row.gold for row in rows] == [("B",), ("A",), ("D",), ("C",)]
    assert {row.options[ord(row.gold[0]) - ord("A")] for row in rows} == {"green"}
    assert len({row.cluster for row in rows}) == 1, "a short cell names the row with the picture"
    assert rows[0].question == 'Which "colour" is it?'
    assert open_original(rows[3].document).size == (400, 300)
    with pytest.raises(SettingsError, match=r"hr_bench_8k\.tsv and no hr_bench_8k\.parquet and"):
        load_benchmark("hr_bench_8k", folder)


def test_mme_realworld_reads_a_list_that_is_text(folder: Path):
    (cars,) = load_benchmark("mme_realworld_lite", layouts.mme_realworld_lite(folder))
    assert cars.options[:2] == ("2", "3")
    assert cars.options[4] == "This image doesn't feature the count."
    assert cars.gold == ("E",)
    cell = "The choices are listed below:\n(A) 2\n(B) 3\n(C) 4\n(D) 5\n(E) none"
    layouts.mme_realworld_lite(folder, cell=cell)
    (cars,) = load_benchmark("mme_realworld_lite", folder)
    assert cars.options == ("2", "3", "4", "5", "none"), "as another harness writes the same table"


@pytest.mark.parametrize("cell", ["[open('run', 'w')]", "[" * 9999, "(B) 2\n(A) 3", "2, 3"])
def test_a_cell_that_is_no_list_is_refused_and_never_run(
    cell: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    layouts.mme_realworld_lite(folder, cell=cell)
    monkeypatch.chdir(folder)
    with pytest.raises(SettingsError, match=r"is no list|has no options|out of order"):
        load_benchmark("mme_realworld_lite", folder)
    assert not (folder / "run").exists()


def test_docvqa_and_infographicvqa_keep_every_accepted_answer(folder: Path):
    (value,) = load_benchmark("docvqa", layouts.docvqa(folder / "a"))
    assert value.gold == ("0.28", ".28")
    assert value.id == "49153"
    (platform,) = load_benchmark("infographicvqa", layouts.infographicvqa(folder / "b"))
    assert platform.gold == ("pinterest",)
    assert platform.document.endswith("infographicsvqa_images/20471.jpeg")


def test_a_split_without_answers_is_not_scored(folder: Path):
    path = layouts.docvqa(folder) / "val_v1.0_withQT.json"
    whole = json.loads(path.read_text())
    del whole["data"][0]["answers"]
    path.write_text(json.dumps(whole))
    with pytest.raises(SettingsError, match="without answers"):
        load_benchmark("docvqa", folder)


def test_chartqa_needs_both_halves(folder: Path):
    assert [s.category for s in load_benchmark("chartqa", layouts.chartqa(folder))] == [
        "human",
        "augmented",
    ]
    (folder / "test/test_augmented.json").unlink()
    with pytest.raises(SettingsError, match=r"test_augmented\.json.*ahmed-masry/ChartQA"):
        load_benchmark("chartqa", folder)


def test_mmlongbench_reads_pages_that_are_text(folder: Path):
    page, both, king = load_benchmark("mmlongbench_doc", layouts.mmlongbench_doc(folder))
    assert (page.pages, page.answer_format, page.gold) == ((2,), "Int", ("2",))
    assert both.gold == ("['one', 'two']",)
    assert king.gold == (), "not answerable"


def test_docscopes_boxes_are_turned_into_original_pixels(folder: Path):
    known, unknown = load_benchmark("docscope", layouts.docscope(folder))
    assert (known.pages, unknown.gold) == ((2,), ())
    original = open_original(known.document, page=2)
    region = gold_region(known.places, page=2, size=original.size)
    assert region is not None
    # 144 dots per inch there, 300 here
    assert region.as_tuple() == pytest.approx((83, 104, 292, 188), abs=1)
    assert gold_region(known.places, page=1, size=original.size) is None


def test_questions_of_ones_own(folder: Path):
    rows = [
        {"document": "a.png", "question": "Total?", "answers": ["12.50", "12,50"], "id": "t"},
        {"document": "b/c.png", "question": "Colour?", "options": ["red", "blue"], "answer": "B"},
        {"document": "a.png", "question": "Who?", "answers": [], "boxes": [[1, 2, 3, 4]]},
    ]
    total, colour, who = load_benchmark("jsonl", layouts.own_lines(folder, rows))
    assert (total.id, colour.id) == ("t", "2")
    assert (colour.offered, colour.gold) == (("(A) red", "(B) blue"), ("B",))
    assert (who.gold, who.places[0].box) == ((), (1, 2, 3, 4))
    assert total.cluster == who.cluster != colour.cluster


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"question": "q"}, "'document'"),
        ({"document": "a.png", "question": "q"}, '"answers"'),
        ({"document": "a.png", "question": "q", "answer": "x", "options": ["y"]}, "its letter"),
        ({"document": "a.png", "question": "q", "answer": "x", "colour": 1}, "'colour'"),
        ({"document": "../a.png", "question": "q", "answer": "x"}, "outside"),
        ({"document": "b.png", "question": "q", "answer": "x"}, "missing"),
        ({"document": "a.png", "question": "", "answer": "x"}, "question 1"),
        ({"document": "a.png", "question": "q", "answer": "x", "boxes": [[1, 2]]}, "question 1"),
    ],
)
def test_a_wrong_question_of_ones_own_is_named(folder: Path, row: dict[str, object], said: str):
    layouts.own_lines(folder, [])
    (folder / "a.png").write_bytes(layouts.picture())
    (folder / "questions.jsonl").write_text(json.dumps(row))
    with pytest.raises(SettingsError, match=said):
        load_benchmark("jsonl", folder)


def test_a_folder_with_a_table_of_questions(folder: Path):
    rows = [
        {
            "file": "a.png",
            "question": "Total, net?",
            "answer": "1|one",
            "page": "",
            "A": "",
            "B": "",
        },
        {"file": "b.png", "question": "Colour?", "answer": "A", "page": "1", "A": "red", "B": "x"},
        {"file": "b.png", "question": "Who?", "answer": "", "page": "1", "A": "", "B": ""},
    ]
    total, colour, who = load_benchmark("folder", layouts.own_folder(folder, rows))
    assert (total.gold, total.page, total.options) == (("1", "one"), None, ())
    assert (colour.options, colour.gold, colour.page) == (("red", "x"), ("A",), 1)
    assert who.gold == ()


LAYOUTS: dict[str, Callable[[Path], Path]] = {
    "vstar": layouts.vstar,
    "hr_bench_4k": layouts.hr_bench,
    "hr_bench_8k": lambda folder: layouts.hr_bench(folder, size="8k"),
    "mme_realworld_lite": layouts.mme_realworld_lite,
    "docvqa": layouts.docvqa,
    "infographicvqa": layouts.infographicvqa,
    "chartqa": layouts.chartqa,
    "mmlongbench_doc": layouts.mmlongbench_doc,
    "docscope": layouts.docscope,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_file_that_is_missing_is_named_with_its_source(name: str, folder: Path):
    LAYOUTS[name](folder)
    source = benchmark_of(name).source
    for entry in sorted(path for path in folder.iterdir() if path.name != "cache"):
        kept = entry.with_name("kept")
        entry.rename(kept)
        with pytest.raises(SettingsError) as caught:
            load_benchmark(name, folder)
        kept.rename(entry)
        said = str(caught.value)
        assert source in said, said
        assert entry.name in said, said
    assert load_benchmark(name, folder)


def test_every_published_benchmark_has_a_layout_and_a_scorer():
    assert set(LAYOUTS) | {"jsonl", "folder"} <= set(benchmark_names())
    for name in benchmark_names():
        metric, _ = scorer_of(benchmark_of(name).scorer)
        assert metric


def test_a_stranger_adds_a_benchmark_and_ids_have_to_differ(folder: Path):
    @register_benchmark("acme", title="Acme", scorer="own", layout="acme.txt")
    def load(folder: Path) -> Iterator[Sample]:
        for line in (folder / "acme.txt").read_text().split():
            yield Sample(id=line, document="a.png", question="q?", gold=("x",))

    folder.mkdir()
    (folder / "acme.txt").write_text("1 2")
    assert [sample.id for sample in load_benchmark("acme", folder)] == ["1", "2"]
    (folder / "acme.txt").write_text("1 1")
    with pytest.raises(SettingsError, match="two questions with the id '1'"):
        load_benchmark("acme", folder)
    with pytest.raises(SettingsError, match=r"is no folder; Acme is read from .* acme\.txt"):
        load_benchmark("acme", folder / "none")
    with pytest.raises(SettingsError, match="no benchmark 'acmee'"):
        load_benchmark("acmee", folder)
    shutil.rmtree(folder)
