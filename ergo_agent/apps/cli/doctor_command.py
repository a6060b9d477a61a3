"""`ergo-agent doctor`: whether a server does what episodes need of it."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ergo_agent._common.text import visible, visible_json
from ergo_agent.apps.cli.options import Budget, DialectName, MaxVisionTokens, MaxZooms
from ergo_agent.apps.cli.output import POLICY, errors_as_exit_codes, note
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from ergo_agent.apps.serve import Finding, ProbeReport

__all__ = ["doctor"]


def doctor(  # noqa: PLR0913  # one parameter per option
    *,
    base_url: Annotated[
        str | None,
        typer.Option(help="Address of the server, with /v1; ERGO_BASE_URL if left out."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Name of the served model; ERGO_MODEL, else the first, if left out."),
    ] = None,
    dialect: DialectName = None,
    budget: Budget = 1280,
    max_vision_tokens: MaxVisionTokens = None,
    max_zooms: MaxZooms = 3,
    allow_resize: Annotated[
        bool, typer.Option("--allow-resize", help="Go on although the server resizes images.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON, and nothing else.")
    ] = False,
) -> None:
    """Check that a model's server does all that is needed here. The key is taken from ERGO_API_KEY.

    Exit code: 0 usable, 2 wrong usage, 5 not usable.
    """
    with errors_as_exit_codes():
        from ergo_agent.apps.serve import probe  # noqa: PLC0415
        from ergo_agent.episode.settings import VisionSettings  # noqa: PLC0415

        url = base_url or os.environ.get("ERGO_BASE_URL")
        if not url:
            raise SettingsError("no server is named; give --base-url or set ERGO_BASE_URL")
        settings = VisionSettings(
            view_budget=budget, max_vision_tokens=max_vision_tokens, max_zooms=max_zooms
        )
        report = probe(
            url,
            model=model or os.environ.get("ERGO_MODEL"),
            api_key=os.environ.get("ERGO_API_KEY"),
            settings=settings,
            dialect=dialect or os.environ.get("ERGO_DIALECT") or "auto",
        )
    data = report.model_dump(mode="json")
    typer.echo(visible_json(data) if as_json else _in_words(report))
    if not _passes(report, allow_resize=allow_resize):
        note("error: this server is not fit for episodes")
        raise typer.Exit(POLICY)


def _passes(report: "ProbeReport", *, allow_resize: bool) -> bool:
    return report.usable or (allow_resize and report.only_resizes)


def _in_words(report: "ProbeReport") -> str:
    """A line for every finding, and what to do about those that are wrong."""
    lines = [f"{report.base_url}, model {report.model or 'none'}"]
    for one in report.findings:
        lines += _finding(one)
    return visible("\n".join(lines))


def _finding(one: "Finding") -> list[str]:
    mark = {True: "ok", False: "WRONG" if one.needed else "weak", None: "?"}[one.ok]
    lines = [f"  {mark:<5}  {one.name}: {one.found}"]
    if not one.ok and one.advice:
        lines.append(f"         {one.advice}")
    return lines
