"""The answer that a question comes back with: a record of the episode that shows itself."""

import os
from typing import TYPE_CHECKING, Any

from ergo_agent.episode.record import Record

if TYPE_CHECKING:
    from ergo_agent.images import ImageLimits, ImageSource, ImageStore

__all__ = ["VisionAnswer"]


class VisionAnswer(Record):
    """The answer to a question about an image, with its evidence and its price.

    Printed, it is the answer, its place and its price; the whole of it is `model_dump()`.
    """

    def __str__(self) -> str:
        from ergo_agent.report.printed import answer_in_words  # noqa: PLC0415  # as below

        return answer_in_words(self)

    def as_row(self) -> dict[str, Any]:
        """One flat row for a table: `pandas.DataFrame([each.as_row() for each in answers])`.

        `page`, `left`, `top`, `right`, `bottom` and `quote` are those of the first place that the
        answer was read in; all are in `evidence`. The edges are original pixels of the page, right
        and bottom exclusive.
        """
        first = self.evidence[0] if self.evidence else None
        edges = (None,) * 4 if first is None else first.region.as_tuple()
        return {
            "question": self.question,
            "answer": self.answer,
            "confidence": self.confidence,
            "page": None if first is None else first.page,
            **dict(zip(("left", "top", "right", "bottom"), edges, strict=True)),
            "quote": None if first is None else first.text,
            "verified": self.verified,
            "stop_reason": self.stop_reason,
            "vision_tokens": self.ledger.spent,
            "seconds": round(sum(self.timings.values()), 3),
            "policy": self.policy,
            "digest": self.image.digest,
        }

    def save_report(
        self,
        path: str | os.PathLike[str],
        *,
        image: "ImageSource | None" = None,
        store: "ImageStore | None" = None,
        limits: "ImageLimits | None" = None,
    ) -> None:
        """Write this result as one HTML file that needs nothing else; blocking.

        It shows the original with every box, each view as the policy saw it, what was said, and
        what it cost against one full-resolution pass. It stays below 5 MB: larger pictures are
        shrunk. It names every picture that it could not find.

        Args:
            path: The file to write, one ending in `.html`; it is replaced if it is there.
            image: The image that was asked about, for where its pictures are no longer kept, as
                with a result read from JSON. Views are then made again from it, and the file's
                name is shown.
            store: The store that the question was asked with; the one in the process's memory
                when left out.
            limits: What is too large to be opened, where the question was asked with others than
                `DEFAULT_LIMITS`.

        Raises:
            ImageError: If `image` cannot be read, or is another image.
            SettingsError: If the file cannot be written.
        """
        # a question that wants no report loads neither
        from ergo_agent.images import DEFAULT_LIMITS  # noqa: PLC0415
        from ergo_agent.report import save_report  # noqa: PLC0415

        save_report(self, path, image=image, store=store, limits=limits or DEFAULT_LIMITS)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from ergo_agent.report import notebook_html  # noqa: PLC0415  # as above

        return notebook_html(self)
