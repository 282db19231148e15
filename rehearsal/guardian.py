"""A process that outlives this one for a moment: it stops the servers and removes the directories that this one left.

`atexit` serves an ordinary end and Ctrl-C; a killed process runs no code any more, but its end of a pipe closes.
"""

import atexit
import contextlib
import subprocess
import sys
import threading
from pathlib import Path

# Reads "+<directory>" and "-<directory>" lines until the writer is gone, then ends what is still there.
_SCRIPT = """
import os, pathlib, shutil, signal, sys, time
held = set()
for line in sys.stdin:
    (held.add if line[0] == "+" else held.discard)(line[1:].rstrip("\\n"))
for directory in map(pathlib.Path, held):
    for pid_file in [*directory.glob("*/postmaster.pid"), *directory.glob("*/mariadb.pid")]:
        try:
            pid = int(pid_file.read_text().split("\\n")[0])
            os.kill(pid, signal.SIGQUIT)
            os.kill(pid, signal.SIGCONT)  # it may stand still while a snapshot is taken of it
            for _ in range(100):
                os.kill(pid, 0)
                time.sleep(0.05)
        except (OSError, ValueError):
            pass
for directory in held:
    shutil.rmtree(directory, ignore_errors=True)
"""

_lock = threading.Lock()
_process: subprocess.Popen[str] | None = None


def watch(directory: Path) -> None:
    """From now on, whatever ends this process also ends the server in the directory and removes the directory."""
    _tell("+", directory)


def release(directory: Path) -> None:
    """The directory is nobody's concern any more."""
    _tell("-", directory)


def _tell(sign: str, directory: Path) -> None:
    global _process  # noqa: PLW0603 - one guardian a process
    with _lock:
        if _process is None:
            _process = subprocess.Popen(
                [sys.executable, "-I", "-c", _SCRIPT],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal reaches the whole foreground group
            )
            atexit.register(_dismiss)
        if _process.stdin is not None:
            _process.stdin.write(f"{sign}{directory}\n")
            _process.stdin.flush()


def _dismiss() -> None:
    if _process is not None and _process.stdin is not None:
        with contextlib.suppress(OSError):
            _process.stdin.close()
        _process.wait()
