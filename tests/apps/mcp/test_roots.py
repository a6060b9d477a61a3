"""Which folders are left of the owner's when a client names its own."""

from pathlib import Path

import pytest

from ergo_agent.apps.mcp.roots import checked_roots, narrowed
from ergo_agent.errors import ImageAccessError, SettingsError


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("scans/2026", "photos"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path.resolve()


def test_without_roots_of_the_client_the_owners_stand(folders: Path):
    roots = (folders / "scans", folders / "photos")
    assert narrowed(roots, to=None) == roots
    assert narrowed(roots, to=[]) == roots


def test_what_lies_in_both_is_left(folders: Path):
    scans, photos = folders / "scans", folders / "photos"
    for client, left in [
        ([scans / "2026"], (scans / "2026",)),
        ([scans], (scans,)),
        ([folders], (scans, photos)),
        ([photos, scans / "2026"], (photos, scans / "2026")),
        ([folders / "elsewhere", photos], (photos,)),
        ([photos, folders], (photos, scans)),
    ]:
        assert narrowed((scans, photos), to=[root.as_uri() for root in client]) == left


def test_a_root_is_what_its_links_lead_to(folders: Path):
    (folders / "photos" / "way").symlink_to(folders / "scans")
    uri = (folders / "photos" / "way").as_uri()
    assert narrowed((folders / "scans",), to=[uri]) == (folders / "scans",)
    with pytest.raises(ImageAccessError, match="no folder in common"):
        narrowed((folders / "photos",), to=[uri])


@pytest.mark.parametrize(
    "uri", ["https://example.org/", "file://elsewhere/scans", "file:///%00", "", "scans", "file:"]
)
def test_a_root_that_is_no_folder_here_allows_nothing(folders: Path, uri: str):
    with pytest.raises(ImageAccessError, match="no folder in common"):
        narrowed((folders / "scans",), to=[uri])


def test_the_owners_roots_are_folders(folders: Path):
    assert checked_roots([folders / "scans" / "..", folders]) == (folders,)
    with pytest.raises(SettingsError, match="no root is named"):
        checked_roots([])
    (folders / "file").touch()
    for name in ("file", "absent"):
        with pytest.raises(SettingsError, match=f"{name} is no folder"):
            checked_roots([folders / name])
