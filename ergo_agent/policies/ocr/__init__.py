"""The embedded policy: reads text on a CPU, without network or key.

It reads (RapidOCR), understands the arrangement of the page (`layout`), finds the answer
(`finding`) and decides where to look closer (`choosing`). It does not understand pictures.
"""

from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr

__all__ = ["ChatOcr", "create_ocr_policy"]


def create_ocr_policy() -> Policy:
    """The embedded policy: `ChatOcr` with the dialect it speaks."""
    return Policy(ChatOcr(), ReadingDialect())
