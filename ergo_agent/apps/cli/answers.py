"""What `ergo-agent ask` tells of an answer: printed, drawn, as a report, as an exit code."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from ergo_agent._common.text import visible, visible_json
from ergo_agent.apps.cli.output import NOT_FOUND, POLICY
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ergo_agent.answer import VisionAnswer

__all__ = ["Told", "exit_code"]


class Told(NamedTuple):
    """How answers are told."""

    as_json: bool
    save: Path | None
    report: Path | None

    def one(self, answer: "VisionAnswer", document: str | list[str]) -> None:
        """Print an answer, then save what was asked for."""
        typer.echo(visible_json(answer.model_dump(mode="json")) if self.as_json else str(answer))
        if self.save is not None:
            _save_page(answer, document, self.save)
        if self.report is not None:
            _save_report(answer, document, self.report)

    def all(
        self, answers: "Iterable[VisionAnswer]", document: str | list[str], *, count: int
    ) -> "list[VisionAnswer]":
        """Print answers as they come; of several their questions too, or one list as JSON."""
        told = []
        for answer in answers:
            told.append(answer)
            if count == 1:
                self.one(answer, document)
            elif not self.as_json:
                typer.echo(f"{visible(answer.question)}\n{answer}")
        if self.as_json and count > 1:
            typer.echo(visible_json([answer.model_dump(mode="json") for answer in told]))
        return told


def exit_code(answer: "VisionAnswer") -> int:
    """The exit code that an answer alone ends in."""
    from ergo_agent.episode.stopping import NO_ANSWER  # noqa: PLC0415

    if answer.answer is not None:
        return 0
    return POLICY if answer.stop_reason in NO_ANSWER else NOT_FOUND


def _save_page(answer: "VisionAnswer", document: str | list[str], path: Path) -> None:
    """Draw the evidence and the crops on the page that the answer is from.

    Args:
        answer: What is drawn.
        document: What was asked about: a path or a digest, or several.
        path: The picture's file.

    Raises:
        ImageError: If the page cannot be opened any more.
        SettingsError: If the file cannot be written.
    """
    from ergo_agent._common.sync import run_sync  # noqa: PLC0415  # as for every command
    from ergo_agent.episode.pages import place_of  # noqa: PLC0415
    from ergo_agent.images.maker import ViewMaker  # noqa: PLC0415
    from ergo_agent.report.drawing import draw_answer  # noqa: PLC0415
    from ergo_agent.views.geometry import Region  # noqa: PLC0415

    number, digest, source = answer.image.page, answer.image.digest, _path(document)
    if answer.document is not None:
        place = place_of(answer.document.parts, number)
        number, digest, source = place.page, place.part.digest, place.part.source or source
    original = run_sync(ViewMaker().original(digest, page=number, source=source))
    page = original.shown(Region.whole(original.size), original.size)
    try:
        draw_answer(page, answer).save(path)
    except OSError as error:
        raise SettingsError(f"--save {path} cannot be written ({error})") from error


def _save_report(answer: "VisionAnswer", document: str | list[str], path: Path) -> None:
    """Save the answer as one HTML file, with the file's name where there is one file.

    Raises:
        ImageError: If the image cannot be read any more.
        SettingsError: If the file cannot be written.
    """
    one = _path(document)
    answer.save_report(path, image=None if one is None or Path(one).is_dir() else one)


def _path(document: str | list[str]) -> str | None:
    """The path of the one file; None where there are several, or it came in another way."""
    from ergo_agent.images.sources import kind_of_source  # noqa: PLC0415

    if isinstance(document, list) or kind_of_source(document) == "digest":
        return None
    return document
