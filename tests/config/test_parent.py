"""A child that follows its parent ends soon after it."""

import os
import subprocess
import sys
import time

CHILD = "import time; from config.parent import follow_parent; follow_parent(); print('up', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys;"
    f"child = subprocess.Popen([sys.executable, '-c', {CHILD!r}]);"
    "print(child.pid, flush=True); child.wait()"
)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 # our own
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "up\n"
        assert is_alive(child)
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 20
        while is_alive(child) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not is_alive(child)
