"""Invented names, numbers and filler: what documents are about, and what they say besides."""

from random import Random

__all__ = ["code", "date", "filler", "firm", "money", "person", "place"]

_GIVEN = [
    "Adela",
    "Bruno",
    "Celia",
    "Dario",
    "Edda",
    "Florin",
    "Greta",
    "Hanno",
    "Irma",
    "Jonas",
    "Kaja",
    "Linus",
    "Mona",
    "Nils",
    "Olga",
    "Pavel",
    "Rieke",
    "Sven",
    "Tilda",
    "Urban",
    "Vera",
    "Walter",
    "Xaver",
    "Yara",
    "Zeno",
]
_FAMILY = [
    "Abendroth",
    "Birkin",
    "Castell",
    "Dorne",
    "Eversley",
    "Falk",
    "Gresham",
    "Holm",
    "Ingram",
    "Jessup",
    "Kestrel",
    "Lindgren",
    "Mayhew",
    "Norrby",
    "Oakes",
    "Prentice",
    "Quint",
    "Rowley",
    "Sandahl",
    "Thorne",
    "Ullman",
    "Voss",
    "Whitlock",
    "Yates",
]
_PLACE = [
    "Alderney Quay",
    "Brackenfield",
    "Corve Bridge",
    "Dunholme",
    "Eastwater",
    "Fenny Stowe",
    "Garsdale",
    "Holt Green",
    "Inchmoor",
    "Kelby",
    "Larkrise",
    "Marsh End",
    "Northcote",
    "Oxley",
    "Penhallow",
    "Rushbrook",
    "Saltby",
    "Thornwick",
]
_FIRM = [
    "Arden",
    "Beacon",
    "Cobalt",
    "Delphi",
    "Ember",
    "Fulmar",
    "Gantry",
    "Halcyon",
    "Isis",
    "Juniper",
    "Kelvin",
    "Larkfield",
    "Meridian",
    "Nimbus",
    "Osprey",
    "Pinnacle",
    "Quarry",
    "Rowan",
    "Sterling",
    "Tamar",
]
_KIND = [
    "Engineering",
    "Instruments",
    "Trading",
    "Works",
    "Supplies",
    "Services",
    "Foods",
    "Logistics",
]
_MONTH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_WHO = ("the staff", "the members", "the inspectors", "both sides", "the owners", "the visitors")
_DID = (
    "went through the list once more and found nothing to add",
    "agreed that the matter had been dealt with well enough",
    "asked for a summary that could be read in a few minutes",
    "pointed out that the weather had been kinder than the year before",
    "thanked everyone who had helped with the preparations",
    "saw no reason to depart from what had always been done",
    "preferred to wait until the other papers had arrived",
    "took the view that a short note on the board would do",
)
_WHAT = ("the corridor", "the old store", "the yard", "the reading room", "the loading bay")
_STATE = (
    "is kept clear at all times",
    "was swept and aired as usual",
    "looks much as it did before",
    "has been given a fresh coat of paint",
    "is to be entered by the side door only",
    "serves as a place to wait when it rains",
)
_REMARK = (
    "Nothing else of note came up in this connection.",
    "The usual care is enough, and no special tools are called for.",
    "Further remarks can be found in the other parts of this document.",
    "Experience shows that patience saves more trouble than haste.",
    "Where there is doubt, somebody who knows the place should be asked.",
    "This does not change what was said in the introduction.",
    "Small differences from the picture are of no importance.",
    "It helps to go through the steps in the order in which they are given.",
)


def person(random: Random) -> str:
    """A person."""
    return f"{random.choice(_GIVEN)} {random.choice(_FAMILY)}"


def place(random: Random) -> str:
    """A town or village."""
    return random.choice(_PLACE)


def firm(random: Random) -> str:
    """A firm."""
    return f"{random.choice(_FIRM)} {random.choice(_KIND)}"


def date(random: Random, *, year: int) -> str:
    """A day as it is written out."""
    return f"{random.randint(1, 28)} {random.choice(_MONTH)} {year}"


def money(random: Random, low: int, high: int) -> str:
    """A round sum."""
    return f"{10 * random.randint(low // 10, high // 10):,} euros"


def code(random: Random) -> str:
    """An order number."""
    letters = "".join(random.choice("ABCDEFGHKLMNPRSTUVWX") for _ in range(2))
    return f"{letters}-{random.randint(1000, 9999)}"


def filler(random: Random) -> str:
    """A sentence that answers no question."""
    form = random.randrange(4)
    if form == 0:
        return f"{random.choice(_WHO).capitalize()} {random.choice(_DID)}."
    if form == 1:
        return f"{random.choice(_WHAT).capitalize()} {random.choice(_STATE)}."
    if form == 2:
        who = f"{person(random)} of {place(random)}"
        return f"{who} {random.choice(_DID)}."
    return random.choice(_REMARK)
