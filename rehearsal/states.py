"""Step Functions on one machine: moto's interpreter, in virtual time, with the behaviours of AWS that it lacks."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timezone
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser import models as parser_models
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import timestamp as wait_until
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.utils import boto_client  # noqa: F401  loaded, so that it can be replaced everywhere
from moto.stepfunctions.parser.backend import execution as execution_module
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from rehearsal import states_integrations
from rehearsal.clients import new_client
from rehearsal.clock import Clock
from rehearsal.credentials import Keys
from rehearsal.replacing import Replacements

LOG = logging.getLogger(__name__)
UNCATCHABLE = ("States.Runtime", "States.DataLimitExceeded")  # by States.ALL and States.TaskFailed
Listener = Callable[[str, dict[str, Any]], None]  # (execution ARN, history event)


class Interpreter:
    """moto's interpreter while it is repaired."""

    def __init__(self, clock: Clock, endpoint_url: str, issue_keys: Callable[[str], Keys]) -> None:
        self._clock, self._endpoint_url, self._issue_keys = clock, endpoint_url, issue_keys
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._listeners: list[Listener] = []

    def on_event(self, listener: Listener) -> None:
        """Call the listener with every history event, in the interpreter's own thread, before the execution goes on."""
        self._listeners.append(listener)

    def repair(self, replace: Replacements) -> None:
        """Make the repairs."""
        states_integrations.repair(replace, self._client_for)
        self._repair_time(replace)
        self._repair_events(replace)
        _repair_errors(replace)
        _repair_abort(replace, self._clock)

    def _client_for(self, region: str, service: str, state_credentials: Any = None) -> Any:
        """A client with the state machine's own role."""
        wanted = (service, region, state_credentials.role_arn)
        if wanted not in self._clients:
            self._clients[wanted] = new_client(
                service, self._endpoint_url, self._issue_keys(state_credentials.role_arn)
            )
        return self._clients[wanted]

    def _repair_time(self, replace: Replacements) -> None:
        virtual = SimpleNamespace(datetime=_virtual_datetime(self._clock), timezone=timezone)
        for module in (state_module, parser_models, execution_module, wait_until):
            replace(module, "datetime", virtual)
        replace(retrier_decl, "time", SimpleNamespace(sleep=self._clock.sleep))
        replace.around(WaitFunction, "_wait_interval", self._jumping)
        replace(EventManager, "_get_current_timestamp", staticmethod(self._clock.now))
        replace.around(Execution, "get_start_execution_details", _with_start_time_as_text)

    def _jumping(self, _original: Callable[..., None]) -> Callable[..., None]:
        def wait(_state: Any, env: Any, wait_seconds: float) -> None:  # noqa: ARG001 - the interpreter passes them by name
            self._clock.sleep(wait_seconds)

        return wait

    def _repair_events(self, replace: Replacements) -> None:
        replace.around(ExecutionWorker, "_get_evaluation_environment", _naming_the_execution)
        replace.around(EventManager, "add_event", self._telling_listeners)
        replace.around(ExecutionWorker, "_execution_logic", _never_running_forever)

    def _telling_listeners(self, original: Callable[..., int]) -> Callable[..., int]:
        def add_event(manager: Any, *args: Any, **named: Any) -> int:
            number = original(manager, *args, **named)
            event = manager.get_event_history()[number - 1]
            event["timestamp"] = datetime.fromisoformat(event["timestamp"])
            for listener in self._listeners:
                _tell(listener, manager.execution_arn, event)
            return number

        return add_event


def _tell(listener: Listener, execution_arn: str, event: dict[str, Any]) -> None:
    try:
        listener(execution_arn, event)
    except Exception:
        LOG.exception("whoever watches %s stumbled over a %s; the execution goes on", execution_arn, event["type"])


def _virtual_datetime(clock: Clock) -> type[datetime]:
    class VirtualDatetime(datetime):
        """Its now() is the rehearsal's; written as Step Functions writes times."""

        @classmethod
        def now(cls, tz: Any = None) -> "VirtualDatetime":
            at = clock.now().astimezone(UTC)
            return cls(
                at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC if tz else None
            )

        def isoformat(self, *_: Any, **__: Any) -> str:
            return f"{self:%Y-%m-%dT%H:%M:%S}.{self.microsecond // 1000:03d}Z"

    return VirtualDatetime


def _with_start_time_as_text(original: Callable[..., Any]) -> Callable[..., Any]:
    def details(self: Any) -> Any:
        made = original(self)
        made.start_time = self.start_date.isoformat()
        return made

    return details


def _naming_the_execution(original: Callable[..., Any]) -> Callable[..., Any]:
    def environment(self: Any) -> Any:
        made = original(self)
        made.event_manager.execution_arn = self._evaluation_details.execution_details.arn
        return made

    return environment


def _never_running_forever(original: Callable[..., None]) -> Callable[..., None]:
    def execute(self: Any) -> None:
        try:
            original(self)
        except Exception as exc:
            execution = self._execution_communication.execution
            LOG.exception("the interpreter broke down over %s", execution.exec_arn)
            execution.error, execution.cause = "States.Runtime", f"the rehearsal's interpreter broke down: {exc}"
            execution.stop_date, execution.exec_status = (
                execution_module.datetime.datetime.now(tz=UTC),
                ExecutionStatus.FAILED,
            )

    return execute


def _repair_errors(replace: Replacements) -> None:
    def equals(original: Callable[..., None]) -> Callable[..., None]:
        def evaluate(self: Any, env: Any) -> None:
            error = env.stack[-1]
            if error is not None and error.error_name in UNCATCHABLE:
                env.stack[-1] = error in self.error_names
            else:
                original(self, env)

        return evaluate

    replace.around(ErrorEqualsDecl, "_eval_body", equals)
    # A Fail state may well repeat an error that Step Functions itself raised (States.Timeout).
    replace(CustomErrorName, "__init__", ErrorName.__init__)


def _repair_abort(replace: Replacements, clock: Clock) -> None:
    replace.around(Execution, "stop", lambda original: _stopping_at_once(original, clock))
    replace.around(ExecutionState, "_evaluate_with_timeout", _until_aborted)
    replace.around(Environment, "set_error", _unless_aborted)


def _stopping_at_once(original: Callable[..., None], clock: Clock) -> Callable[..., None]:
    def stop(self: Any, stop_date: Any, error: str | None, cause: str | None) -> None:  # noqa: ARG001 - the real date is not ours
        if self.exec_status != ExecutionStatus.RUNNING:
            return
        while self.exec_worker.env is None or self.exec_worker.env.program_state() is None:
            time.sleep(0.01)  # the definition is still being read
            if self.exec_status != ExecutionStatus.RUNNING:
                return
        original(self, stop_date=clock.now(), error=error, cause=cause)
        self.exec_status, self.stop_date = ExecutionStatus.ABORTED, clock.now()

    return stop


def _until_aborted(original: Callable[..., None]) -> Callable[..., None]:
    def evaluate(self: Any, env: Any) -> None:
        try:
            original(self, env)
        except Exception:
            if not isinstance(env.program_state(), ProgramStopped):
                raise  # what an aborted execution was doing no longer matters

    return evaluate


def _unless_aborted(original: Callable[..., None]) -> Callable[..., None]:
    def set_error(self: Any, error: Any) -> None:
        if not isinstance(self.program_state(), ProgramStopped):
            original(self, error)

    return set_error
