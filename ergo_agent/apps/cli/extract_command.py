"""`ergo-agent extract`: a model filled from one image or document."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ergo_agent._common.text import visible_json
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
)
from ergo_agent.apps.cli.output import (
    NOT_FOUND,
    PICTURES,
    check_output,
    errors_as_exit_codes,
    note,
    status_line,
)
from ergo_agent.apps.cli.sources import opened_source

if TYPE_CHECKING:
    from ergo_agent.extraction.result import Extraction

__all__ = ["extract"]


def extract(  # noqa: PLR0913  # one parameter per option
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Paths of images, PDFs or a folder, - for stdin, or addresses.",
            show_default=False,
        ),
    ],
    *,
    schema: Annotated[
        str,
        typer.Option(
            help="What to fill: FILE.py:MODEL, a pydantic model, or a file with a JSON schema. A "
            "Python file is run.",
            show_default=False,
        ),
    ],
    page: Annotated[
        int | None, typer.Option(help="The only page to look at, from 1; all if left out.")
    ] = None,
    pages: Annotated[
        str | None, typer.Option(help="The pages to look at, such as 2-5; all if left out.")
    ] = None,
    values_only: Annotated[
        bool, typer.Option("--values", help="Print the filled model only, not where it was read.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Save the pages with a named box around each value."),
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
    policy: PolicyName = "auto",
    dialect: DialectName = None,
    allow_host: AllowHost = None,
) -> None:
    """Fill a schema from FILE and print it as JSON, with where each value was read.

    Several files are the pages of one document; to fill a schema from each there is batch.

    Exit code: 0 filled, 2 wrong usage, 3 a field that the model needs was not found, 4 document
    unusable, 5 policy failed.
    """
    settings = {
        "view_budget": budget,
        "max_vision_tokens": max_vision_tokens,
        "max_zooms": max_zooms,
        "max_pages": max_pages,
        "deadline": deadline,
    }
    with errors_as_exit_codes():
        check_output("--save", save, (*PICTURES, ".pdf"))
        given = {"page": page, "pages": pages, "finder": finder, **settings}
        with opened_source(files, allowed_hosts=allow_host or ()) as document:
            found = _extracted(document, schema, context.obj or policy, dialect, given, quiet=quiet)
            whole = found.as_json()
            typer.echo(visible_json(whole["value"] if values_only else whole))
            if save is not None:
                note(f"saved {', '.join(found.save_boxes(save))}")
    if found.value is None:
        raise typer.Exit(NOT_FOUND)


def _extracted(  # noqa: PLR0913  # private
    document: str | list[str],
    schema: str,
    policy: Any,  # noqa: ANN401  # as PolicyChoice says; importing it takes a while
    dialect: str | None,
    given: dict[str, Any],
    *,
    quiet: bool,
) -> "Extraction[Any]":
    from ergo_agent.extraction.form import form_of  # noqa: PLC0415  # as for every command
    from ergo_agent.extraction.named_models import named_model  # noqa: PLC0415

    model = named_model(schema)
    form = form_of(model)
    count = len(form.fields) + len(form.rows)
    with status_line(quiet=quiet) as status:
        from ergo_agent.agents.extract import extract as fill  # noqa: PLC0415
        from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

        status.update(f"looking for {count} fields ...")
        return fill(document, model, policy=choose_policy(policy, dialect=dialect), **given)
