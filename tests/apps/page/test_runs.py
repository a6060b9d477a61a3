"""Questions: their events, what comes after a break, and how they end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ergo_agent.apps.page.runs import MOST_AT_ONCE, MOST_REMEMBERED
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Move
from ergo_agent.errors import PolicyError
from ergo_agent.policies.base import Policy
from tests.support.local_page import PAGE, Gate, forked_page, page_server
from tests.support.misbehaving import hang, serving
from tests.support.paged import digital, manual, save
from tests.support.pictures import save_picture
from tests.support.scripted import Reply, scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


def test_the_embedded_reader_answers_and_each_step_is_told():
    with forked_page("--root", PAGE.parent) as browser:
        image = browser.post("/api/images", json={"path": "page.png"}).json()["image"]
        run = browser.ask(image, "What is the invoice number?")
        events = browser.events(run)
    names = [event.name for event in events]
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    step = ["tokens_spent", "next_decided"]
    assert names == ["view_made", *step, "view_made", *step, "done"]
    assert events[0].data["original"] == [2481, 3508]
    assert events[2].data["zoom"] == 1
    assert events[3].data["region"] == events[2].data["regions"][0]
    result = events[-1].data["result"]
    assert "TL-20418" in result["answer"]
    assert result["policy"].startswith("rapidocr/")


def test_what_a_page_that_is_loaded_anew_needs_is_told(picture: Path):
    gate = Gate(ANSWER)
    with page_server(policy=scripted(ZOOM, ANSWER, gate)) as browser:
        image = browser.image(picture)
        first = browser.ask(image, "What colour?")
        ended = browser.events(first)[-1]
        fork = browser.fork(first, [1000, 800, 1600, 1200])
        assert gate.asked.wait(60)
        told, forked = browser.get("/api/runs").json()["runs"]
        gate.open.set()
    assert ended.data["seconds"] > 0
    assert (ended.data["standing"], ended.data["why"]) == ("found", "")
    assert ended.data["reason"] == "the answer was found"
    assert (told["run"], told["going"], told["fork_of"]) == (first, False, None)
    assert (forked["run"], forked["going"], forked["fork_of"]) == (fork, True, first)
    for each in (told, forked):
        assert (each["question"], each["policy"], each["document"]) == (
            "What colour?",
            "given",
            False,
        )
        assert each["image"] == {
            "image": image,
            "name": picture.name,
            "page": 1,
            "page_count": 1,
            "paged": False,
            "width": 2400,
            "height": 1800,
        }


def test_all_pages_of_a_document_are_asked_about(tmp_path: Path):
    pages = manual({2: "The guarantee lasts thirty months."}, pages=3)
    manual_pdf = save(bytes(digital(pages).output()), tmp_path / "manual.pdf")
    with page_server(policy=scripted(ZOOM, ANSWER)) as browser:
        taken = browser.upload(manual_pdf.read_bytes(), name="manual.pdf").json()
        assert (taken["paged"], taken["page_count"]) == (True, 3)
        run = browser.ask(taken["image"], "How long does the guarantee last?", page=None)
        events = browser.events(run)
        surveyed = [event for event in events if event.name == "pages_surveyed"]
        assert surveyed[-1].data["done"] == surveyed[-1].data["of"] == 3
        later = [event for event in events if event not in surveyed]
        told = [(event.name, event.data.get("page")) for event in later]
        step = [("tokens_spent", 2), ("next_decided", 2)]
        looked = [("page_opened", 2), ("view_made", 2), *step, ("view_made", 2), *step]
        assert told == [*looked, ("done", None)]
        assert later[0].data["place"]["left"] > 0
        result = events[-1].data["result"]
        assert [page["page"] for page in result["document"]["opened"]] == [2]
        assert browser.get(f"/api/runs/{run}/report").status_code == 200
        refused = browser.post(f"/api/runs/{run}/forks", json={"zoom": 1, "boxes": [[1, 1, 9, 9]]})
        assert (refused.status_code, "alone" in refused.json()["error"]) == (409, True)


def test_a_view_is_had_as_the_policy_saw_it(picture: Path):
    with page_server(policy=scripted(ZOOM, ANSWER)) as browser:
        events = browser.events(browser.ask(browser.image(picture)))
        made = [event.data for event in events if event.name == "view_made"]
        for view in made:
            answer = browser.get(f"/api/views/{view['digest']}")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "image/png"
            assert "immutable" in answer.headers["cache-control"]
            assert answer.content.startswith(b"\x89PNG")
        # the original is kept in the same place, and is none
        assert browser.get(f"/api/views/{browser.image(picture)}").status_code == 404
    assert len(made) == 2


def test_a_listener_that_was_cut_off_goes_on_where_it_was(picture: Path):
    gate = Gate(ANSWER)
    with page_server(policy=scripted(ZOOM, gate)) as browser:
        run = browser.ask(browser.image(picture))
        early = []
        for event in browser.follow(run):  # broken off while the policy thinks
            early.append(event)
            if len(early) == 2:
                break
        assert gate.asked.wait(60)
        gate.open.set()
        late = browser.events(run, last=early[-1].id)
        everything = browser.events(run)
        assert [*early, *late] == everything
        assert everything[-1].name == "done"
        assert browser.events(run, last=everything[-2].id) == everything[-1:]
        over = {"last-event-id": str(everything[-1].id)}
        assert browser.get(f"/api/runs/{run}/events", headers=over).status_code == 204
        strange = {"last-event-id": "9" * 5000}
        with browser.stream("GET", f"/api/runs/{run}/events", headers=strange) as answer:
            assert answer.status_code == 200  # from the beginning


def test_a_stream_in_which_nothing_happens_says_that_it_is_there(
    picture: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ergo_agent.apps.page.app._HEARTBEAT", 0.1)
    gate = Gate(ANSWER)
    with page_server(policy=scripted(gate)) as browser:
        run = browser.ask(browser.image(picture))
        with browser.stream("GET", f"/api/runs/{run}/events") as answer:
            for line in answer.iter_lines():
                if line.startswith(":"):  # a comment, which browsers pass over
                    break
            else:
                raise AssertionError("no heartbeat")
        gate.open.set()


def test_cancelling_ends_the_stream_and_the_call_of_the_policy(picture: Path):
    with (
        serving(hang) as server,
        forked_page(ERGO_BASE_URL=server.url) as browser,
    ):
        run = browser.ask(browser.image(picture), policy="served")
        assert server.asked.wait(60)
        assert browser.delete(f"/api/runs/{run}").status_code == 204
        assert server.requests[0].closed.wait(20)
        events = browser.events(run)
        assert [event.name for event in events] == ["view_made", "cancelled"]
        assert browser.delete(f"/api/runs/{run}").status_code == 204
        assert browser.events(run) == events
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (PolicyError("the server is on fire; put it out"), "the server is on fire; put it out"),
        (ValueError("secret"), "failed (ValueError: secret)"),
    ],
)
def test_a_policy_that_fails_is_told(picture: Path, reply: Reply, message: str):
    with page_server(policy=scripted(reply)) as browser:
        run = browser.ask(browser.image(picture))
        last = browser.events(run)[-1]
        assert last.name == "failed"
        assert message in last.data["error"]
        assert browser.get(f"/api/runs/{run}/report").status_code == 409


class Faulty(ErgoDialect):
    """A dialect with a mistake in it."""

    def read(self, *_: object) -> Move:
        raise RuntimeError("the key is sk-123")


def test_what_nobody_foresaw_is_told_without_its_words(
    picture: Path, caplog: pytest.LogCaptureFixture
):
    policy = Policy(scripted(ANSWER).model, Faulty())
    with page_server(policy=policy) as browser:
        last = browser.events(browser.ask(browser.image(picture)))[-1]
    assert last.name == "failed"
    assert last.data["error"] == "the run failed; what it was is on the terminal"
    assert "sk-123" in caplog.text


def test_a_reply_with_half_a_surrogate_pair_does_not_break_the_stream(picture: Path):
    with page_server(policy=scripted("<answer>\ud800 red</answer>")) as browser:
        events = browser.events(browser.ask(browser.image(picture)))
    assert events[-1].name == "done"
    assert events[-1].data["result"]["answer"].endswith(" red")


def test_no_more_than_four_runs_go_on_at_once(picture: Path):
    gate = Gate(ANSWER)
    with page_server(policy=scripted(gate)) as browser:
        image = browser.image(picture)
        runs = [browser.ask(image) for _ in range(MOST_AT_ONCE)]
        asked = {"image": image, "question": "One more?"}
        refused = browser.post("/api/runs", json=asked)
        assert refused.status_code == 429
        assert "4 runs go on already" in refused.json()["error"]
        browser.delete(f"/api/runs/{runs[0]}")
        runs[0] = browser.ask(image)
        gate.open.set()
        assert all(browser.events(run)[-1].name == "done" for run in runs)


def test_the_oldest_run_is_forgotten(picture: Path):
    with page_server(policy=scripted(ANSWER)) as browser:
        image = browser.image(picture)
        runs = []
        for _ in range(MOST_REMEMBERED + 1):
            runs.append(browser.ask(image))
            browser.events(runs[-1])
        assert browser.get(f"/api/runs/{runs[1]}/events").status_code == 200
        calls: list[Callable[[str], int]] = [
            lambda run: browser.get(f"/api/runs/{run}/events").status_code,
            lambda run: browser.get(f"/api/runs/{run}/report").status_code,
            lambda run: browser.delete(f"/api/runs/{run}").status_code,
            lambda run: (
                browser.post(
                    f"/api/runs/{run}/forks", json={"zoom": 1, "boxes": [[0, 0, 9, 9]]}
                ).status_code
            ),
        ]
        for name in (runs[0], "never"):
            assert [call(name) for call in calls] == [404] * 4
        gone = browser.get(f"/api/runs/{runs[0]}/events").json()["error"]
        assert "the newest 50 are kept" in gone


@pytest.mark.parametrize(
    ("asked", "status", "message"),
    [
        ({"question": " "}, 422, "the question is empty"),
        ({"question": "x" * 8001}, 422, "the limit is 8,000"),
        ({"question": None}, 422, "question: input should be a valid string"),
        ({"policy": "nobody"}, 422, "policy='nobody' is unknown"),
        ({"policy": "served"}, 422, "set ERGO_BASE_URL"),
        ({"settings": {"view_budget": 63}}, 422, "settings.view_budget"),
        ({"settings": {"view_budget": "many"}}, 422, "settings.view_budget"),
        ({"settings": {"max_zooms": 21}}, 422, "settings.max_zooms"),
        ({"settings": {"review_zooms": True}}, 422, "settings.review_zooms"),
        ({"page": 2}, 404, "there is no page 2"),
        ({"page": 0}, 422, "page"),
        ({"image": "sha256:" + "0" * 64}, 404, "no image is stored"),
        ({"image": "/etc/passwd"}, 404, "no image's digest"),
        ({"image": "data:image/png;base64,AAAA"}, 404, "no image's digest"),
        ({"more": 1}, 422, "more"),
    ],
)
def test_a_question_that_cannot_be_asked(
    picture: Path,
    asked: dict[str, object],
    status: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("ERGO_BASE_URL", raising=False)
    with page_server(policy=scripted(ANSWER)) as browser:
        given = {"image": browser.image(picture), "question": "q", **asked}
        answer = browser.post("/api/runs", json=given)
    assert answer.status_code == status
    assert message in answer.json()["error"]


def test_what_is_set_holds_for_its_run(picture: Path):
    with page_server(policy=scripted(ZOOM, ANSWER)) as browser:
        settings = {"view_budget": 256, "max_zooms": 0, "max_vision_tokens": None}
        events = browser.events(browser.ask(browser.image(picture), settings=settings))
    assert events[0].data["tokens"] <= 256
    result = events[-1].data["result"]
    assert (result["stop_reason"], len(result["views"])) == ("max_zooms", 1)
    assert result["ledger"]["max_vision_tokens"] == 4 * 256
