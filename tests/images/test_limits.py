"""Limits that cannot be are refused by an error of this package."""

import pytest

from ergo_agent.errors import SettingsError
from ergo_agent.images import ImageLimits


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_pixels": 0}, "ImageLimits: max_pixels=0: "),
        ({"max_pixels": "many"}, "ImageLimits: max_pixels='many': "),
        ({"max_megapixels": 9}, "ImageLimits: max_megapixels=9: Extra inputs"),
        ({"max_memory": 480_000_000}, "ImageLimits: .*go together; give both, or neither"),
        ({"decode_seconds": float("nan"), "max_memory": 480_000_000}, "decode_seconds=nan: "),
    ],
)
def test_what_cannot_be_a_limit_is_refused(given: dict[str, object], message: str):
    with pytest.raises(SettingsError, match=message):
        ImageLimits(**given)
