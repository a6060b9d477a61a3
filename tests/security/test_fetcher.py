"""How an image is fetched: what is sent, to whom, and who has to be it."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from ergo_agent import SettingsError, ask
from ergo_agent.errors import ImageAccessError, ImageFetchError
from ergo_agent.images import AllowedHosts, fetch
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.web import Page, Web, redirect, web


@pytest.fixture(scope="module")
def png(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return save_picture(tmp_path_factory.mktemp("png"), size=(300, 200)).read_bytes()


@pytest.fixture
def here(png: bytes) -> Iterator[Web]:
    with web({"/page.png": Page(png)}) as running:
        yield running


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_not_used(
    here: Web, png: bytes, monkeypatch: pytest.MonkeyPatch, name: str
):
    url = f"http://{here.host}/page.png"
    with web({"/page.png": Page(b"not this")}) as proxy:
        monkeypatch.setenv(name, f"http://{proxy.host}")
        assert await fetch(url, hosts=AllowedHosts([f"private:{here.host}"])) == png
    assert proxy.asked == []


async def test_no_credentials_and_no_cookies_are_sent(
    here: Web, png: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password CANARY")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    here.pages["/first"] = Page(b"", 302, {"location": "/page.png", "set-cookie": "a=CANARY"})
    url = f"http://{here.host}/first"
    assert await fetch(url, hosts=AllowedHosts([f"private:{here.host}"])) == png
    assert len(here.headers) == 2
    for headers in here.headers:
        assert set(headers) == {"host", "accept", "accept-encoding", "user-agent"}


class TestTls:
    """The name is what the certificate must have, though the connection is to an address."""

    @pytest.fixture
    def asked_for(self) -> list[str | None]:
        return []

    @pytest.fixture
    def secure(
        self,
        png: bytes,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        asked_for: list[str | None],
    ) -> Iterator[Web]:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("images.test").configure_cert(tls)
        tls.sni_callback = lambda _socket, name, _context: asked_for.append(name)
        trusting = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
        monkeypatch.setattr("ergo_agent.images.fetcher._certificates", lambda: trusting)
        with web({"/page.png": Page(png), "/down": redirect("http://x.test/")}, tls=tls) as running:
            yield running

    @pytest.fixture(autouse=True)
    def resolve(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def getaddrinfo(name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
            assert name in {"images.test", "other.test"}
            return [(2, 1, 6, "", ("127.0.0.1", 0))]

        monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)

    async def test_the_name_is_sent_and_checked(
        self, secure: Web, png: bytes, asked_for: list[str | None]
    ):
        host = f"images.test:{secure.port}"
        hosts = AllowedHosts([f"private:{host}"])
        assert await fetch(f"https://{host}/page.png", hosts=hosts) == png
        assert asked_for == ["images.test"]
        assert secure.hosts == [host]

    async def test_a_certificate_of_another_name_is_refused(self, secure: Web):
        host = f"other.test:{secure.port}"
        with pytest.raises(ImageFetchError, match=r"could not be fetched \(.*certificate"):
            await fetch(f"https://{host}/page.png", hosts=AllowedHosts([f"private:{host}"]))
        assert secure.asked == []

    async def test_a_redirect_to_plain_http_is_refused(self, secure: Web):
        host = f"images.test:{secure.port}"
        hosts = AllowedHosts([f"private:{host}", "private:x.test"])
        with pytest.raises(ImageAccessError, match="redirects to an address without https"):
            await fetch(f"https://{host}/down", hosts=hosts)


@pytest.mark.parametrize(
    "entry",
    [
        *("", ".", "*.", "http://example.org", "example.org/x", "me@example.org", "a b", "a?b"),
        *("example.org:x", "private:*", "private:", ".0.0.1", "*.1", "[::1", "a\0b", 7, None),
    ],
)
def test_an_entry_that_is_no_host_is_refused(entry: str):
    with pytest.raises(SettingsError, match="allowed_hosts has"):
        AllowedHosts([entry])


def test_one_text_is_no_list():
    with pytest.raises(SettingsError, match=r"give a list, such as \['example.org'\]"):
        AllowedHosts("example.org")
    with pytest.raises(SettingsError, match="give a list"):
        ask("http://example.org/a.png", "q", policy=scripted("x"), allowed_hosts="example.org")
