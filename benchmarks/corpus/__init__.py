"""Questions about document pages, with the pages rebuilt from packages and templates."""
