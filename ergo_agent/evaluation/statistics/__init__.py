"""How sure numbers are: intervals, comparisons of pairs, calibration."""
