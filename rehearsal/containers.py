"""One task's container as a process of this machine, from PROVISIONING to STOPPED."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from rehearsal.clock import Clock
from rehearsal.credentials import Keys
from rehearsal.images import Image
from rehearsal.places import Host

STOP_TIMEOUT_SECONDS = 30  # what ECS leaves a container between SIGTERM and SIGKILL
Json = dict[str, Any]


class Container:
    """A task, and the process behind it."""

    def __init__(self, arn: str, described: Json, clock: Clock, root: Path) -> None:
        self.environment: dict[str, str] = {}
        self._described, self._clock = described, clock
        self._log = root / f"task-{arn.rsplit('/', 1)[-1]}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def start(self, image: Image, definition: Json, override: Json, environment: dict[str, str]) -> None:
        """Start the image's command, as the definition and the override change it."""
        self.environment = environment
        command = [
            *(definition.get("entryPoint") or image.entrypoint),
            *(override.get("command") or definition.get("command") or image.command),
        ]
        if command[0] in ("python", "python3"):
            command[0] = sys.executable
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    command, cwd=image.path("."), env=environment, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
        except OSError as exc:
            self.never_started(f"CannotStartContainerError: {command[0]}: {exc.strerror}")
            return
        self._set(lastStatus="RUNNING", startedAt=self._clock.now())
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()

    def never_started(self, reason: str) -> None:
        """The task stops without its container ever having run: no exit code."""
        now = self._clock.now()
        self._set(
            lastStatus="STOPPED",
            desiredStatus="STOPPED",
            stopCode="TaskFailedToStart",
            stoppedReason=reason,
            stoppedAt=now,
        )
        self._stopped.set()

    def describe(self) -> Json:
        """The task as DescribeTasks shows it."""
        with self._lock:
            return {**self._described, "containers": [dict(item) for item in self._described["containers"]]}

    def stop(self, reason: str) -> None:
        """Ask the process to end; make it end if it does not. A task that has stopped stays as it is."""
        if self._stopped.is_set():
            return
        self._set(desiredStatus="STOPPED", stopCode="UserInitiated", stoppedReason=reason)
        self._signal(signal.SIGTERM)
        threading.Thread(target=self._make_it_end, daemon=True).start()

    def kill(self) -> None:
        """End the process and all it started, at once."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def log_text(self) -> str:
        """What the process wrote so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _make_it_end(self) -> None:
        if not self._stopped.wait(STOP_TIMEOUT_SECONDS):
            self.kill()

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it may end in between
                os.killpg(self._process.pid, number)

    def _set(self, **values: Any) -> None:
        with self._lock:
            self._described.update(values)
            self._described["containers"][0]["lastStatus"] = values.get(
                "lastStatus", self._described.get("lastStatus", "PENDING")
            )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        with self._lock:
            self._described["containers"][0] |= {"lastStatus": "STOPPED", "exitCode": code if code >= 0 else 128 - code}
            self._described.setdefault("stopCode", "EssentialContainerExited")
            self._described.setdefault("stoppedReason", "Essential container in task exited")
            self._described |= {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stoppedAt": self._clock.now()}
        self._stopped.set()


def environment_of(image: Image, definition: Json, override: Json, keys: Keys | None, host: Host) -> dict[str, str]:
    """The variables of the container's process: the image's, the definition's, the override's, and what Fargate adds."""
    given = [*definition.get("environment", []), *override.get("environment", [])]
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        **image.environment,
        **{item["name"]: item["value"] for item in given},
        "AWS_REGION": host.region,
        "AWS_DEFAULT_REGION": host.region,
        "AWS_ENDPOINT_URL": host.endpoint_url,
        **(keys.environment() if keys else {}),
    }
