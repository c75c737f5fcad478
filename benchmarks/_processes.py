"""What processes have used, from /proc, and so only on Linux; and what a database takes on disk."""

import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
KILOBYTE = 1024
PAUSE_SECONDS = 0.1


def family(pid: int) -> list[int]:
    """The process and all that it started, as far as they live."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """User and system time so far of each named process with its children."""
    return {name: sum(_ticks(one) for one in family(pid)) / TICKS for name, pid in pids.items()}


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def forget_peaks(pids: Mapping[str, int]) -> None:
    """From now on the peaks count anew."""
    for pid in pids.values():
        for one in family(pid):
            Path(f"/proc/{one}/clear_refs").write_text("5")


def peak_megabytes(pids: Mapping[str, int]) -> dict[str, list[int]]:
    """The most that each process had in memory at once, the parent first. Shared pages count in each."""
    return {name: [_peak(one) for one in family(pid)] for name, pid in pids.items()}


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // KILOBYTE


def disk_bytes(database: str) -> int:
    """Of a PostgreSQL database by its URL, or of a SQLite file with its log, or of a folder."""
    if "://" in database:
        with psycopg.connect(database, autocommit=True) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            return int(row[0]) if row else 0
    path = Path(database)
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return _sqlite_bytes(path)


def _sqlite_bytes(file: Path) -> int:
    with closing(sqlite3.connect(file, timeout=60)) as database:
        # The first column says whether a reader was in the way: then the log is not yet in the file.
        while database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            time.sleep(PAUSE_SECONDS)
    return sum(part.stat().st_size for part in (file, Path(f"{file}-wal")) if part.exists())
