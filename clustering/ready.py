"""The embedding model for a process that serves pages: never waited for, and not in its memory.

It runs beside, in a process of its own: to load it takes many seconds, in which requests of the same process would be
answered slowly, and it takes 500 MB.
"""

import base64
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from clustering.engine.embed import Embedder, EmbedderBroken, Vectors, from_bytes
from clustering.engine.serving import UNREADABLE
from clustering.queries import model_name
from common.background import beside, is_under_way

# Who types waits no longer than this.
PATIENCE_S = 0.12
LOADED_WITHIN_S = 180
TRY_AGAIN_AFTER_S = 300


class ModelBeside:
    """The model in a process beside this one. It ends with this one, for nobody writes to it any more."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "clustering.engine.serving", name],
            cwd=settings.BASE_DIR,
            # For one short text, threads that wait for each other are three times slower on a busy machine.
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="model")

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def embed(self, texts: Sequence[str], patience: float = PATIENCE_S) -> Vectors:
        """One row per text: float32, unit length. Raises EmbedderBroken, also where it takes longer than `patience`."""
        asked = self._asking.submit(self._ask, texts)
        try:
            return asked.result(patience)
        except TimeoutError as error:
            asked.cancel()
            raise EmbedderBroken(f"The embedding model {self.name} took too long.") from error
        except (OSError, ValueError) as error:
            raise EmbedderBroken(f"The embedding model {self.name} does not answer: {error}") from error

    def _ask(self, texts: Sequence[str]) -> Vectors:
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("it has no ears")
        self._process.stdin.writelines(f"{json.dumps(text)}\n" for text in texts)
        self._process.stdin.flush()
        lines = [self._process.stdout.readline() for _ in texts]
        if not all(lines) or f"{UNREADABLE}\n" in lines:
            raise ValueError("it cannot read this" if all(lines) else "it has ended")
        return from_bytes([base64.b64decode(line) for line in lines])

    def end(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.wait()
        self._asking.shutdown(wait=False)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


_loaded: dict[str, Embedder] = {}
_failed: dict[str, float] = {}  # when, by the model's name


def ready_embedder() -> Embedder | None:
    """The model in use, if it is at hand; None while it is being loaded, and where it does not work."""
    name = model_name()
    embedder = _loaded.get(name)
    if isinstance(embedder, ModelBeside) and not embedder.is_alive:
        _failed[name] = time.monotonic()
        # Another thread may have seen it at the same time: whoever takes it out closes its pipes.
        if _loaded.pop(name, None) is not None:
            embedder.end()
        return None
    if embedder is None and time.monotonic() - _failed.get(name, -TRY_AGAIN_AFTER_S) >= TRY_AGAIN_AFTER_S:
        beside(("embedder", name), lambda: _load(name))
    return embedder


def is_coming() -> bool:
    """Whether the model is being loaded."""
    return is_under_way(("embedder", model_name()))


def _load(name: str) -> None:
    model = ModelBeside(name)
    try:
        model.embed(["The first text takes far longer than those that follow."], LOADED_WITHIN_S)
    except EmbedderBroken:
        _failed[name] = time.monotonic()
        model.end()
        raise
    _loaded[name] = model
