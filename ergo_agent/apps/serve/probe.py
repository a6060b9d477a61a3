"""Finding out, before the first episode, whether a server does what an episode needs of it.

Everything is found out by asking: a server that ignores a parameter, or resizes an image, does not
say so.
"""

import re
import secrets
from collections.abc import Sequence
from typing import Any

import httpx

from ergo_agent.apps.serve.client import ProbeClient, Reply, RequestRefusedError, image_block
from ergo_agent.apps.serve.needs import context_needed, images_needed
from ergo_agent.apps.serve.report import IMAGE_TOKENS, Finding, ProbeReport
from ergo_agent.dialects import Dialect, choose_dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.images import bare_url
from ergo_agent.views.geometry import Size

__all__ = ["probe"]

_ORIGINALS = (
    Size(4000, 3000),
    Size(3000, 4000),
    Size(8000, 400),
    Size(300, 9000),
    Size(1003, 1001),
    Size(90, 61),
)
"""Originals, in pixels, whose coarse views are sent: upright, lying, long and thin, odd, tiny."""

_PATTERN = r"zq[0-9]{4}x"
"""Nothing that a model would say by itself."""

_REPEATED = "The quick brown fox jumps over the lazy dog. " * 40
"""About 400 tokens in any vocabulary; a server caches whole blocks of 16 to 128."""


def probe(  # noqa: PLR0913  # all but the first are keyword-only
    base_url: str,
    *,
    model: str | None = None,
    api_key: str | None = None,
    settings: VisionSettings | None = None,
    dialect: Dialect | str = "auto",
    timeout: float = 60.0,
) -> ProbeReport:
    """Ask a server for all that episodes with these settings rely on; blocking.

    Args:
        base_url: Of the OpenAI-compatible server, as in `http://127.0.0.1:8000/v1`.
        model: The model's served name; the server's first when left out.
        api_key: The server's key, if it wants one.
        settings: The largest episode; the defaults when left out.
        dialect: How the model is going to be asked; by its name when left out.
        timeout: Seconds that one request may take.

    Returns:
        What was found. A server that cannot be reached is a finding, not an error.
    """
    needs = VisionSettings() if settings is None else settings
    with ProbeClient(base_url, api_key=api_key, timeout=timeout) as client:
        report = ProbeReport(base_url=bare_url(base_url), model=model)
        try:
            entries = client.models()
        except (RequestRefusedError, httpx.HTTPError, httpx.InvalidURL) as error:
            return report.model_copy(update={"findings": (_down(base_url, error),)})
        names = tuple(str(entry["id"]) for entry in entries)
        chosen = model or (names[0] if names else None)
        served = _served(chosen, names)
        report = ProbeReport(
            base_url=bare_url(base_url), model=chosen, models=names, findings=(served,)
        )
        if chosen is None or not served.ok:
            return report
        rule = choose_dialect(dialect, model=chosen).token_rule
        return _Probe(client, chosen, Terms(needs, rule)).run(report, entries)


class _Probe:
    """The checks of one model."""

    def __init__(self, client: ProbeClient, model: str, terms: Terms) -> None:
        self._client, self._model, self._terms = client, model, terms
        self._rule = terms.rule

    def run(self, report: ProbeReport, entries: Sequence[dict[str, Any]]) -> ProbeReport:
        """Run all checks; one that fails on the way is a finding, and the others still run."""
        length = next((e.get("max_model_len") for e in entries if e["id"] == self._model), None)
        findings = [self._context(length)]
        for name, check in (
            ("images", self._images),
            (IMAGE_TOKENS, self._image_tokens),
            ("prefix cache", self._prefix_cache),
            ("structured output", self._structured_output),
        ):
            try:
                findings.append(check(name))
            except (RequestRefusedError, httpx.HTTPError) as error:
                findings.append(Finding(name=name, ok=False, found=_words(error)))
        return report.model_copy(
            update={"context_length": length, "findings": (*report.findings, *findings)}
        )

    def _context(self, length: object) -> Finding:
        needed = context_needed(self._terms)
        name = "context length"
        if not isinstance(length, int):
            return Finding(name=name, ok=None, found=f"not told; episodes need up to {needed:,}")
        return Finding(
            name=name,
            ok=length >= needed,
            found=f"{length:,} tokens; the longest episode needs {needed:,}",
            advice="serve it with a larger --max-model-len, or ask with fewer vision tokens",
            needed=False,  # most episodes are shorter; one that is not is told so
        )

    def _images(self, name: str) -> Finding:
        """Send as many of the smallest images as the deepest episode holds."""
        count = images_needed(self._terms)
        smallest = self._rule.fit(Size(56, 56), max_tokens=self._rule.min_tokens)
        advice = f"serve it with --limit-mm-per-prompt '{{\"image\":{count}}}', or zoom less"
        try:
            self._ask([image_block(smallest, shade=shade) for shade in range(count)])
        except RequestRefusedError as error:
            found = f"{count} in one conversation are refused ({error})"
            return Finding(name=name, ok=False, found=found, advice=advice)
        return Finding(name=name, ok=True, found=f"{count} in one conversation are taken")

    def _image_tokens(self, name: str) -> Finding:
        """Compare what views cost with what the token rule predicts.

        What surrounds an image costs the same for each, so the difference to the smallest view has
        to be the predicted one.
        """
        budget = self._terms.settings.view_budget
        sizes = dict.fromkeys(self._rule.fit(size, max_tokens=budget) for size in _ORIGINALS)
        smallest = self._rule.fit(Size(56, 56), max_tokens=self._rule.min_tokens)
        around = self._cost(smallest) - self._rule.tokens(smallest)
        wrong: list[str] = []
        for size in sizes:
            reported, predicted = self._cost(size) - around, self._rule.tokens(size)
            if reported != predicted:
                wrong.append(f"{size.width}x{size.height} costs {reported}, not {predicted}")
        if wrong:
            return Finding(
                name=name,
                ok=False,
                found=f"the server resizes what it is sent: {'; '.join(wrong)}",
                advice="every box would be off; serve it with ergo-agent serve and the same "
                "--budget, use the dialect of its model family, or allow it knowingly",
            )
        return Finding(name=name, ok=True, found=f"as predicted for all of {len(sizes)} sizes")

    def _prefix_cache(self, name: str) -> Finding:
        """Send one new prompt twice and look how much of it was cached."""
        prompt = f"{secrets.token_hex(8)} {_REPEATED}"
        first = self._ask(prompt)
        second = self._ask(prompt)
        cached = second.cached_tokens
        flags = "--enable-prefix-caching --enable-prompt-tokens-details"
        if cached is None:
            found = "not told; later turns may cost as much as all before them"
            return Finding(name=name, ok=None, found=found, advice=f"with vLLM, use {flags}")
        return Finding(
            name=name,
            ok=cached > (first.cached_tokens or 0),
            found=f"{cached} of {second.prompt_tokens} tokens of a repeated prompt are cached",
            advice=f"serve it with {flags}",
            needed=False,
        )

    def _structured_output(self, name: str) -> Finding:
        """Ask for what no model says by itself."""
        text = self._ask("Say hello.", max_tokens=16, structured_outputs={"regex": _PATTERN}).text
        enforced = re.fullmatch(_PATTERN, text.strip()) is not None
        return Finding(
            name=name,
            ok=enforced,
            found="a regular expression is enforced" if enforced else f"ignored: {text[:40]!r}",
            advice="boxes are read tolerantly instead; for vLLM, use 0.11 or newer",
            needed=False,
        )

    def _cost(self, shown: Size) -> int:
        """Prompt tokens of a view of this size, with the same words as every other."""
        return self._ask([image_block(shown), {"type": "text", "text": "?"}]).prompt_tokens

    def _ask(self, content: str | list[dict[str, Any]], **more: Any) -> Reply:
        return self._client.ask(self._model, content, **more)


def _down(base_url: str, error: Exception) -> Finding:
    return Finding(
        name="server",
        ok=False,
        found=f"{bare_url(base_url)} does not list its models: {_words(error)}",
        advice="start one with ergo-agent serve, or give its address as --base-url, with /v1",
    )


def _served(model: str | None, names: Sequence[str]) -> Finding:
    listed = ", ".join(names) or "nothing"
    return Finding(
        name="model",
        ok=model in names,
        found=f"{model} is served" if model in names else f"{model} is not served; {listed} is",
        advice=f"ask for one of: {listed}",
    )


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
