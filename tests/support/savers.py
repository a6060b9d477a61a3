"""LangGraph's durable checkpointers, opened by name, sync and async."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

__all__ = ["async_saver", "saver"]


@contextmanager
def saver(where: str) -> Iterator[BaseCheckpointSaver[str]]:
    """The sync one: of PostgreSQL for a `postgresql:` address, of SQLite for a path."""
    if where.startswith("postgresql:"):
        with PostgresSaver.from_conn_string(where) as postgres:
            postgres.setup()
            yield postgres
    else:
        with SqliteSaver.from_conn_string(where) as sqlite:
            yield sqlite


@asynccontextmanager
async def async_saver(where: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """The async one."""
    if where.startswith("postgresql:"):
        async with AsyncPostgresSaver.from_conn_string(where) as postgres:
            await postgres.setup()
            yield postgres
    else:
        async with AsyncSqliteSaver.from_conn_string(where) as sqlite:
            yield sqlite
