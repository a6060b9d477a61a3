"""One question about one document: its terms, moves, budget, ledger, record and end."""
