"""Invented people, places and firms of the development split."""

from random import Random

__all__ = ["day", "firm", "person", "phone", "place", "street"]

_FIRST = (
    "Alma Benno Celeste Dario Elin Fergus Gwen Henrik Ilka Joram Kirsti Lamar Maeve Nils".split()
)
_LAST = "Ashdown Birkett Corrigan Dahlberg Enright Fosse Gannon Holloway Ingersoll Juhl".split()
_PLACE = "Hollin Bay,Karsund,Weston Ferry,Aldermoor,Tarrow,Great Pell,Lindvik,Sorrel Cross".split(
    ","
)
_STREET = "Canal Row,Orchard Terrace,Ropewalk,Chapel Hill,Ferry Road,Glebe Street".split(",")
_FIRM = "Pennant,Greyfriars,Silverdale,Oakhanger,Wharfside,Redcliffe,Tamarind,Bluestone".split(",")
_MONTH = (
    "January February March April May June July August September October November December".split()
)


def person(random: Random) -> str:
    """A person."""
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"


def place(random: Random) -> str:
    """A town."""
    return random.choice(_PLACE)


def street(random: Random) -> str:
    """A street with its number."""
    return f"{random.randint(3, 148)} {random.choice(_STREET)}"


def firm(random: Random) -> str:
    """The first word of a firm's name."""
    return random.choice(_FIRM)


def phone(random: Random) -> str:
    """A telephone number of the range kept for fiction."""
    return f"01632 {random.randint(960000, 960999)}"


def day(random: Random, *, year: int = 2025) -> str:
    """A day as in 14 March 2025."""
    return f"{random.randint(1, 28)} {random.choice(_MONTH)} {year}"
