"""Private to the package, without a word of the domain: caches, secrets, sync, foreign text."""
