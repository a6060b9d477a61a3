"""Layouts that thresholds and questions may be tuned on."""

from benchmarks.extraction.development import (
    club_card,
    corner_shop,
    long_order,
    plain_invoice,
)

__all__ = ["LAYOUTS"]

LAYOUTS = {
    "plain_invoice": ("invoice", plain_invoice.draw),
    "long_order": ("invoice", long_order.draw),
    "corner_shop": ("receipt", corner_shop.draw),
    "club_card": ("registration", club_card.draw),
}
