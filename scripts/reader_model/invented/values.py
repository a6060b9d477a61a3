"""Invented values of every kind that a page may hold."""

# ruff: noqa: E501, RUF005  # one kind of value a line

from collections.abc import Callable
from random import Random

from scripts.reader_model.invented.words import (
    CHOICES,
    FIRM_ENDS,
    FIRM_WORDS,
    FIRST,
    LAST,
    MONTHS,
    STREETS,
    TOWNS,
)

__all__ = ["amount", "clock", "code", "date", "firm", "person", "value_of"]

_CONSONANTS = "BCDFGHKLMNPRSTVWXZ"


def value_of(kind: str, rng: Random) -> str:
    """A value of a kind that `concepts.txt` names.

    Raises:
        KeyError: No such kind.
    """
    if kind in CHOICES:
        return rng.choice(CHOICES[kind])
    return _MAKERS[kind](rng)


def person(rng: Random) -> str:
    """A person's name in one of the ways in which names are written."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    style = rng.random()
    if style < 0.6:
        return f"{first} {last}"
    if style < 0.75:
        return f"{first[0]}. {last}"
    if style < 0.85:
        return f"{rng.choice(['Ms', 'Mr', 'Dr', 'Mrs'])} {last}"
    return f"{last}, {first}"


def firm(rng: Random) -> str:
    """A firm's name."""
    return f"{rng.choice(FIRM_WORDS)} {rng.choice(FIRM_ENDS)}"


def code(rng: Random) -> str:
    """A number as papers, parts and customers carry it."""
    letters = "".join(rng.choices(_CONSONANTS, k=rng.choice([1, 2, 2, 3])))
    digits = "".join(rng.choices("0123456789", k=rng.choice([3, 4, 5, 6, 8])))
    year = rng.choice(["2024", "2025", "2026", "25", "26"])
    return rng.choice(
        [f"{letters}-{digits}", f"{letters}{digits}", digits, f"{letters}-{year}-{digits}"]
        + [f"{year}/{digits}", f"{letters}-{digits}-{letters[0]}", f"{digits[:3]} {digits}"]
        + [f"{digits}-{rng.randint(1, 99):02}", f"{letters} {digits}", f"{letters}/{digits}"]
    )


def date(rng: Random, *, year: int | None = None) -> str:
    """A day in one of many notations."""
    year = year or rng.randint(2019, 2028)
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    name = MONTHS[month - 1]
    return rng.choice(
        [f"{day} {name} {year}", f"{name} {day}, {year}", f"{year}-{month:02}-{day:02}"]
        + [f"{day:02}.{month:02}.{year}", f"{day:02}/{month:02}/{year}", f"{day} {name[:3]} {year}"]
        + [
            f"{day:02}-{name[:3]}-{year}",
            f"{month:02}/{day:02}/{year % 100:02}",
            f"{day}. {name} {year}",
        ]
    )


def clock(rng: Random) -> str:
    """A time of day."""
    hour, minute = (
        rng.randint(0, 23),
        rng.choice([0, 5, 10, 15, 20, 30, 40, 45, rng.randint(0, 59)]),
    )
    style = rng.random()
    if style < 0.7:
        return f"{hour:02}:{minute:02}"
    if style < 0.85:
        return f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"
    return f"{hour}.{minute:02}" if style < 0.93 else f"{hour} h {minute:02}"


def amount(rng: Random, *, most: float = 9000.0) -> str:
    """A number with two decimals in one of several notations, without currency."""
    number = round(
        rng.choice([rng.uniform(0.5, 20), rng.uniform(10, 400), rng.uniform(100, most)]), 2
    )
    plain = f"{number:,.2f}"
    style = rng.random()
    if style < 0.65:
        return plain
    if style < 0.85:
        return plain.replace(",", " ").replace(".", ",")
    return plain.replace(",", "~").replace(".", ",").replace("~", ".")


def _money(rng: Random) -> str:
    plain = amount(rng)
    sign = rng.choice(["EUR", "€", "$", "£", "CHF", "GBP", "USD"])
    form = rng.random()
    if form < 0.35:
        return plain
    if sign in "€$£":
        return f"{sign}{plain}" if form < 0.7 else f"{plain} {sign}"
    return f"{sign} {plain}" if form < 0.7 else f"{plain} {sign}"


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _phone(rng: Random) -> str:
    head = rng.choice(["+44 20", "+49 30", "0171", "(555)", "01632", "+1 503", "0664", "+353 1"])
    tail = rng.choice([f"{_digits(rng, 3)} {_digits(rng, 4)}", f"{_digits(rng, 7)}"])
    return f"{head} {tail}" if rng.random() < 0.8 else f"{head}-{tail.replace(' ', '-')}"


def _domain(rng: Random) -> str:
    return f"{rng.choice(FIRM_WORDS).lower()}{rng.choice(['.example', '-online.example', '.test'])}"


def _email(rng: Random) -> str:
    local = rng.choice(["info", "office", "help", "service", rng.choice(LAST).lower(), "post"])
    return f"{local}@{_domain(rng)}"


def _iban(rng: Random) -> str:
    plain = f"{rng.choice(['DE', 'AT', 'FR', 'IE', 'NL'])}{_digits(rng, rng.choice([18, 20]))}"
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _plate(rng: Random) -> str:
    first = "".join(rng.choices(_CONSONANTS, k=2))
    return rng.choice(
        [
            f"{first}{_digits(rng, 2)} KLM",
            f"{first}-R {_digits(rng, 3)}",
            f"W-{_digits(rng, 5)}{first[0]}",
        ]
    )


_MAKERS: dict[str, Callable[[Random], str]] = {
    "area": lambda r: f"{r.randint(28, 180)}{r.choice(['', '.5'])} {r.choice(['m²', 'sqm', 'm2'])}",
    "bic": lambda r: "".join(r.choices(_CONSONANTS, k=4)) + r.choice(["DEFF", "ATWW", "FRPP", "IE2D"]),
    "bignum": lambda r: f"{r.randint(1000, 99999)}",
    "bloodp": lambda r: f"{r.randint(100, 165)}/{r.randint(60, 100)}{r.choice(['', ' mmHg'])}",
    "city": lambda r: r.choice(TOWNS),
    "clock": clock,
    "code": code,
    "date": date,
    "datetime": lambda r: f"{date(r)}{r.choice([', ', ' at ', ' '])}{clock(r)}",
    "dims": lambda r: " x ".join(str(r.randint(12, 900)) for _ in range(3)) + r.choice([" mm", " cm", ""]),
    "doctor": lambda r: f"Dr. {r.choice(FIRST)[0]}. {r.choice(LAST)}",
    "dose": lambda r: f"{r.choice([5, 10, 20, 40, 250, 500])} mg {r.choice(['daily', 'twice a day', 'every 8 hours', 'in the evening'])}",
    "duration": lambda r: f"{r.choice([2, 3, 6, 12, 14, 24, 28, 30, 36])} {r.choice(['months', 'days', 'weeks', 'years'])}",
    "duration_min": lambda r: f"{r.choice([5, 10, 15, 20, 25, 35, 40, 50, 90])} {r.choice(['min', 'minutes', 'min.'])}",
    "email": _email,
    "energy": lambda r: f"{r.randint(200, 9000):,} {r.choice(['kWh', 'm³'])}",
    "firm": firm,
    "first": lambda r: r.choice(FIRST),
    "fuse": lambda r: f"{r.choice(['T', 'F', ''])} {r.choice([2, 3.15, 5, 6.3, 10, 16])} A".strip(),
    "gate": lambda r: r.choice([f"{r.randint(1, 24)}", f"{r.choice('ABC')}{r.randint(1, 40)}"]),
    "height": lambda r: r.choice([f"{r.randint(150, 199)} cm", f"1.{r.randint(50, 99)} m"]),
    "iban": _iban,
    "kilo": lambda r: f"{r.choice([r.randint(2, 120), round(r.uniform(1, 90), 1)])} kg",
    "km": lambda r: f"{r.randint(8, 240)}{r.choice([',', ' ', '.', ''])}{r.randint(100, 999)} km",
    "last": lambda r: r.choice(LAST),
    "litre": lambda r: f"{round(r.uniform(0.5, 60), 1)} {r.choice(['l', 'L', 'litres'])}",
    "masked": lambda r: f"{r.choice(['**** **** **** ', 'XXXX-XXXX-XXXX-', 'VISA ****', '************'])}{_digits(r, 4)}",
    "model": lambda r: f"{r.choice(FIRM_WORDS)} {r.choice('ABDKSTX')}{r.randint(2, 990)}{r.choice(['', ' Pro', 'i', '-E'])}",
    "money": _money,
    "noise": lambda r: f"{r.randint(28, 92)} dB{r.choice(['(A)', ''])}",
    "number": lambda r: str(r.choice([r.randint(1, 9), r.randint(2, 60), r.randint(50, 2400)])),
    "percent": lambda r: f"{r.choice([2, 3, 5, 7.5, 10, 12, 15, 19, 20, 4.25])}{r.choice([' %', '%'])}",
    "period": lambda r: f"{date(r, year=2025)} {r.choice(['to', '-', '–'])} {date(r, year=2026)}",
    "person": person,
    "phone": _phone,
    "plate": _plate,
    "postcode": lambda r: r.choice([_digits(r, 5), _digits(r, 4), f"{r.choice('BLKN')}{r.choice('AEN')}{r.randint(1, 9)} {r.randint(1, 9)}QT"]),
    "power": lambda r: f"{r.choice([r.randint(5, 999), r.randint(1, 4) * 500])} {r.choice(['W', 'kW', 'VA'])}",
    "pressure": lambda r: f"{round(r.uniform(0.5, 16), 1)} {r.choice(['bar', 'MPa', 'psi'])}",
    "price_unit": lambda r: f"{r.choice(['0.', '0,'])}{r.randint(18, 49)}{r.randint(0, 99):02} {r.choice(['EUR', '€', '£'])}",
    "pulse": lambda r: f"{r.randint(52, 110)}{r.choice(['', ' bpm', '/min'])}",
    "revision": lambda r: r.choice(["A", "B", "C", "02", "1.3", "D"]),
    "rpm": lambda r: f"{r.randint(3, 60) * 100:,} {r.choice(['rpm', '1/min'])}",
    "scale": lambda r: f"1:{r.choice([1, 2, 5, 10, 20, 50, 100, 250, 500])}",
    "seat": lambda r: f"{r.randint(1, 99)}{r.choice(['', 'A', 'C', 'F'])}",
    "sheet": lambda r: f"{r.randint(1, 4)} {r.choice(['of', '/'])} {r.randint(4, 9)}",
    "street": lambda r: f"{r.randint(1, 140)} {r.choice(STREETS)} {r.choice(['Street', 'Road', 'Lane'])}",
    "temp": lambda r: f"{r.choice([150, 160, 175, 180, 200, 220])} {r.choice(['°C', 'C'])}",
    "temprange": lambda r: f"{r.choice(['-20', '-10', '0', '5', '+5'])} {r.choice(['to', '...', '–'])} {r.randint(30, 70)} °C",
    "train": lambda r: f"{r.choice(['IC', 'RE', 'EC', 'LX', 'Bus', 'S'])} {r.randint(2, 2400)}",
    "url": lambda r: f"{r.choice(['www.', 'https://', ''])}{_domain(r)}{r.choice(['', '/help', '/rules'])}",
    "version": lambda r: f"{r.choice(['', 'v'])}{r.randint(0, 9)}.{r.randint(0, 20)}{r.choice(['', f'.{r.randint(0, 30)}'])}",
    "vin": lambda r: "W" + "".join(r.choices(_CONSONANTS + "0123456789", k=16)),
    "weight": lambda r: f"{r.choice([f'{r.randint(1, 24)},{r.randint(100, 999)}', str(r.randint(12, 980)), f'{r.uniform(1, 90):.1f}'])} kg",
    "year": lambda r: str(r.randint(1994, 2026)),
}  # fmt: skip
