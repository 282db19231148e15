"""An emulated AWS account: started, used through boto3, closed without a trace."""

import logging
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.models import reset_model_data
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from rehearsal import iam
from rehearsal.clients import new_client
from rehearsal.clock import Clock
from rehearsal.creation_checks import check_kms, check_state_machine
from rehearsal.credentials import Caller, Credentials, Keys
from rehearsal.ecs import Ecs, Image
from rehearsal.errors import AwsError
from rehearsal.executions import Executions
from rehearsal.gate import Gate
from rehearsal.iam import context_of
from rehearsal.inventory import Inventory, RdsOperations
from rehearsal.lambdas import Lambdas
from rehearsal.places import ACCOUNT, CONSUMER_ACCOUNT, REGION, Host
from rehearsal.replacing import Replacements
from rehearsal.signing import OPERATIONS, Signatures
from rehearsal.states import Interpreter, Listener

MakeRds = Callable[["EmulatedAccount"], RdsOperations]


class EmulatedAccount:
    """The stack's account, and its consumers', behind one endpoint on 127.0.0.1.

    `images` maps the image of a task definition to what build_image made; `make_rds` makes the RDS that answers.
    Everything starts and ends with the `with` block.
    """

    def __init__(
        self, clock: Clock, make_rds: MakeRds, *, root: Path | None = None, images: Mapping[str, Image] | None = None
    ) -> None:
        self.clock = clock
        self._make_rds, self._given_root, self._images = make_rds, root, images if images is not None else {}
        self._clients: dict[tuple[str, str | None, str], Any] = {}
        self._lock = threading.Lock()
        self._closing = ExitStack()

    def __enter__(self) -> "EmulatedAccount":
        with ExitStack() as closing:  # a start that fails, or is interrupted, leaves nothing behind either
            self._start(closing)
            self._closing = closing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def client(self, service: str, role_arn: str | None = None, account_id: str = ACCOUNT) -> Any:
        """A boto3 client with the role's keys; without a role, the operator's, whom no policy binds."""
        wanted = (service, role_arn, account_id)
        with self._lock:
            if wanted not in self._clients:
                self._clients[wanted] = new_client(
                    service, self.endpoint_url, self._credentials.issue(account_id, role_arn)
                )
            return self._clients[wanted]

    def credentials(self, role_arn: str | None = None, account_id: str = ACCOUNT) -> Keys:
        """New keys for a process that acts as the role, or as the operator."""
        return self._credentials.issue(account_id, role_arn)

    def start_execution(
        self, machine_arn: str, execution_input: str = "{}", role_arn: str | None = None, name: str | None = None
    ) -> str:
        """Start the machine as the schedule does, with its role (or as the operator); the execution's ARN.

        Raises: AwsError where the scheduler could not take on the role.
        """
        if role_arn is not None:
            _assert_trust(role_arn, "scheduler.amazonaws.com", machine_arn)
        states = self.client("stepfunctions", role_arn)
        started = states.start_execution(
            stateMachineArn=machine_arn, input=execution_input, name=name or str(uuid.uuid4())
        )
        return str(started["executionArn"])

    def wait(self, execution_arn: str, timeout_seconds: float) -> dict[str, Any]:
        """The execution's description once it no longer runs. Raises: TimeoutError."""
        self._executions.wait(execution_arn, timeout_seconds)
        return dict(self.client("stepfunctions").describe_execution(executionArn=execution_arn))

    def history(self, execution_arn: str) -> list[dict[str, Any]]:
        """Every event of the execution, with virtual times."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return [event for page in pages for event in page["events"]]

    def on_event(self, listener: Listener) -> None:
        """Call the listener with every history event of every execution, before that execution goes on."""
        self._interpreter.on_event(listener)

    def _start(self, closing: ExitStack) -> None:
        if self._given_root is None:
            self.root = Path(tempfile.mkdtemp(prefix="rehearsal-"))
            closing.callback(shutil.rmtree, self.root, ignore_errors=True)
        else:
            self.root = self._given_root
        _reset_moto()
        closing.callback(_reset_moto)
        _configure(closing)
        self._credentials = Credentials()
        server = make_server("127.0.0.1", 0, _not_ready, threaded=True, request_handler=MotoRequestHandler)
        closing.callback(server.server_close)
        self.endpoint_url = f"http://127.0.0.1:{server.port}"
        self._start_services(closing)
        _serve(server, self.gate, closing)
        self._start_interpreter(closing)

    def _start_services(self, closing: ExitStack) -> None:
        self.rds = self._make_rds(self)
        closing.callback(getattr(self.rds, "close", _nothing))
        host = Host(self.endpoint_url, self.root)
        self.ecs = Ecs(self.clock, host, self._issuer("ecs-tasks.amazonaws.com"), self._images)
        closing.callback(self.ecs.close)
        self.lambdas = Lambdas(host, self._issuer("lambda.amazonaws.com"))
        closing.callback(self.lambdas.close)
        self.gate = Gate(self.clock, self._credentials, Inventory(REGION, self.rds, self.ecs))
        self.gate.serve("rds", _Rds(self.rds))
        self.gate.serve("ecs", self.ecs)
        self.gate.serve("lambda", self.lambdas)
        self.gate.serve("kms", Signatures(), *OPERATIONS)
        self.gate.check("kms", check_kms)
        self.gate.check("stepfunctions", check_state_machine)

    def _start_interpreter(self, closing: ExitStack) -> None:
        replace = closing.enter_context(Replacements())
        self._interpreter = Interpreter(
            self.clock, self.endpoint_url, lambda role_arn: self._credentials.issue(ACCOUNT, role_arn)
        )
        self._interpreter.repair(replace)
        self._executions = Executions(ACCOUNT, REGION)
        closing.callback(self._executions.abort_all)

    def _issuer(self, service: str) -> Callable[[str, str, Callable[[], None]], Keys]:
        def issue(role_arn: str, source_arn: str, kill: Callable[[], None]) -> Keys:
            _assert_trust(role_arn, service, source_arn)
            return self._credentials.issue(ACCOUNT, role_arn, kill)

        return issue


class _Rds:
    """RDS behind the gate: it knows accounts, not roles."""

    def __init__(self, rds: RdsOperations) -> None:
        self._rds = rds

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        return self._rds.call(operation, parameters, caller.account)


def _assert_trust(role_arn: str, service: str, source_arn: str) -> None:
    circumstances = context_of({"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source_arn})
    if not iam.may_be_assumed_by(role_arn, service, circumstances):
        raise AwsError(
            "AccessDeniedException", f"{service} cannot assume {role_arn}: does the role exist, and trust it?"
        )


def _nothing() -> None:
    """What a service without anything to close does."""


def _not_ready(*_: Any) -> Any:
    raise RuntimeError("the gate is not open yet")


def _reset_moto() -> None:
    BackendDict.reset()
    reset_model_data()


def _configure(closing: ExitStack) -> None:
    """Let moto interpret state machines, and be quiet about it."""
    held = dict(default_user_config["stepfunctions"])
    closing.callback(default_user_config["stepfunctions"].update, held)
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    for name, level in (("werkzeug", logging.ERROR), ("moto", logging.CRITICAL)):
        logger = logging.getLogger(name)
        closing.callback(logger.setLevel, logger.level)
        logger.setLevel(level)


def _serve(server: BaseWSGIServer, gate: Gate, closing: ExitStack) -> None:
    server.app = gate
    held = os.environ.get("MOTO_PORT")
    closing.callback(lambda: os.environ.update(MOTO_PORT=held) if held else os.environ.pop("MOTO_PORT", None))
    os.environ["MOTO_PORT"] = str(server.port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    closing.callback(thread.join)
    closing.callback(server.shutdown)


__all__ = ["ACCOUNT", "CONSUMER_ACCOUNT", "REGION", "EmulatedAccount"]
