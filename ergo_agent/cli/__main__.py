"""`python -m ergo_agent.cli`."""

from ergo_agent.cli import main

main()
