"""Layouts that are reported on, and never tuned on."""

from benchmarks.extraction.held_out import (
    bakery,
    bistro,
    boxed_bill,
    energy_letter,
    hardware,
    kiosk,
    lender_form,
    society_form,
    studio_bill,
)

__all__ = ["LAYOUTS"]

LAYOUTS = {
    "boxed_bill": ("invoice", boxed_bill.draw),
    "bistro": ("receipt", bistro.draw),
    "society_form": ("registration", society_form.draw),
    "studio_bill": ("invoice", studio_bill.draw),
    "kiosk": ("receipt", kiosk.draw),
    "lender_form": ("registration", lender_form.draw),
    "energy_letter": ("invoice", energy_letter.draw),
    "bakery": ("receipt", bakery.draw),
    "hardware": ("invoice", hardware.draw),
}
