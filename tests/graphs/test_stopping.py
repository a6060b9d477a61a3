"""When the graph stops zooming: nothing more to see, the zooms, the tokens or the time used up."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.graph_runs import ANSWER, NOT_FOUND, ZOOM, run
from tests.support.scripted import image_urls, received, scripted


async def test_a_zoom_into_a_small_image_asks_for_the_answer(small: Path):
    policy = scripted("<zoom>[10, 10, 90, 90]</zoom>", ANSWER)
    result = await run(policy, small)
    assert result.answer == "A. red"
    assert result.stop_reason == "full_resolution"
    assert result.turns[1].stage == "last"
    assert len(result.views) == 1


async def test_the_same_region_again_asks_for_the_answer(page: Path):
    policy = scripted("<zoom>[0, 0, 900, 800]</zoom>", "<zoom>[0, 0, 9999, 9999]</zoom>", ANSWER)
    result = await run(policy, page)
    assert result.stop_reason == "repeated_region"
    assert len(result.views) == 2
    assert result.answer == "A. red"


async def test_max_zooms(page: Path):
    regions = (f"<zoom view='1'>[{at}, 0, {at + 80}, 80]</zoom>" for at in range(0, 800, 100))
    policy = scripted(*regions)
    result = await run(policy, page, max_zooms=2)
    assert result.stop_reason == "max_zooms"
    assert len(result.views) == 3
    assert len(result.turns) == 3
    assert result.answer is None
    assert "no further part can be shown" in str(result.turns[-1].error)


async def test_no_zoom_at_all(page: Path):
    policy = scripted(ANSWER)
    result = await run(policy, page, max_zooms=0)
    assert result.turns[0].stage == "last"
    assert result.answer == "A. red"


async def test_token_budget(page: Path):
    policy = scripted("<zoom>[0, 0, 500, 800]</zoom>", "<zoom view='1'>[600,0,1100,800]</zoom>")
    result = await run(policy, page, max_vision_tokens=1300, max_zooms=9)
    assert result.stop_reason == "token_budget"
    assert result.ledger.spent <= 1300


async def test_the_deadline_ends_a_model_call(page: Path):
    policy = scripted(ZOOM, seconds=0.8)
    result = await run(policy, page, deadline=0.3)
    assert result.stop_reason == "deadline"
    assert result.answer is None
    assert result.turns[-1].reply is None
    assert result.turns[-1].seconds < 0.7


async def test_near_the_deadline_the_last_question_is_asked(page: Path):
    policy = scripted(ZOOM, ANSWER, seconds=0.6)
    result = await run(policy, page, deadline=1.1)
    assert result.turns[1].stage == "last"
    assert result.stop_reason == "deadline"


async def test_everything_spent_is_in_the_ledger(page: Path):
    result = await run(scripted(ZOOM, ANSWER), page)
    assert [entry.predicted for entry in result.ledger.entries] == [
        view.tokens for view in result.views
    ]
    assert result.ledger.prompt_tokens == 200
    assert result.ledger.completion_tokens == 20
    assert result.ledger.cached_tokens == 80
    assert result.ledger.full_resolution == 15301
    assert set(result.timings) == {"observe", "policy", "zoom", "answer"}


REPLIES = st.lists(
    st.one_of(
        st.sampled_from([ZOOM, ANSWER, NOT_FOUND, "", "words", "<zoom>"]),
        st.builds(
            "<zoom view='{}'>[{}, {}, {}, {}] [{}, 0, 600, 600]</zoom>".format,
            st.integers(1, 4),
            *(st.integers(-100, 1300) for _ in range(5)),
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(REPLIES, st.integers(4, 3000), st.integers(4, 1500), st.integers(0, 4))
def test_whatever_is_replied_no_budget_is_exceeded(
    page: Path, replies: list[str], cap: int, view_budget: int, max_zooms: int
):
    policy = scripted(*replies)
    result = asyncio.run(
        run(
            policy,
            page,
            max_vision_tokens=cap,
            view_budget=view_budget,
            max_zooms=max_zooms,
        )
    )
    assert result.ledger.spent <= cap
    assert all(view.tokens <= view_budget for view in result.views)
    assert len(result.turns) <= max_zooms + 3
    assert len(image_urls(received(policy)[-1])) == len(result.views)
