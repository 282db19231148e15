"""The executions that moto's Step Functions holds."""

import time
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

POLL_SECONDS = 0.02
GRACE_SECONDS = 2


class Executions:
    """Looks at executions without calling the API, so that waiting leaves no recorded calls."""

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region

    def wait(self, execution_arn: str, timeout_seconds: float) -> None:
        """Return once the execution no longer runs. Raises: TimeoutError."""
        deadline = time.monotonic() + timeout_seconds
        execution = self._backend.describe_execution(execution_arn)
        while execution.exec_status == ExecutionStatus.RUNNING:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{execution_arn} still runs after {timeout_seconds:g} s")
            time.sleep(POLL_SECONDS)

    def abort_all(self) -> None:
        """Abort what still runs, and give the interpreter a moment to notice."""
        running = [
            item
            for machine in self._backend.state_machines
            for item in machine.executions
            if item.exec_status == ExecutionStatus.RUNNING
        ]
        for execution in running:
            execution.stop(stop_date=None, error=None, cause="the rehearsal ends")
        deadline = time.monotonic() + GRACE_SECONDS
        while any(_at_work(execution) for execution in running) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    @property
    def _backend(self) -> Any:
        return stepfunctions_parser_backends[self._account][self._region]


def _at_work(execution: Any) -> bool:
    return not any(
        event["type"] == "ExecutionAborted" for event in execution.exec_worker.env.event_manager.get_event_history()
    )
