"""`python -m ergo_agent.apps.cli`."""

from ergo_agent.apps.cli import main

main()
