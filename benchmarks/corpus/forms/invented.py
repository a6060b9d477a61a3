"""Invented firms, people and places; the telephone numbers and domains are reserved ones."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_FIRST = [
    "Ada",
    "Bruno",
    "Carla",
    "Dmitri",
    "Edith",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Katja",
    "Leon",
    "Mira",
    "Noor",
]
_LAST = [
    "Abelmann",
    "Brockway",
    "Castellan",
    "Dunmore",
    "Ekwall",
    "Farrow",
    "Gilderoy",
    "Hartsel",
    "Iverness",
]
_WORD = [
    "Norvane",
    "Halbrook",
    "Tessaly",
    "Quillmere",
    "Ostravel",
    "Brindle",
    "Larkspur",
    "Zephyrine",
    "Marlow",
]
_TRADE = ["Tools", "Instruments", "Office Supply", "Electrics", "Garden Goods", "Printworks"]
_FORM = ["Ltd", "GmbH", "Inc.", "& Sons", "Cooperative"]
_STREET = ["Mill Lane", "Harbour Street", "Old Quarry Road", "Linden Way", "Foundry Row"]
_TOWN = ["Eastmere", "Port Callow", "Wexling", "Sandhaven", "Ardenfold", "Lower Tarn"]


@dataclass(frozen=True)
class Firm:
    """A firm with its address and the ways to reach it."""

    name: str
    street: str
    town: str
    phone: str
    domain: str

    @property
    def short(self) -> str:
        """The name without its legal form."""
        return " ".join(self.name.split()[:2])

    def mail(self, *, box: str) -> str:
        """Gives an e-mail address of the firm."""
        return f"{box}@{self.domain}"


def source(template: str, *, seed: int) -> Random:
    """Gives the random numbers of one page: the same for the same template and seed."""
    return Random(f"{template}/{seed}")  # noqa: S311 - invents data, keeps no secret


def person(random: Random) -> str:
    """Gives the name of an invented person."""
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"


def firm(random: Random) -> Firm:
    """Gives an invented firm."""
    word, trade = random.choice(_WORD), random.choice(_TRADE)
    return Firm(
        name=f"{word} {trade} {random.choice(_FORM)}",
        street=street(random),
        town=town(random),
        phone=phone(random),
        domain=f"{word.lower()}.example",
    )


def street(random: Random) -> str:
    """Gives a street with a house number."""
    return f"{random.randint(2, 189)} {random.choice(_STREET)}"


def town(random: Random) -> str:
    """Gives a town with its postal code."""
    return f"{random.choice(_TOWN)} {random.choice('ABCEHKLN')}{random.randint(1000, 9899)}"


def phone(random: Random) -> str:
    """Gives a number out of the range that is kept for fiction."""
    return f"+44 20 7946 0{random.randint(100, 999)}"


def code(random: Random, *, prefix: str, digits: int = 6) -> str:
    """Gives a reference such as an invoice number."""
    return f"{prefix}-{random.randint(10 ** (digits - 1), 10**digits - 1)}"


def day(random: Random, *, year: int = 2024) -> date:
    """Gives a day of a year."""
    return date(year, 1, 1) + timedelta(days=random.randint(0, 360))


def long_date(value: date) -> str:
    """Writes a date as in `4 March 2024`."""
    return f"{value.day} {value:%B %Y}"


def money(cents: int) -> str:
    """Writes an amount as in `1,204.50`."""
    return f"{cents // 100:,}.{cents % 100:02d}"
