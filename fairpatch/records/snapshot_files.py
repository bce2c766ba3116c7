"""How does a snapshot outlive the process, and how is a file that must not be trusted told apart?

One file per database: a line that says what the file is, then the columns as Arrow. It is written beside
itself and renamed, so a reader finds the old one or the new one. It is only a copy: where it is doubtful, the
tables are read again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from fairpatch.records.snapshot import FIGURES, Figures, Positions, Snapshot, ValueColumn

FORMAT = "fairpatch-snapshot/1"
LENGTH_BYTES = 8
ALIGNED = 64
# Names of parts and columns.
ROWS = ""
FIGURE, LAYER, CODES = "figure.", "layer.", "code."


class SnapshotFile:
    """The file of one database. `shape` names everything the columns depend on besides the rows."""

    def __init__(self, folder: Path, database: str, shape: str) -> None:
        self.folder = folder
        self.path = folder / f"{hashlib.blake2b(database.encode(), digest_size=12).hexdigest()}.snapshot"
        self._identity = {"format": FORMAT, "database": database, "shape": shape}

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lets one process at a time build or write; the others wait and then find the file."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def write(self, snapshot: Snapshot, head: dict[str, Any]) -> None:
        """Replaces the file. `head` is handed back by `read`, to be compared with the database."""
        parts = {ROWS: _stream_table(_tabulate(snapshot))}
        for name, column in snapshot.columns.items():
            parts[name] = _stream_table(pa.table({"value": column.values}))
        about = {
            **self._identity,
            "head": head,
            "marks": snapshot.positions.marks,
            "seen": sorted(snapshot.positions.seen),
            "parts": [[name, part.size, zlib.crc32(part)] for name, part in parts.items()],
        }
        said = orjson.dumps(about)
        fresh = self.path.with_suffix(f".{os.getpid()}.part")
        with fresh.open("wb") as handle:
            handle.write(len(said).to_bytes(LENGTH_BYTES, "big"))
            handle.write(said)
            for part in parts.values():
                handle.write(b"\0" * (-handle.tell() % ALIGNED))
                handle.write(part)
        fresh.replace(self.path)

    def read(self) -> tuple[Snapshot, dict[str, Any]] | None:
        """What the file holds; None when there is none, or it is damaged or of something else."""
        try:
            with pa.memory_map(str(self.path)) as source:
                return self._read_parts(source.read_buffer())
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            return None

    def _read_parts(self, whole: pa.Buffer) -> tuple[Snapshot, dict[str, Any]] | None:
        length = int.from_bytes(whole[:LENGTH_BYTES], "big")
        at = LENGTH_BYTES + length
        about = orjson.loads(whole[LENGTH_BYTES:at].to_pybytes())
        if any(about[name] != said for name, said in self._identity.items()):
            return None
        tables: dict[str, pa.Table] = {}
        for name, size, check in about["parts"]:
            at += -at % ALIGNED
            part = whole[at : at + size]
            if part.size != size or zlib.crc32(part) != check:
                return None
            tables[name] = pa.ipc.open_stream(part).read_all()
            at += size
        first, second = about["marks"]
        seen = frozenset((log, key) for log, key in about["seen"])
        return _restore(tables, Positions((first, second), seen)), about["head"]


def _stream_table(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _tabulate(snapshot: Snapshot) -> pa.Table:
    """Everything that has one number per account."""
    columns: dict[str, Any] = {"id": snapshot.ids}
    columns |= {f"{FIGURE}{name}": values for name, values in snapshot.figures.items()}
    for layer, figures in snapshot.layers.items():
        columns |= {f"{LAYER}{layer}.{name}": values for name, values in figures.items()}
    columns |= {f"{CODES}{name}": column.codes for name, column in snapshot.columns.items()}
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def _restore(tables: dict[str, pa.Table], positions: Positions) -> Snapshot:
    table = tables.pop(ROWS)
    rows: dict[str, Any] = {name: _take_whole(table[name]).to_numpy() for name in table.column_names}
    layers: dict[int, dict[str, Figures]] = {}
    for name, values in rows.items():
        if name.startswith(LAYER):
            layer, _, figure = name.removeprefix(LAYER).partition(".")
            layers.setdefault(int(layer), {})[figure] = values
    columns = {
        name: ValueColumn(_take_whole(part["value"]), rows[CODES + name]) for name, part in tables.items()
    }
    figures = {name: rows[FIGURE + name] for name in FIGURES}
    return Snapshot(rows["id"], columns, figures, layers, positions)


def _take_whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
