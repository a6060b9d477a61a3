"""What goes on in an episode, told on stderr while it runs."""

from typing import TYPE_CHECKING

from rich.text import Text

from ergo_agent.report.progress import Progress

if TYPE_CHECKING:
    from rich.status import Status

__all__ = ["EpisodeProgress"]


class EpisodeProgress:
    """Prints a line for each page, view and turn, and keeps the stage in the spinner."""

    def __init__(self, status: "Status", *, max_vision_tokens: int) -> None:
        """Begin.

        Args:
            status: The spinner; its console prints the lines.
            max_vision_tokens: What the episode may spend, over all pages.
        """
        self._status = status
        self._progress = Progress(max_vision_tokens=max_vision_tokens)
        self._status.update(self._progress.stage)

    def show(self, chunk: object) -> None:
        """Tell what is new.

        Args:
            chunk: What the graph's `custom` stream gave.
        """
        line = self._progress.take(chunk)
        if line is not None:
            self._status.console.print(Text(line, style="dim"), soft_wrap=True)
        self._status.update(self._progress.stage)
