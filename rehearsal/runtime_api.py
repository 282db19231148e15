"""Lambda's Runtime API for one process: hands it an event, takes its result or its error."""

import json
import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What came of one invocation; `failed` as Lambda's FunctionError says it."""

    body: bytes
    failed: bool = False

    @classmethod
    def error(cls, error_type: str, message: str) -> "Outcome":
        """A failure that the service, not the function, reports."""
        return cls(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), failed=True)


@dataclass
class Invocation:
    """One event on its way, and the place where its outcome arrives."""

    event: bytes
    timeout_seconds: float
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    outcome: "queue.Queue[Outcome]" = field(default_factory=queue.Queue)


class RuntimeApi:
    """Serves one process until it is closed."""

    def __init__(self, function_arn: str) -> None:
        self._function_arn = function_arn
        self._next: queue.Queue[Invocation | None] = queue.Queue()
        self._running: Invocation | None = None
        self._broken: Outcome | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._serving = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._serving.start()

    @property
    def address(self) -> str:
        """`host:port`, as AWS_LAMBDA_RUNTIME_API says it."""
        return f"127.0.0.1:{self._server.server_port}"

    def put(self, invocation: Invocation) -> None:
        """Queue an event for the process."""
        self._running = invocation
        if self._broken is not None:
            invocation.outcome.put(self._broken)
        else:
            self._next.put(invocation)

    def fail(self, outcome: Outcome) -> None:
        """End the running invocation from outside; what was answered already stays."""
        if self._running is not None:
            self._running.outcome.put(outcome)

    def take(self) -> Invocation | None:
        """The next event, when there is one; None at the end."""
        return self._next.get()

    def finish(self, request_id: str, outcome: Outcome) -> None:
        """Note what the process made of an event."""
        if self._running is not None and self._running.request_id == request_id:
            self._running.outcome.put(outcome)

    def break_down(self, outcome: Outcome) -> None:
        """The process could not even load the function: every invocation fails like this."""
        self._broken = outcome
        self.fail(outcome)

    def close(self) -> None:
        """Stop serving."""
        self._next.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()

    def headers(self, invocation: Invocation) -> dict[str, str]:
        """What the process is told about an event."""
        deadline = int((time.time() + invocation.timeout_seconds) * 1000)
        return {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Content-Type": "application/json",
        }


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_message(self, *_: Any) -> None:
            """Say nothing: the functions' own logs are what matters."""

        def do_GET(self) -> None:
            if (invocation := api.take()) is None:
                self.close_connection = True
                return
            self._send(200, invocation.event, api.headers(invocation))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            *_, request_id, what = self.path.split("/")  # .../invocation/<id>/{response,error} or .../init/error
            if request_id == "init":
                api.break_down(Outcome(body, failed=True))
            else:
                api.finish(request_id, Outcome(body, failed=what == "error"))
            self._send(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

    return Handler
