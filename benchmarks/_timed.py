"""What calls take in this process: seconds, CPU, memory. The standard library alone, so that any Python can use it."""

import contextlib
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KILOBYTE = 1024
SELF = Path("/proc/self")


def timed(call: Callable[[], Any], runs: int) -> tuple[list[Any], dict[str, Any]]:
    """What `runs` calls answered, and of each wall seconds and CPU seconds of all threads; the peak over all of them.

    Whatever is imported or compiled on first use is to be so before. `group_peak_mb` is what the calls had beyond what
    was there when they began.
    """
    before = forget_peak()
    answers, seconds, cpu = [], [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        answers.append(call())
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    peak = peak_megabytes()
    return answers, {"seconds": seconds, "cpu": cpu, "peak_mb": peak, "group_peak_mb": peak - before}


def forget_peak() -> float:
    """From here on the peak counts anew, where the system lets it. Megabytes now."""
    with contextlib.suppress(OSError):
        (SELF / "clear_refs").write_text("5")
    return peak_megabytes()


def peak_megabytes() -> float:
    """The most that this process had in memory; unlike `ru_maxrss`, VmHWM has nothing of who started it."""
    try:
        lines = (SELF / "status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / KILOBYTE
