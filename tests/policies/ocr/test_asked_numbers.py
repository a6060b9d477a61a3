"""What another number names is no candidate."""

import pytest

from ergo_agent.policies.ocr.finder.asked_numbers import without_other_numbers
from ergo_agent.policies.ocr.finder.units import Unit


@pytest.mark.parametrize(
    ("question", "key", "kept"),
    [
        ("What was the revenue in 2025?", "Revenue, 2025", True),
        ("What was the revenue in 2025?", "Revenue, 2024", False),
        ("What was the revenue?", "Revenue, 2024", True),
        ("What was the revenue in 2025?", "Revenue", True),
        ("What is the price of order 89000?", "Order 89850, Price", False),
        ("What does a parcel up to 5 kg cost?", "up to 31.5 kg, Regional", False),
        ("What does a parcel up to 5 kg cost?", "up to 5 kg, Regional", True),
        ("What is the VAT at 23 %?", "VAT 9.0%", False),
        ("What does it say of 3 people?", "Room 12, Seats", True),
    ],
)
def test_what_names_another_number_is_left_out(question: str, key: str, *, kept: bool):
    unit = Unit("cell", "12.65", key, "", ())
    assert (without_other_numbers(question, [unit]) == [unit]) is kept


def test_a_number_in_the_text_itself_is_enough():
    unit = Unit("sentence", "In 2025 it was 4, in 2024 it was 3.", "2024", "", ())
    assert without_other_numbers("What was it in 2025?", [unit]) == [unit]


@pytest.mark.parametrize(("year", "kept"), [("2022", True), ("2019", False)])
def test_a_row_whose_columns_are_other_years_is_left_out(year: str, *, kept: bool):
    text, columns = "Complaints 63 141 781", "2021 2022 2023"
    unit = Unit("row", text, "", f"{columns} 4.2 Figures", (), header=columns)
    asked = f"How many complaints were there in {year}?"
    assert (without_other_numbers(asked, [unit]) == [unit]) is kept
