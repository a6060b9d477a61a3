"""Who is let in, and what is refused before anything else is done."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.local_page import PAGE, Browser, page_server
from tests.support.scripted import scripted

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    root = tmp_path_factory.mktemp("root")
    (root / "page.png").write_bytes(PAGE.read_bytes())
    with page_server(root=root, policy=scripted("<answer>ok</answer>")) as browser:
        yield browser


def stranger(browser: Browser) -> httpx.Client:
    """A client without the cookie."""
    return httpx.Client(base_url=browser.base_url)


def calls() -> list[tuple[str, str]]:
    digest = "sha256:" + "0" * 64
    return [
        ("GET", "/api/setup"),
        ("GET", "/api/files"),
        ("POST", "/api/images"),
        ("GET", f"/api/images/{digest}/1"),
        ("GET", f"/api/images/{digest}/1/picture?side=100"),
        ("GET", "/api/runs"),
        ("POST", "/api/runs"),
        ("GET", "/api/runs/x/events"),
        ("DELETE", "/api/runs/x"),
        ("POST", "/api/runs/x/forks"),
        ("GET", "/api/runs/x/report"),
        ("GET", f"/api/views/{digest}"),
        ("GET", "/api/nothing"),
        ("GET", "/%61pi/setup"),
    ]


def test_the_token_is_exchanged_for_a_cookie(browser: Browser):
    with stranger(browser) as client:
        assert client.get("/").status_code == 403
        assert client.get("/?token=wrong").status_code == 403
        assert client.get("/?token=").status_code == 403
        assert not client.cookies
        answer = client.get(browser.entrance)
        assert answer.status_code == 200
        assert 'content="0; url=/"' in answer.text
        assert "token" not in answer.text
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/api/setup").status_code == 200


@pytest.mark.parametrize(("method", "path"), calls())
def test_without_the_cookie_every_call_is_refused(browser: Browser, method: str, path: str):
    headers = {"content-type": "application/json"}
    name = next(iter(browser.cookies))
    with stranger(browser) as client:
        for cookies in ({}, {name: "wrong"}, {name: ""}, {"other": browser.cookies[name]}):
            client.cookies.clear()
            client.cookies.update(cookies)
            answer = client.request(method, path, headers=headers, content="{}")
            assert answer.status_code == 403
            assert "open the URL that was printed" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), [*calls(), ("GET", "/"), ("GET", "/page/index.html")])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", "::1"])
def test_another_name_for_this_machine_is_refused(
    browser: Browser, method: str, path: str, host: str
):
    headers = {"host": host.format(port=browser.base_url.port), "content-type": "application/json"}
    answer = browser.request(method, path, headers=headers, content="{}")
    assert answer.status_code == 403
    assert "not the page's address" in answer.json()["error"]


def test_localhost_is_a_name_for_it(browser: Browser):
    headers = {"host": f"localhost:{browser.base_url.port}"}
    assert browser.get("/api/setup", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "https://{own}"],
)
def test_a_page_of_another_origin_changes_nothing(browser: Browser, origin: str):
    own = f"127.0.0.1:{browser.base_url.port}"
    headers = {"origin": origin.format(own=own), "content-type": "application/json"}
    for method, path in calls():
        if method != "GET":
            answer = browser.request(method, path, headers=headers, content="{}")
            assert answer.status_code == 403
            assert "are not answered" in answer.json()["error"]
    headers["origin"] = f"http://{own}"
    assert browser.delete("/api/runs/x", headers=headers).status_code == 404  # let through


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)],
)
def test_nor_does_it_read_anything(browser: Browser, site: str, status: int):
    """A cookie of 127.0.0.1 is sent to all its ports: a page on another one is `same-site`."""
    assert browser.get("/api/setup", headers={"sec-fetch-site": site}).status_code == status


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "", None])
def test_what_a_form_can_send_is_refused(browser: Browser, kind: str | None):
    for path in ("/api/images", "/api/runs", "/api/runs/x/forks"):
        request = browser.build_request("POST", path, content=b"{}")
        if kind is not None:
            request.headers["content-type"] = kind
        answer = browser.send(request)
        assert answer.status_code == 415
        assert "application/json or application/octet-stream" in answer.json()["error"]


@pytest.mark.parametrize(
    "path", ["/", "/page/absent.js", "/api/setup", "/api/nothing", "/?token=wrong"]
)
def test_every_answer_says_what_browsers_are_to_forbid(browser: Browser, path: str):
    answer = browser.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    if path.startswith("/api"):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["../serving.py", "%2e%2e/serving.py", "..%2fserving.py", "", "x", ".html", "a/b.js"]
)
def test_only_the_pages_own_files_are_served(browser: Browser, name: str):
    answer = browser.get(f"/page/{name}")
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[" * 100_000, 400), (b"[]", 422), (b'"x"', 422), (b"\xff", 400)],
)
def test_a_body_that_is_no_question(browser: Browser, body: bytes, status: int):
    answer = browser.post("/api/runs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_question_may_not_be_endless(browser: Browser):
    body = json.dumps({"image": "x", "question": "x" * 300_000})
    headers = {"content-type": "application/json"}

    def pieces() -> Iterator[bytes]:
        yield from (body[at : at + 50_000].encode() for at in range(0, len(body), 50_000))

    for content in (body, pieces()):
        answer = browser.post("/api/runs", content=content, headers=headers)
        assert answer.status_code == 413
        assert "200,000" in answer.json()["error"]


def test_two_servers_do_not_take_each_others_cookies(browser: Browser, tmp_path: Path):
    with page_server(root=tmp_path, policy=scripted("x")) as other:
        other.cookies.update(browser.cookies)
        assert other.get("/api/setup").status_code == 200
        other.cookies.clear()
        other.cookies.update(browser.cookies)
        assert other.get("/api/setup").status_code == 403
