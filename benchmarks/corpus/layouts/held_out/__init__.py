"""Layouts of the held-out split: to report, never to tune on. Look at no single result of it."""

from collections.abc import Callable, Mapping
from random import Random

from benchmarks.corpus.layouts.held_out import (
    certificate,
    claim,
    gazette,
    itinerary,
    league,
    ledger,
    minutes,
    nutrition,
    pump,
    rooms,
    site_plan,
)
from benchmarks.corpus.layouts.paper import Form

__all__ = ["LAYOUTS"]

LAYOUTS: Mapping[str, Callable[[Random], Form]] = {
    "certificate": certificate.draw,
    "claim": claim.draw,
    "gazette": gazette.draw,
    "itinerary": itinerary.draw,
    "league": league.draw,
    "ledger": ledger.draw,
    "minutes": minutes.draw,
    "nutrition": nutrition.draw,
    "pump": pump.draw,
    "rooms": rooms.draw,
    "site-plan": site_plan.draw,
}
