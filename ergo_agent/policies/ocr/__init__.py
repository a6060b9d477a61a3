"""The embedded policy: reads text on a CPU, without network or key.

It reads (RapidOCR), understands the arrangement of the page (`ergo_agent.layout`), finds the answer
(`finder`) and decides where to look closer (`target`). It does not understand pictures.

What each number here is worth, or what it follows from: `scripts/reader_numbers/README.md`.
"""

from ergo_agent._common.telemetry import switch_off_telemetry
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr

__all__ = ["ChatOcr", "create_ocr_policy"]

switch_off_telemetry()  # before a module of this package imports onnxruntime


def create_ocr_policy(*, threshold: float | None = None) -> Policy:
    """The embedded policy: `ChatOcr` with the dialect it speaks.

    Args:
        threshold: The confidence from which an answer is given, 0 to 1; when left out, the one
            that was chosen when the confidence was calibrated.
    """
    return Policy(ChatOcr(threshold=threshold), ReadingDialect())
