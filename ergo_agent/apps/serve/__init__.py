"""Serving a policy with vLLM, and finding out whether a server does what an episode needs."""

from ergo_agent.apps.serve.command import ServeOptions, serve_command, serve_environment
from ergo_agent.apps.serve.probe import probe
from ergo_agent.apps.serve.process import Server, start_server
from ergo_agent.apps.serve.report import Finding, ProbeReport

__all__ = [
    "Finding",
    "ProbeReport",
    "ServeOptions",
    "Server",
    "probe",
    "serve_command",
    "serve_environment",
    "start_server",
]
