"""How many of the drawn and recorded arrangements that the tests hold are no longer understood."""

import contextlib
import io

import pytest

__all__ = ["Drawn"]


class Drawn:
    """The tests of the layout: tables, columns, labels and headings of many seeds."""

    def score(self) -> dict[str, float]:
        """Tests that fail, and all."""
        told = _Counted()
        with contextlib.redirect_stdout(io.StringIO()):
            pytest.main(["-q", "-p", "no:cacheprovider", "tests/layout"], plugins=[told])
        return {"failing": told.failed, "tests": told.run}


class _Counted:
    """What pytest is handed to count with."""

    def __init__(self) -> None:
        self.run = self.failed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that was called."""
        self.run += report.when == "call"
        self.failed += report.failed
