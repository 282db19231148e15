"""Lambda functions as AWS runs them: the archive alone in a folder, AWS's runtime client, the deployed environment, the role's keys."""

import importlib.util
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.credentials import Caller, Keys
from rehearsal.errors import AwsError
from rehearsal.places import Host
from rehearsal.runtime_api import Invocation, Outcome, RuntimeApi

# What AWS's Python runtime brings along beside the standard library, as far as it is needed to run a function at all.
RUNTIME_MODULES = ("awslambdaric", "runtime_client", "snapshot_restore_py", "simplejson")

IssueKeys = Callable[
    [str, str, Callable[[], None]], Keys
]  # (role, on whose behalf, how to end the process) -> its keys


@dataclass(frozen=True)
class Function:
    """A deployed function. `files` maps a place in the archive to its content, or to a file or folder that holds it."""

    name: str
    files: Mapping[str, bytes | Path]
    handler: str
    role_arn: str
    environment: Mapping[str, str]
    timeout_seconds: float
    arn: str
    version: str = "1"
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)


class Lambdas:
    """The functions of the account, one warm process each."""

    def __init__(self, host: Host, issue_keys: IssueKeys) -> None:
        self._host, self._issue_keys = host, issue_keys
        self._functions: dict[str, Function] = {}
        self._processes: dict[str, Process] = {}
        self._logs: dict[str, list[str]] = {}
        self._runtime = _runtime_folder(host.root)

    def create(
        self,
        name: str,
        files: Mapping[str, bytes | Path],
        *,
        handler: str,
        role_arn: str,
        environment: Mapping[str, str],
        timeout_seconds: float = 60,
    ) -> str:
        """Deploy a function; its ARN."""
        arn = f"arn:aws:lambda:{self._host.region}:{self._host.account}:function:{name}"
        self._functions[name] = Function(name, files, handler, role_arn, dict(environment), timeout_seconds, arn)
        return arn

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Answer Invoke. Raises: AwsError."""
        if operation != "Invoke":
            raise AwsError(
                "InvalidParameterValueException", f"the rehearsal's Lambda knows Invoke only, not {operation}"
            )
        if parameters.get("InvocationType", "RequestResponse") != "RequestResponse":
            raise AwsError(
                "InvalidParameterValueException", "the rehearsal's Lambda answers RequestResponse invocations only"
            )
        function = self._named(str(parameters["FunctionName"]), parameters.get("Qualifier"), caller)
        outcome = self.invoke(function, bytes(parameters.get("Payload") or b"{}"))
        answer: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": function.version, "Payload": outcome.body}
        return answer | ({"FunctionError": "Unhandled"} if outcome.failed else {})

    def invoke(self, function: Function, event: bytes) -> Outcome:
        """Run the function on the event, in its warm process or a new one."""
        with function.lock:
            process = self._processes.get(function.name)
            if process is None or not process.alive:
                process = self._start(function)
            outcome = process.invoke(event)
            self._logs.setdefault(function.name, []).append(process.new_log_text())
            return outcome

    def logs(self, name: str) -> str:
        """Everything the function wrote, over all its processes."""
        return "".join(self._logs.get(name, []))

    def close(self) -> None:
        """End every process and remove its folder."""
        for process in self._processes.values():
            process.close()
        shutil.rmtree(self._runtime, ignore_errors=True)

    def _named(self, name: str, qualifier: str | None, caller: Caller) -> Function:
        short = re.sub(r"^(arn:aws:lambda:[^:]+:\d+:function:)", "", name)
        short, _, in_name = short.partition(":")
        function = self._functions.get(short)
        wanted = qualifier or in_name or "$LATEST"
        if function is None or caller.account != self._host.account or wanted not in ("$LATEST", function.version):
            raise AwsError("ResourceNotFoundException", f"Function not found: {name}", 404)
        return function

    def _start(self, function: Function) -> "Process":
        if old := self._processes.pop(function.name, None):
            old.close()
        process = Process(function, self._host, self._runtime, self._issue_keys)
        self._processes[function.name] = process
        return process


class Process:
    """One execution environment of a function."""

    def __init__(self, function: Function, host: Host, runtime: Path, issue_keys: IssueKeys) -> None:
        keys = issue_keys(function.role_arn, function.arn, self.kill)
        self._function = function
        self._folder = Path(tempfile.mkdtemp(prefix=f"lambda-{function.name}-", dir=host.root))
        task = self._folder / "task"
        _unpack(function.files, task)
        self._api = RuntimeApi(function.arn)
        self._log = (self._folder / "log").open("w+b")
        self._log_position = 0
        environment = _environment(function, task, runtime, host) | keys.environment()
        environment |= {"AWS_LAMBDA_RUNTIME_API": self._api.address}
        # -S: nothing of the interpreter's own site-packages, the archive has to bring what it needs.
        command = [sys.executable, "-S", "-m", "awslambdaric", function.handler]
        self._process = subprocess.Popen(command, cwd=task, env=environment, stdout=self._log, stderr=subprocess.STDOUT)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def alive(self) -> bool:
        """Whether the process can take another event."""
        return self._process.poll() is None

    def invoke(self, event: bytes) -> Outcome:
        """The function's outcome for one event, or what the service says of a process that hangs or ends."""
        seconds = self._function.timeout_seconds
        invocation = Invocation(event, seconds)
        self._api.put(invocation)
        try:
            return invocation.outcome.get(timeout=seconds)
        except queue.Empty:
            self.kill()
            return Outcome.error(
                "Sandbox.Timedout",
                f"RequestId: {invocation.request_id} Error: Task timed out after {seconds:.2f} seconds",
            )

    def new_log_text(self) -> str:
        """What the process wrote since the last time."""
        self._log.seek(self._log_position)
        text = self._log.read()
        self._log_position += len(text)
        return text.decode(errors="replace")

    def kill(self) -> None:
        """End the process where it stands."""
        self._process.kill()

    def close(self) -> None:
        """End the process and remove its folder."""
        self.kill()
        self._watcher.join()
        self._api.close()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _watch(self) -> None:
        code = self._process.wait()
        status = f"exit status {code}" if code >= 0 else f"signal: {-code}"
        self._api.break_down(Outcome.error("Runtime.ExitError", f"Error: Runtime exited with error: {status}"))


def _environment(function: Function, task: Path, runtime: Path, host: Host) -> dict[str, str]:
    return {
        **function.environment,
        "_HANDLER": function.handler,
        "AWS_DEFAULT_REGION": host.region,
        "AWS_ENDPOINT_URL": host.endpoint_url,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_REGION": host.region,
        "LAMBDA_TASK_ROOT": str(task),
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{task}:{runtime}",
        "TZ": ":UTC",
    }


def _unpack(files: Mapping[str, bytes | Path], folder: Path) -> None:
    folder.mkdir()
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        elif content.is_dir():
            target.symlink_to(content.resolve(), target_is_directory=True)  # boto3's 25 MB need no copy
        else:
            shutil.copyfile(content, target)


def _runtime_folder(root: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="lambda-runtime-", dir=root))
    for name in RUNTIME_MODULES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name} is missing: install rehearsal/requirements.txt")
        origin = Path(spec.origin)
        place = origin.parent if spec.submodule_search_locations else origin
        (folder / place.name).symlink_to(place)
    return folder
