"""Invented people, places and firms of the held-out split."""

from random import Random

__all__ = ["date", "full_name", "house", "street", "town"]

_GIVEN = (
    "Tomas Yvette Osric Paloma Rurik Saskia Tobiah Ulrika Vance Wilma Xenia Zoltan Agnes".split()
)
_FAMILY = (
    "Quarles Rasmussen Stanhope Tolliver Underhay Vasquez Wetherby Yardley Zeller Amory".split()
)
_TOWN = "Dunmarsh,Elverton,Port Sable,Kettering Moor,Ravnsund,Ostwick,Marrow Hill,Tyne Abbey".split(
    ","
)
_STREET = "Weavers Close,Beacon Avenue,Station Parade,Cooper Street,Lime Walk,Sexton Lane".split(
    ","
)
_HOUSE = "Calloway,Fenwick,Gullane,Hathersage,Ironbridge,Jarrow,Knaresby,Lochinver".split(",")
_MONTH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def full_name(random: Random) -> str:
    """A person."""
    return f"{random.choice(_GIVEN)} {random.choice(_FAMILY)}"


def town(random: Random) -> str:
    """A town."""
    return random.choice(_TOWN)


def street(random: Random) -> str:
    """A street with its number behind it."""
    return f"{random.choice(_STREET)} {random.randint(2, 97)}"


def house(random: Random) -> str:
    """The first word of a firm's name."""
    return random.choice(_HOUSE)


def date(random: Random, *, year: int = 2026) -> str:
    """A day as in 09 Jul 2026."""
    return f"{random.randint(1, 28):02d} {random.choice(_MONTH)} {year}"
