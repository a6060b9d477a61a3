import pytest

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring import Score, register_scorer, scorer_of
from ergo_agent.evaluation.scoring.mmlongbench import format_score
from ergo_agent.evaluation.scoring.numbers import relaxed
from ergo_agent.evaluation.statistics.paired import mcnemar, paired_difference


def _sample(*gold: str, options: tuple[str, ...] = (), answer_format: str = "") -> Sample:
    given = {"gold": gold, "options": options, "answer_format": answer_format}
    return Sample(id="1", document="a.png", question="q?", **given)


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [
        ("14", "14.5", True),
        ("14", "14.8", False),
        ("-2", "-2.09", True),
        ("-2", "2", False),
        ("25%", "0.25", True),
        ("25%", "25", False),
        ("0", "0", True),
        ("0", "0.0", False),
        ("2019", "2020", True),
        ("Yes", "yes", True),
        ("Yes", "No", False),
        ("1,000", "1,000", True),
        ("1,000", "1000", False),
        ("14", "fourteen", False),
    ],
)
def test_relaxed_accuracy_is_chartqas(gold: str, answer: str, *, right: bool):
    assert relaxed([gold], answer) is right
    assert not relaxed([gold], None)


@pytest.mark.parametrize(
    ("kind", "gold", "answer", "score"),
    [
        ("Int", "5", "5", 1.0),
        ("Int", "5", "5.7", 1.0),
        ("Int", "5", "five", 0.0),
        ("Float", "12.5%", "0.125", 1.0),
        ("Float", "0.125", "12.5", 1.0),
        ("Float", "100", "100.9", 1.0),
        ("Float", "100", "102", 0.0),
        ("Float", "$1.50", "1.5", 1.0),
        ("Float", "1.5", None, 0.0),
        ("Str", "Democrats", "democrat", 8 / 9),
        ("Str", "Democrats", "Republicans", 0.0),
        ("Str", "2015-07", "2015-08", 0.0),
        ("Str", "a@b.org", "a@c.org", 0.0),
        ("Str", "page 12", "page 13", 0.0),
        ("List", "['one', 'two']", "['two', 'one']", 1.0),
        ("List", "['one', 'two']", "['one']", 0.0),
        ("List", "['1', '2']", "['1', '3']", 0.0),
        ("List", "['x']", "[__import__('os')]", 0.0),
        ("None", None, None, 1.0),
        ("None", None, "Not answerable", 1.0),
        ("None", None, "5", 0.0),
        ("Int", "5", None, 0.0),
    ],
)
def test_mmlongbench_formats(kind: str, gold: str | None, answer: str | None, score: float):
    assert format_score(gold, answer, answer_format=kind) == pytest.approx(score)


def test_each_benchmark_scores_by_its_own_definition():
    metric, choice = scorer_of("choice")
    assert metric == "accuracy"
    assert choice(_sample("B", options=("x", "y")), "(B)") == Score(1.0, "B")
    assert choice(_sample("B", options=("x", "y")), None) == Score(0.0, "")
    _, own = scorer_of("own")
    assert own(_sample(), None).right, "a refusal is right where there is no answer"
    assert not own(_sample(), "12").right
    assert own(_sample("12"), "it is 12").right
    _, anls = scorer_of("anls")
    assert anls(_sample("24 months"), "24 month").value == pytest.approx(8 / 9)
    _, long = scorer_of("mmlongbench")
    assert long(_sample(answer_format="None"), None).value == 1.0
    with pytest.raises(SettingsError, match=r"no scorer 'judge'; give one of .*relaxed"):
        scorer_of("judge")


def test_a_stranger_adds_a_scorer():
    @register_scorer("length", metric="letters")
    def length(sample: Sample, answer: str | None) -> Score:
        return Score(float(len(answer or "") == len(sample.gold[0])))

    assert scorer_of("length")[1](_sample("abc"), "xyz").right


def test_mcnemars_exact_test_by_hand():
    # 2 against 8 of 10 uneven pairs: 2 * (1 + 10 + 45) / 1024
    first = [True] * 2 + [False] * 8 + [True] * 5
    second = [False] * 2 + [True] * 8 + [True] * 5
    assert mcnemar(first, second) == (2, 8, pytest.approx(112 / 1024))
    assert mcnemar([True, False], [True, False]) == (0, 0, 1.0)
    with pytest.raises(ValueError, match=r"shorter|longer"):
        mcnemar([True], [])


def test_pairs_that_share_an_image_are_drawn_together():
    first, second = [0.0] * 40, [1.0] * 20 + [0.0] * 20
    apart = paired_difference(first, second, [str(number) for number in range(40)])
    together = paired_difference(first, second, ["a"] * 20 + ["b"] * 20)
    assert apart is not None
    assert together is not None
    assert apart.value == together.value == 0.5
    assert 0.3 < apart.low < apart.high < 0.7
    assert (together.low, together.high) == (0.0, 1.0)
    assert paired_difference([], [], []) is None
