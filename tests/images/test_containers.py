import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.images.containers import count_jpeg_scans, jpeg_is_complete


@given(st.lists(st.sampled_from([b"\xff", b"\xda", b"\0"]), min_size=1).map(b"".join))
def test_scans_are_counted_wherever_they_lie(data: bytes):
    assert count_jpeg_scans(data) == data.count(b"\xff\xda")


HEAD = b"\xff\xd8\xff\xe0\x00\x04\xff\xd9\xff\xda"
"""Its first segment holds what looks like an end."""


@pytest.mark.parametrize(
    ("data", "complete"),
    [
        (HEAD + b"\0\0\0\xff\xd9", True),
        (HEAD + b"\0\0\0\xff\xd9" + bytes(999), True),
        (HEAD + b"\0\0\0\xff", False),
        (HEAD + bytes(999), False),
        (b"\xff\xd8\xff\xff\xff", True),
    ],
)
def test_a_jpeg_ends_after_its_first_scan(data: bytes, *, complete: bool):
    assert jpeg_is_complete(data) is complete
