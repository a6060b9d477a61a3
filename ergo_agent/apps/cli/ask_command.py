"""`ergo-agent ask`: questions about one image or document."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ergo_agent.apps.cli.answers import Told, exit_code
from ergo_agent.apps.cli.options import (
    AllowHost,
    Budget,
    Deadline,
    DialectName,
    FinderName,
    MaxPages,
    MaxVisionTokens,
    MaxZooms,
    PolicyName,
    Verify,
)
from ergo_agent.apps.cli.output import (
    PICTURES,
    check_output,
    errors_as_exit_codes,
    note,
    status_line,
)
from ergo_agent.apps.cli.questions import asked_on, files_and_questions
from ergo_agent.apps.cli.sources import opened_source
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.status import Status

    from ergo_agent.answer import VisionAnswer
    from ergo_agent.episode.settings import VisionSettings
    from ergo_agent.episode.state import VisionInput
    from ergo_agent.policies.base import Policy
    from ergo_agent.policies.choice import PolicyChoice

__all__ = ["ask"]


def ask(  # noqa: PLR0913  # one parameter per option
    context: typer.Context,
    named: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE... [QUESTION]",
            help="Paths of images, PDFs or a folder, - for stdin, or addresses; and what to "
            "answer, asked for in a terminal if left out.",
            show_default=False,
        ),
    ],
    *,
    question: Annotated[
        list[str] | None,
        typer.Option(help="What to answer; may be given more than once, and all else is a FILE."),
    ] = None,
    page: Annotated[
        int | None, typer.Option(help="The only page to look at, from 1; all if left out.")
    ] = None,
    pages: Annotated[
        str | None, typer.Option(help="The pages to look at, such as 2-5; all if left out.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole result as JSON, and nothing else.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Save the page with the evidence (red) and crops (blue) drawn on it."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Save one HTML file that shows every view, what was said and the cost."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")
    ] = False,
    budget: Budget = 1280,
    max_vision_tokens: MaxVisionTokens = None,
    max_zooms: MaxZooms = 3,
    max_pages: MaxPages = 5,
    finder: FinderName = "text",
    deadline: Deadline = None,
    verify: Verify = False,
    policy: PolicyName = "auto",
    dialect: DialectName = None,
    allow_host: AllowHost = None,
) -> None:
    """Answer QUESTION about FILE and say where the answer was read.

    Several files are the pages of one document; to ask about each by itself there is batch. Of
    several pages those that promise an answer are opened; it is said which not.

    Exit code: 0 answered, 2 wrong usage, 3 not found, 4 image unusable, 5 policy failed.
    """
    settings = {
        "view_budget": budget,
        "max_vision_tokens": max_vision_tokens,
        "max_zooms": max_zooms,
        "max_pages": max_pages,
        "deadline": deadline,
        "verify": verify,
    }
    with errors_as_exit_codes():
        check_output("--save", save, PICTURES)
        check_output("--report", report, (".html", ".htm"))
        files, questions = files_and_questions(named, question or [])
        if len(questions) > 1 and (save or report):
            raise SettingsError("--save and --report show one answer; ask one question with them")
        chosen = _checked(settings, questions)
        with opened_source(files, allowed_hosts=allow_host or ()) as document:
            given = _Given(document, page, pages, context.obj or policy, dialect, finder)
            asker = _Asker(given, chosen, quiet=quiet)
            told = Told(as_json=as_json, save=save, report=report)
            asker.open()
            if not questions:
                asked_on(files, lambda text: told.one(asker.answer(text), document))
                return
            answers = told.all(map(asker.answer, questions), document, count=len(questions))
    code = max(exit_code(answer) for answer in answers)
    if code:
        raise typer.Exit(code)


class _Given(NamedTuple):
    image: str | list[str]
    """A path or a digest, or several that are one document."""

    page: int | None
    pages: str | None
    policy: "PolicyChoice"
    """Whom to ask: the context's object, where a program that embeds the command set one."""

    dialect: str | None
    finder: str


class _Asker:
    """Asks about one document, and shows on stderr what is going on.

    What the policy loads is loaded once, with the first question.
    """

    def __init__(self, given: _Given, settings: "VisionSettings", *, quiet: bool) -> None:
        """Nothing is loaded yet."""
        self._given, self._settings, self._quiet = given, settings, quiet
        self._policy: Policy | None = None
        self._paged = False

    def open(self) -> None:
        """Refuse a document that cannot be used before anything slow is loaded."""
        self._paged = _check_image(self._given)

    def answer(self, question: str) -> "VisionAnswer":
        """The answer to one question."""
        from ergo_agent.answer import VisionAnswer  # noqa: PLC0415
        from ergo_agent.episode.settings import check_question  # noqa: PLC0415

        question = check_question(question, settings=self._settings)
        with status_line(quiet=self._quiet) as status:
            run = _run_paged if self._paged else _run
            result = run(self._given, question, self._chosen(), self._settings, status)
        answer = VisionAnswer.model_validate(result)
        if self._given.page is None and answer.document is None and answer.image.page_count > 1:
            note(f"frame 1 of {answer.image.page_count}; choose with --page")
        return answer

    def _chosen(self) -> "Policy":
        from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

        if self._policy is None:
            self._policy = choose_policy(self._given.policy, dialect=self._given.dialect)
        return self._policy


def _checked(settings: dict[str, Any], questions: "Sequence[str]") -> "VisionSettings":
    """The settings, once all that can be known to be wrong without a document was looked for."""
    from ergo_agent.episode.settings import VisionSettings, check_question  # noqa: PLC0415

    chosen = VisionSettings(**settings)
    for each in questions:
        check_question(each, settings=chosen)
    return chosen


def _run(
    given: _Given, question: str, policy: "Policy", settings: "VisionSettings", status: "Status"
) -> Any:  # noqa: ANN401  # a result as JSON
    """Through the graph of one page."""
    from ergo_agent.apps.cli.progress import EpisodeProgress  # noqa: PLC0415
    from ergo_agent.graphs import create_vision_graph  # noqa: PLC0415

    progress = EpisodeProgress(status, max_vision_tokens=settings.episode_budget)
    graph = create_vision_graph(policy=policy, settings=settings)
    start: VisionInput = {"image": given.image, "question": question, "page": given.page or 1}
    state: dict[str, Any] = {}
    for mode, chunk in graph.stream(start, stream_mode=["custom", "values"]):
        if mode == "custom":
            progress.show(chunk)
        else:
            state = chunk
    return state["result"]


def _run_paged(
    given: _Given, question: str, policy: "Policy", settings: "VisionSettings", status: "Status"
) -> Any:  # noqa: ANN401  # a result as JSON
    """Through the graph of a document."""
    from ergo_agent.apps.cli.progress import EpisodeProgress  # noqa: PLC0415
    from ergo_agent.graphs import create_document_graph  # noqa: PLC0415

    progress = EpisodeProgress(status, max_vision_tokens=settings.document_budget)
    graph = create_document_graph(policy=policy, settings=settings, finder=given.finder)
    start = {
        "document": given.image,
        "question": question,
        "page": given.page,
        "pages": given.pages,
    }
    state: dict[str, Any] = {}
    for mode, chunk in graph.stream(start, stream_mode=["custom", "values"]):
        if mode == "custom":
            progress.show(chunk)
        else:
            state = chunk
    return state["result"]


def _check_image(given: _Given) -> bool:
    """Refuse an unusable image before anything slow is loaded, and say whether it has pages."""
    from ergo_agent._common.sync import run_sync  # noqa: PLC0415
    from ergo_agent.documents.ranges import check_pages  # noqa: PLC0415
    from ergo_agent.documents.routes import route  # noqa: PLC0415
    from ergo_agent.images.maker import ViewMaker  # noqa: PLC0415

    check_pages(given.page, given.pages)
    maker = ViewMaker()
    way = run_sync(route(given.image, page=given.page, pages=given.pages, maker=maker))
    if not way.paged and isinstance(given.image, str):
        run_sync(maker.open(given.image, page=given.page or 1))
    return way.paged
