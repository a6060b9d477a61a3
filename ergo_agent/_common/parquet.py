"""Parquet files, read a few rows at a time, where pyarrow is installed."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ergo_agent.errors import MissingExtraError, SettingsError

__all__ = ["parquet_rows", "pyarrow_for"]

_AT_ONCE = 16
"""Rows that are in memory at once: they may hold pictures."""


def pyarrow_for(feature: str) -> Any:  # noqa: ANN401  # an extra, 80 MB
    """The package that reads and writes parquet files.

    Args:
        feature: What it is for, for the message.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError(feature, extra="parquet") from error
    return pyarrow


def parquet_rows(path: Path, *, columns: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a file as they are read. Blocking.

    Args:
        path: The file.
        columns: Those that are wanted; all when left out. One that the file lacks is passed over.

    Raises:
        MissingExtraError: If pyarrow is not installed.
        SettingsError: If it is no such file, or cannot be read.
    """
    arrow = pyarrow_for("reading a parquet file")
    try:
        with arrow.parquet.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if columns is None or name in columns]
            for batch in file.iter_batches(batch_size=_AT_ONCE, columns=names):
                yield from batch.to_pylist() if names else [{} for _ in range(batch.num_rows)]
    except (OSError, arrow.ArrowException) as error:
        raise SettingsError(
            f"{path} is no parquet file that can be read ({error}); make or get it anew"
        ) from error
