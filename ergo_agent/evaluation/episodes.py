"""One page for every failure that left an episode; blocking."""

from collections.abc import Callable, Iterable
from pathlib import Path

from ergo_agent.answer import VisionAnswer
from ergo_agent.errors import ErgoError, SettingsError
from ergo_agent.evaluation.outcome import Key, Outcome

__all__ = ["draw_episodes"]

_FOLDER = "episodes"


def draw_episodes(
    folder: Path, outcomes: Iterable[Outcome], *, told: Callable[[int], None] = lambda _: None
) -> dict[Key, str]:
    """Draw the episodes of some outcomes; one that is drawn already stays.

    Args:
        folder: Of the run.
        outcomes: What is drawn; those without an episode are passed over.
        told: Called with how many were looked at.

    Returns:
        The page of each, as a path within the folder; in its place why there is none, in words that
        begin with `not drawn`.

    Raises:
        SettingsError: If the folder cannot be written.
    """
    try:
        (folder / _FOLDER).mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder / _FOLDER} cannot be written ({error})") from error
    pages: dict[Key, str] = {}
    for number, outcome in enumerate(outcomes, 1):
        if outcome.record is not None:
            pages[outcome.key] = _drawn(folder, outcome)
        told(number)
    return pages


def _drawn(folder: Path, outcome: Outcome) -> str:
    assert outcome.record is not None
    digest = outcome.record["image"]["digest"].rpartition(":")[2][:8]
    safe = "".join(sign if sign.isalnum() else "-" for sign in outcome.sample)[:60]
    name = f"{_FOLDER}/{outcome.mode}-{safe}-{outcome.trial}-{digest}.html"
    if not (folder / name).exists():
        whole = Path(outcome.document)
        try:
            answer = VisionAnswer.model_validate(outcome.record)
            answer.save_report(folder / name, image=None if whole.is_dir() else whole)
        except ErgoError as error:
            return f"not drawn: {error}"
    return name
