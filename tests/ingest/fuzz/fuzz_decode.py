"""`make fuzz`: coverage-guided fuzzing of everything that reads strangers' bytes, target by target.

Without --target it runs all of them, one process each and two at a time, and prints a line for each.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NoReturn

import atheris
import django

ROOT = Path(__file__).resolve().parents[3]
FAULTS = Path(tempfile.gettempdir()) / "misstep-fuzz"
INPUTS = 100_000
SLOWEST_SECONDS = 20
MOST_MEMORY_MIB = 2048
LONGEST = 16_384
SUMMARY = "SUMMARY"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, help="in total, over all targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", default="", help="only this one, in this process")
    options = parser.parse_args()
    if options.target:
        fuzz(options.target, options.inputs, options.seed)
    names = target_names()
    each = -(-options.inputs // len(names))
    with ThreadPoolExecutor(2) as pool:
        lines = list(pool.map(lambda name: run(name, each, options.seed), names))
    print(f"{'target':<26}{'inputs':>8}{'faults':>8}{'slowest ms':>12}{'peak MiB':>10}{'seconds':>9}")
    for line in lines:
        print("{:<26}{:>8}{:>8}{:>12}{:>10}{:>9}".format(*line))
    faults = sum(int(line[2]) for line in lines)
    print(f"{sum(int(line[1]) for line in lines)} inputs, {faults} faults; inputs that fail are kept in {FAULTS}")
    return 1 if faults else 0


def target_names() -> list[str]:
    django.setup()
    from tests.ingest.fuzz import targets  # noqa: PLC0415 # models exist from here on

    return [target.name for target in targets.TARGETS]


def run(name: str, inputs: int, seed: int) -> tuple[str, ...]:
    """The figures of one target, fuzzed in a process of its own. One that ends without figures is a fault itself."""
    command = [sys.executable, "-m", __spec__.name, "--target", name, "--inputs", str(inputs), "--seed", str(seed)]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 # ourselves
    took = f"{time.monotonic() - started:.0f}"
    found = re.findall(rf"{SUMMARY} (\d+) (\d+) (\d+) (\d+)", done.stdout)
    print(done.stdout if "Traceback" in done.stdout else "", end="", flush=True)
    if not found:
        print(f"{name} ended without figures:\n{done.stdout[-2000:]}{done.stderr[-4000:]}", flush=True)
        return name, "0", "1", "?", "?", took
    return name, *found[-1], took


def fuzz(name: str, inputs: int, seed: int) -> NoReturn:
    """Lets atheris try `inputs` inputs on one target, then ends the process."""
    with atheris.instrument_imports(include=["ingest"]):
        django.setup()
        from tests.ingest.fuzz import targets  # noqa: PLC0415 # what it imports is instrumented
    from tests.ingest.fuzz.seeds import seeds_of  # noqa: PLC0415 # models exist from here on

    target = next(one for one in targets.TARGETS if one.name == name)
    corpus = Path(tempfile.mkdtemp(prefix="misstep-corpus-"))
    for number, sown in enumerate(seeds_of(target.name, is_built=target.make is not None)):
        (corpus / str(number)).write_bytes(sown)
    limits = [f"-max_len={LONGEST}", f"-timeout={SLOWEST_SECONDS}", f"-rss_limit_mb={MOST_MEMORY_MIB}"]
    trial = Trial(name, partial(targets.hostile_bytes, target), target.try_out, inputs)
    atheris.Setup([sys.argv[0], *limits, f"-seed={seed}", str(corpus)], trial.run)
    atheris.Fuzz()
    raise AssertionError("the trial ends the process")


class Trial:
    """One target under fuzz: goes on after a fault, and shows and keeps each kind of fault once."""

    def __init__(
        self, name: str, make: Callable[[bytes], bytes], try_out: Callable[[bytes], object], inputs: int
    ) -> None:
        self.name = re.sub(r"\W+", "-", name)
        self.make = make
        self.try_out = try_out
        self.inputs = inputs
        self.tried = 0
        self.slowest = 0.0
        self.faults: dict[str, int] = {}

    def run(self, data: bytes) -> None:
        hostile = self.make(data)
        started = time.perf_counter()
        try:
            self.try_out(hostile)
        except Exception as error:  # noqa: BLE001 # any exception is the fault that is looked for
            self._note(error, hostile)
        self.slowest = max(self.slowest, time.perf_counter() - started)
        self.tried += 1
        if self.tried >= self.inputs:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(SUMMARY, self.tried, sum(self.faults.values()), round(self.slowest * 1000), peak, flush=True)
            os._exit(0)

    def _note(self, error: Exception, data: bytes) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"
        self.faults[kind] = self.faults.get(kind, 0) + 1
        if self.faults[kind] == 1:
            FAULTS.mkdir(exist_ok=True)
            (FAULTS / f"{self.name}-{kind}").write_bytes(data)
            print(f"{self.name}: {''.join(traceback.format_exception(error))}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
