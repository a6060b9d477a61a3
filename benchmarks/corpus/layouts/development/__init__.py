"""Layouts of the development split: to tune on, never to train on."""

from collections.abc import Callable, Mapping
from random import Random

from benchmarks.corpus.layouts.development import (
    accounts,
    application,
    bulletin,
    dashboard,
    equipment,
    lease,
    notice,
    orders,
    plate,
    rota,
    till,
)
from benchmarks.corpus.layouts.paper import Form

__all__ = ["LAYOUTS"]

LAYOUTS: Mapping[str, Callable[[Random], Form]] = {
    "accounts": accounts.draw,
    "application": application.draw,
    "bulletin": bulletin.draw,
    "dashboard": dashboard.draw,
    "equipment": equipment.draw,
    "lease": lease.draw,
    "notice": notice.draw,
    "orders": orders.draw,
    "plate": plate.draw,
    "rota": rota.draw,
    "till": till.draw,
}
