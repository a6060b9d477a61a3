"""Addresses: nothing is sent to a host that was not allowed, whichever way it is named."""

from collections.abc import Iterator

import pytest

from tests.security.conftest import Ask
from tests.support.pictures import save_picture
from tests.support.web import (
    Page,
    Web,
    endless,
    garbage,
    redirect,
    silent,
    slow_headers,
    web,
)

OUTSIDE, NOTHING, FORMAT, LARGE, FETCH = (
    "ImageAccessError",
    "ImageNotFoundError",
    "ImageFormatError",
    "ImageTooLargeError",
    "ImageFetchError",
)
METADATA = "169.254.169.254"

NAMES = [
    # what is given; `here` is an allowed host, `there` one that is not
    ("http://{here}/page.png", "answer"),
    ("HTTP://{here}/page.png", "answer"),
    ("http://{here}/page.png?size=2#part", "answer"),
    ("http://{here}/sub/../page.png", "answer"),
    # other hosts
    ("http://{there}/canary.png", OUTSIDE),
    ("http://localhost:{port}/page.png", OUTSIDE),
    ("http://127.0.0.1/page.png", OUTSIDE),
    ("https://127.0.0.1/page.png", OUTSIDE),
    ("http://127.0.0.1.example.org:{port}/page.png", OUTSIDE),
    ("http://x127.0.0.1:{port}/page.png", OUTSIDE),
    ("http:///page.png", OUTSIDE),
    ("http://", OUTSIDE),
    # two hosts in one address
    ("http://me:CANARY@{here}/page.png", OUTSIDE),
    ("http://{here}@{there}/canary.png", OUTSIDE),
    ("http://{here}\\@{there}/canary.png", OUTSIDE),
    ("http://{there}#@{here}/page.png", OUTSIDE),
    ("http://{there}?@{here}/page.png", OUTSIDE),
    ("http://{there}\\.{here}/page.png", OUTSIDE),
    ("http://127.0.0.1%00.example.org:{port}/page.png", OUTSIDE),
    ("http://127.0.0.1%2eexample.org:{port}/page.png", OUTSIDE),
    # characters
    ("http://{here}/\r\nX-Injected: 1", OUTSIDE),
    ("http://{here}/a%0d%0aX-Injected: 1", NOTHING),
    ("http://{here}/\0", OUTSIDE),
    ("http://{here}\t/page.png", OUTSIDE),
    ("http://[::1/page.png", OUTSIDE),
    ("http://{here}0000000/page.png", OUTSIDE),
    # no addresses
    (" http://{here}/page.png", NOTHING),
    ("http:/{here}/page.png", NOTHING),
    ("http:{here}/page.png", NOTHING),
    ("//{here}/page.png", OUTSIDE),
    ("url:http://{here}/page.png", NOTHING),
    ("jar:http://{here}/page.png!/x", NOTHING),
    # other kinds
    ("ftp://{here}/page.png", OUTSIDE),
    ("gopher://{here}/_GET", OUTSIDE),
    ("dict://{here}/d", OUTSIDE),
    ("ldap://{here}/x", OUTSIDE),
    ("smb://{here}/share/a.png", OUTSIDE),
    ("s3://bucket/key.png", OUTSIDE),
    ("ws://{here}/page.png", OUTSIDE),
    ("http+unix://%2fvar%2frun%2fdocker.sock/info", OUTSIDE),
    ("javascript://{here}/page.png", OUTSIDE),
    ("data://image/png;base64,AAAA", OUTSIDE),
    # data
    ("data:image/png;base64,AAAA", FORMAT),
    ("data:text/html,<img src=http://{there}/canary.png>", FORMAT),
    ("data:image/png;base64,%%%", FORMAT),
    ("data:", FORMAT),
    ("data:image/svg+xml,<svg><image href='file:///etc/passwd'/></svg>", FORMAT),
    # names of stored images
    ("sha256:" + "0" * 64, NOTHING),
    ("sha256:../../etc/passwd", NOTHING),
]

INNER = [
    # spellings of this machine, of the clouds' metadata service, and of inner networks
    *("127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "127.255.255.254", "0.0.0.0", "0"),
    *("0177.0.0.1", "017700000001", "0x7f.0.0.1", "0x7f000001", "0x7F.1", "2130706433"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]"),
    *("[2002:7f00:1::]", "[2001:0:7f00:1::]"),
    *(METADATA, "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]"),
    *(
        "[fd00:ec2::254]",
        "100.100.100.200",
        "192.0.0.192",
        "192.88.99.1",
        "[fe80::1]",
        "[fe80::1%25lo]",
    ),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "012.0.0.1", "[fc00::1]", "[fec0::1]"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "[ff02::1]", "192.0.2.1"),
    *("localhost", "LOCALHOST.", "inner.test", "mixed.test", "rebound.test"),
    *("\u2460\u2461\u2466.0.0.1", "127\u30020\u30020\u30021", "\uff11\uff12\uff17.0.0.1"),
]

RESOLVED = {
    "localhost": [["127.0.0.1", "::1"]],
    "inner.test": [["10.1.2.3"]],
    "mixed.test": [["93.184.215.14", "127.0.0.1"]],
    "rebound.test": [["127.0.0.1"], ["93.184.215.14"]],
}

REDIRECTS = [
    ("/to-page", "answer"),
    ("/three", "answer"),
    ("/four", FETCH),
    ("/loop", FETCH),
    ("/nowhere", FETCH),
    ("/to-canary", OUTSIDE),
    ("/to-canary-without-scheme", OUTSIDE),
    ("/to-canary-in-two-steps", OUTSIDE),
    ("/to-metadata", OUTSIDE),
    ("/to-localhost", OUTSIDE),
    ("/to-number", OUTSIDE),
    ("/to-file", OUTSIDE),
    ("/to-data", OUTSIDE),
    ("/to-ftp", OUTSIDE),
    ("/to-credentials", OUTSIDE),
    ("/to-nonsense", OUTSIDE),
]

REPLIES = [
    ("/as-html", "answer"),
    ("/html", FORMAT),
    ("/svg", FORMAT),
    ("/empty", FORMAT),
    ("/missing", NOTHING),
    ("/gone", NOTHING),
    ("/unauthorised", FETCH),
    ("/broken", FETCH),
    ("/no-content", FETCH),
    ("/part", FETCH),
    ("/cut", FETCH),
    ("/gzip", FETCH),
    ("/garbage", FETCH),
    ("/many-headers", FETCH),
    ("/silent", FETCH),
    ("/slow-headers", FETCH),
    ("/endless", LARGE),
    ("/announced", LARGE),
]


@pytest.fixture(scope="module")
def png(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return save_picture(tmp_path_factory.mktemp("png"), size=(300, 200)).read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder that paths may lie in."""
    return str(tmp_path_factory.mktemp("root"))


@pytest.fixture
def there(png: bytes) -> Iterator[Web]:
    """A host that is not allowed; to ask it for anything is a failure."""
    with web({"/canary.png": Page(png)}) as running:
        yield running
    assert running.asked == []


@pytest.fixture
def here(png: bytes, there: Web) -> Iterator[Web]:
    with web(pages(png, canary=f"//{there.host}/canary.png")) as running:
        port = running.port
        running.pages["/to-localhost"] = redirect(f"http://localhost:{port}/page.png")
        running.pages["/to-number"] = redirect(f"http://2130706433:{port}/page.png")
        running.pages["/to-credentials"] = redirect(f"http://a:CANARY@127.0.0.1:{port}/page.png")
        yield running
    assert not any("x-injected" in headers for headers in running.headers)


def pages(png: bytes, *, canary: str) -> dict[str, object]:
    """Everything that the tables ask for."""
    html = {"content-type": "text/html"}
    image = {"content-type": "image/png"}
    return {
        "/page.png": Page(png),
        "/to-page": redirect("page.png", status=307),
        "/three": redirect("/two", status=301),
        "/two": redirect("/to-page", status=303),
        "/four": redirect("/three", status=308),
        "/loop": redirect("/loop"),
        "/nowhere": Page(b"", 302),
        "/to-canary": redirect(f"http:{canary}"),
        "/to-canary-without-scheme": redirect(canary),
        "/to-canary-in-two-steps": redirect("/to-canary"),
        "/to-metadata": redirect(f"http://{METADATA}/latest/meta-data/"),
        "/to-file": redirect("file:///etc/passwd"),
        "/to-data": redirect("data:image/png;base64,AAAA"),
        "/to-ftp": redirect(f"ftp:{canary}"),
        "/to-nonsense": redirect("http://[CANARY"),
        "/as-html": Page(png, 200, html),
        "/html": Page(b"<html>CANARY</html>", 200, image),
        "/svg": Page(b"<svg><image href='file:///etc/passwd'/>CANARY</svg>", 200, image),
        "/empty": Page(b"", 200, image),
        "/gone": Page(b"CANARY", 410),
        "/unauthorised": Page(b"CANARY", 401, {"www-authenticate": "Basic realm=CANARY"}),
        "/broken": Page(b"CANARY", 500),
        "/no-content": Page(b"", 204),
        "/part": Page(png, 206),
        "/cut": Page(png, 200, {"content-length": str(len(png) + 9)}),
        "/gzip": Page(png, 200, {"content-encoding": "gzip"}),
        "/garbage": garbage,
        "/many-headers": Page(png, 200, {f"x-{n}": "y" * 60_000 for n in range(4)}),
        "/silent": silent,
        "/slow-headers": slow_headers,
        "/endless": endless,
        "/announced": Page(b"", 200, {"content-length": "999999999999"}),
    }


def shown(given: object) -> str:
    return ascii(given)[:50]


@pytest.mark.parametrize("case", NAMES, ids=lambda case: shown(case[0]))
def test_name(ask_caged: Ask, here: Web, there: Web, folder: str, case: tuple[str, str]):
    given, end = case
    url = given.format(here=here.host, there=there.host, port=here.port)
    outcome = ask_caged(url, roots=[folder], hosts=[f"private:{here.host}"])
    assert outcome.end == end
    assert len(here.asked) == (end == "answer" or "%0d%0a" in given)


@pytest.mark.parametrize("host", INNER, ids=shown)
def test_an_inner_address(ask_caged: Ask, here: Web, folder: str, host: str):
    """Any public host is allowed, but this is none."""
    url = f"http://{host}:{here.port}/page.png"
    outcome = ask_caged(url, roots=[folder], hosts=[f"*:{here.port}"], dns=RESOLVED)
    assert outcome.end == OUTSIDE
    assert len(outcome.looked_up) <= 1
    assert here.asked == []


@pytest.mark.parametrize("case", REDIRECTS, ids=lambda case: case[0])
def test_redirect(ask_caged: Ask, here: Web, there: Web, folder: str, case: tuple[str, str]):
    path, end = case
    hosts = [f"private:{here.host}"]
    assert ask_caged(f"http://{here.host}{path}", roots=[folder], hosts=hosts).end == end
    assert there.asked == []
    assert len(here.asked) <= 4


@pytest.mark.parametrize(("path", "end"), REPLIES)
def test_reply(ask_caged: Ask, here: Web, folder: str, path: str, end: str):
    limits = {"fetch_seconds": 0.5 if "s" in path[:3] else 10, "max_bytes": 5_000_000}
    url = f"http://{here.host}{path}"
    outcome = ask_caged(url, roots=[folder], hosts=[f"private:{here.host}"], limits=limits)
    assert outcome.end == end


def test_nobody_listens(ask_caged: Ask, folder: str):
    with web({}) as gone:
        host = gone.host
    outcome = ask_caged(f"http://{host}/a.png", roots=[folder], hosts=[f"private:{host}"])
    assert outcome.end == FETCH


@pytest.mark.parametrize("via", ["tool", "ask"])
def test_without_allowed_hosts_nothing_is_even_looked_up(
    ask_caged: Ask, here: Web, folder: str, via: str
):
    for url in (f"http://{here.host}/page.png", "https://images.test/page.png"):
        outcome = ask_caged(url, roots=[folder], via=via)
        assert outcome.end == OUTSIDE
        assert "none is allowed" in outcome.text
        assert outcome.looked_up == []
    assert here.asked == []


def test_ask_fetches_where_its_caller_says_so(ask_caged: Ask, here: Web):
    url = f"http://{here.host}/page.png"
    assert ask_caged(url, via="ask", hosts=[f"private:{here.host}"]).end == "answer"


class TestRebinding:
    """The resolver's second answer is another than its first."""

    def test_the_address_that_was_checked_is_the_one_that_is_asked(
        self, ask_caged: Ask, here: Web, png: bytes, folder: str
    ):
        with web({"/page.png": Page(png)}, address="127.0.0.2", port=here.port) as canary:
            outcome = ask_caged(
                f"http://images.test:{here.port}/page.png",
                roots=[folder],
                hosts=[f"private:images.test:{here.port}"],
                dns={"images.test": [["127.0.0.1"], ["127.0.0.2"]]},
            )
        assert outcome.end == "answer"
        assert outcome.looked_up == ["images.test"]
        assert here.hosts == [f"images.test:{here.port}"]
        assert canary.asked == []

    def test_each_redirect_is_looked_up_and_checked_anew(
        self, ask_caged: Ask, here: Web, folder: str
    ):
        here.pages["/again"] = redirect(f"http://images.test:{here.port}/page.png")
        outcome = ask_caged(
            f"http://images.test:{here.port}/again",
            roots=[folder],
            hosts=[f"private:images.test:{here.port}"],
            dns={"images.test": [["127.0.0.1"], [METADATA]]},
        )
        assert outcome.end == OUTSIDE
        assert here.asked == ["/again"]

    def test_one_bad_address_among_good_ones_is_enough(
        self, ask_caged: Ask, here: Web, folder: str
    ):
        outcome = ask_caged(
            f"http://images.test:{here.port}/page.png",
            roots=[folder],
            hosts=[f"private:images.test:{here.port}"],
            dns={"images.test": [["127.0.0.1", METADATA]]},
        )
        assert outcome.end == OUTSIDE
        assert here.asked == []
