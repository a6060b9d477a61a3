"""Which hosts images may be fetched from, and which addresses those may have.

Absent on purpose: any reading of an address as a number, in octal or hexadecimal. Names are
compared as text, and what counts is the address that the resolver makes of them.
"""

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

import httpx

from ergo_agent.errors import ImageAccessError, SettingsError

__all__ = ["AllowedHosts", "HostRule", "check_address", "host_of"]

_PRIVATE = "private:"
_PORTS = {"http": 80, "https": 443}
_ALLOWED_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.:")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # NAT64: the last 32 bits are an IPv4 address
_TUNNELLED = ipaddress.ip_network("2002::/16")  # 6to4: it ends wherever the bits in it say
_UNICAST = ipaddress.ip_network("2000::/3")


def _networks(*texts: str) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


_SPECIAL = _networks("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
"""Not for the public, though `is_global` says so, or says so before Python 3.13: 192.0.0.192 is the
metadata service of a cloud."""

_INNER = _networks(
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"
)
"""What `private:` opens. Link-local is not among them: clouds hand out credentials there."""


class HostRule(NamedTuple):
    """One entry of `allowed_hosts`, read."""

    name: str
    """A host's name or address, in lower case; empty for any."""

    below: bool
    """Whether the hosts below that name are meant too."""

    port: int | None
    """None: the scheme's own."""

    private: bool
    """Whether the host may have an address of an inner network."""

    def matches(self, host: str, *, scheme: str, port: int | None) -> bool:
        """Whether a URL's host and port are meant."""
        own = _PORTS[scheme]
        if (port or own) != (self.port or own):
            return False
        named = host == self.name or not self.name
        return named or (self.below and host.endswith(f".{self.name}"))


class AllowedHosts:
    """The hosts that an owner allows images to be fetched from."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        """Read the entries.

        Args:
            entries: Each is a host (`example.org`), a host and all below it (`.example.org`), or
                `*` for any; with `:8443` behind it for another port than the scheme's own, and
                with `private:` before it for a host of an inner network.

        Raises:
            SettingsError: If an entry is none of these.
        """
        if isinstance(entries, str):
            raise SettingsError(
                f"allowed_hosts={entries!r} is one text; give a list, such as [{entries!r}]"
            )
        self._rules = tuple(_rule(entry) for entry in entries)
        self._entries = tuple(entries)

    def __bool__(self) -> bool:
        """Whether any host is allowed."""
        return bool(self._rules)

    def __str__(self) -> str:
        """The entries, as the owner wrote them."""
        return ", ".join(self._entries[:10])

    def rule_for(self, url: httpx.URL) -> HostRule | None:
        """The entry that allows a URL's host, one for a private host first; None without one."""
        host = host_of(url)
        scheme, port = url.scheme, url.port
        found = [rule for rule in self._rules if rule.matches(host, scheme=scheme, port=port)]
        return max(found, key=lambda rule: rule.private, default=None)


def host_of(url: httpx.URL) -> str:
    """The host of a URL as it is compared: ASCII, in lower case, without a dot at the end.

    Raises:
        ImageAccessError: If it has no host, or one with characters that no host has.
    """
    host = url.raw_host.decode("ascii").lower().removesuffix(".")
    if not host or not _ALLOWED_CHARACTERS.issuperset(host):
        raise ImageAccessError(
            f"{ascii(host)[:100]} is no host; give http(s)://host/path of an image"
        )
    try:
        return ipaddress.ip_address(host).compressed
    except ValueError:
        return host


def check_address(text: str, *, rule: HostRule) -> str:
    """An address that a host has, if images may be fetched from it.

    Args:
        text: The address, as the resolver gave it.
        rule: The entry that allows the host.

    Raises:
        ImageAccessError: If it lies in no public network, and in none that the entry opens.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise _not_public() from None
    if _is_public(address) or (rule.private and _is_inner(address)):
        return address.compressed
    raise _not_public()


def _not_public() -> ImageAccessError:
    return ImageAccessError(
        "the host has an address that is not public, so nothing was fetched from it; give an image "
        "on a public host",
        owner="allow this one as private:HOST in allowed_hosts",
    )


def _plain(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 address stands for; any other as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_public(address: _Address) -> bool:
    plain = _plain(address)
    if any(plain in network for network in _SPECIAL):
        return False
    if isinstance(plain, ipaddress.IPv6Address):
        return plain.is_global and plain in _UNICAST and plain not in _TUNNELLED
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def _is_inner(address: _Address) -> bool:
    plain = _plain(address)
    return any(plain in network for network in _INNER)


def _rule(entry: object) -> HostRule:
    """An entry, read.

    Raises:
        SettingsError: If it is none.
    """
    text = entry.strip().lower() if isinstance(entry, str) else ""
    private, rest = text.startswith(_PRIVATE), text.removeprefix(_PRIVATE)
    below = rest.startswith((".", "*"))
    name, port = _name_and_port(rest)
    if name is None or (private and not name) or (below and name[-1:].isdigit()):
        raise SettingsError(
            f"allowed_hosts has {ascii(entry)[:100]}; give example.org, .example.org (all below it "
            "too), * (any public host) or private:example.org, each with :PORT if it is not the "
            "scheme's own"
        )
    return HostRule(name, below and bool(name), port, private)


def _name_and_port(text: str) -> tuple[str | None, int | None]:
    """What an entry names; no name where it cannot be read, an empty one for any host."""
    anything = text == "*" or text.startswith("*:")
    start = f"any{text[1:]}" if anything else text.removeprefix(".")
    try:
        url = httpx.URL(f"http://{start}")
        name = host_of(url)
    except (httpx.InvalidURL, ImageAccessError):
        return None, None
    if url.raw_path != b"/" or url.userinfo or url.fragment or "/" in start:
        return None, None
    return "" if anything else name, url.port
