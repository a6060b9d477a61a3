"""`ergo-agent ask`: one question about one image or document."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ergo_agent._common.text import visible, visible_json
from ergo_agent.apps.cli.options import (
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
    NOT_FOUND,
    PICTURES,
    POLICY,
    check_output,
    errors_as_exit_codes,
    note,
    status_line,
)
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from rich.status import Status

    from ergo_agent.answer import VisionAnswer
    from ergo_agent.episode.settings import VisionSettings
    from ergo_agent.episode.state import VisionInput
    from ergo_agent.policies.base import Policy
    from ergo_agent.policies.choice import PolicyChoice

__all__ = ["ask"]


def ask(  # noqa: PLR0913  # one parameter per option
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(help="Path of an image, a PDF or a folder.", show_default=False)
    ],
    question: Annotated[str, typer.Argument(help="What to answer.", show_default=False)],
    *,
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
) -> None:
    """Answer QUESTION about IMAGE and say where the answer was read.

    Of a document of several pages those that promise an answer are opened; it is said which not.

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
        given = _Given(image, question, page, pages, context.obj or policy, dialect, finder)
        answer = _answer(given, settings, quiet=quiet)
        if page is None and answer.document is None and answer.image.page_count > 1:
            note(f"frame 1 of {answer.image.page_count}; choose with --page")
        data = answer.model_dump(mode="json")
        typer.echo(visible_json(data) if as_json else _in_words(answer))
        if save is not None:
            _save(answer, image, save)
        if report is not None:
            answer.save_report(report, image=None if Path(image).is_dir() else image)
    if answer.answer is None:
        from ergo_agent.episode.stopping import NO_ANSWER  # noqa: PLC0415

        raise typer.Exit(POLICY if answer.stop_reason in NO_ANSWER else NOT_FOUND)


class _Given(NamedTuple):
    image: str
    question: str
    page: int | None
    pages: str | None
    policy: "PolicyChoice"
    """Whom to ask: the context's object, where a program that embeds the command set one."""

    dialect: str | None
    finder: str


def _answer(given: _Given, settings: dict[str, Any], *, quiet: bool) -> "VisionAnswer":
    """Ask, and show on stderr what is going on."""
    from ergo_agent.answer import VisionAnswer  # noqa: PLC0415
    from ergo_agent.episode.settings import VisionSettings, check_question  # noqa: PLC0415

    chosen = VisionSettings(**settings)
    question = check_question(given.question, settings=chosen)
    paged = _check_image(given)
    with status_line(quiet=quiet) as status:
        from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

        policy = choose_policy(given.policy, dialect=given.dialect)
        run = _run_paged if paged else _run
        result = run(given, question, policy, chosen, status)
    return VisionAnswer.model_validate(result)


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
    from ergo_agent.images import open_original  # noqa: PLC0415
    from ergo_agent.images.maker import ViewMaker  # noqa: PLC0415

    check_pages(given.page, given.pages)
    way = run_sync(route(given.image, page=given.page, pages=given.pages, maker=ViewMaker()))
    if not way.paged:
        open_original(given.image, page=given.page or 1)
    return way.paged


def _in_words(answer: "VisionAnswer") -> str:
    """The answer on the first lines, then where it was read and what it cost."""
    from ergo_agent.episode.stopping import nothing_in_words  # noqa: PLC0415
    from ergo_agent.report.words import verified_in_words  # noqa: PLC0415

    image, ledger = answer.image, answer.ledger
    lines = [nothing_in_words(answer.stop_reason) if answer.answer is None else answer.answer]
    lines += [
        f"  page {found.page}, pixels {found.region.as_tuple()} of {image.width}x{image.height}"
        for found in answer.evidence
    ]
    if answer.verified is not None:
        lines.append(f"  {verified_in_words(answer.verified)}")
    if answer.document is not None:
        lines.append(f"  {answer.document.in_words}")
    views = "1 view" if len(answer.views) == 1 else f"{len(answer.views)} views"
    saved = f", {ledger.share:.0%} of one full-resolution pass" if ledger.share < 1 else ""
    lines.append(f"  {ledger.spent} vision tokens in {views}{saved}; {answer.stop_reason}")
    return visible("\n".join(lines))


def _save(answer: "VisionAnswer", image: str, path: Path) -> None:
    from ergo_agent.episode.pages import place_of  # noqa: PLC0415
    from ergo_agent.images import open_original  # noqa: PLC0415
    from ergo_agent.report.drawing import draw_answer  # noqa: PLC0415
    from ergo_agent.views.geometry import Region  # noqa: PLC0415

    number, source = answer.image.page, image
    if answer.document is not None:
        place = place_of(answer.document.parts, number)
        number, source = place.page, place.part.source or image
    original = open_original(source, page=number)
    page = original.shown(Region.whole(original.size), original.size)
    try:
        draw_answer(page, answer).save(path)
    except OSError as error:
        raise SettingsError(f"--save {path} cannot be written ({error})") from error
