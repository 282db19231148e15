"""The one door to the emulated account: names every call, judges it by the deployed policies, records it, answers or passes it on."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from rehearsal import iam, wire
from rehearsal.asked import Asked, Facts
from rehearsal.authorization import UnknownOperationError, needs
from rehearsal.clock import Clock
from rehearsal.credentials import Caller, Credentials
from rehearsal.errors import AwsError
from rehearsal.faults import Fault, Faults, Loss

LOG = logging.getLogger(__name__)
ALL = "*"

# How services, or else their protocols, say "access denied".
DENIED = {
    "sns": "AuthorizationError",
    "ec2": "UnauthorizedOperation",
    "query": "AccessDenied",
    "rest-xml": "AccessDenied",
}


class Service(Protocol):
    """A service that answers here instead of in moto."""

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """The operation's answer in the wire's own words. Raises: AwsError."""


Check = Callable[[str, Mapping[str, Any], Caller], None]


@dataclass
class Call:
    """One recorded call."""

    time: datetime
    account: str
    role: str
    service: str
    operation: str
    parameters: dict[str, Any]
    error: str | None = None
    allowed_by: tuple[str, ...] = ()


class Gate:
    """A WSGI application in front of moto."""

    def __init__(self, clock: Clock, credentials: Credentials, facts: Facts) -> None:
        self.calls: list[Call] = []
        self._clock, self._credentials, self._facts = clock, credentials, facts
        self._services: dict[tuple[str, str], Service] = {}
        self._checks: list[tuple[str, Check]] = []
        self._faults = Faults()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()

    def serve(self, name: str, service: Service, *operations: str) -> None:
        """Let the service answer in moto's stead: these operations, or all."""
        for operation in operations or (ALL,):
            self._services[name, operation] = service

    def check(self, service: str, check: Check) -> None:
        """Let the check refuse (with AwsError) calls that moto would accept."""
        self._checks.append((service, check))

    def inject(self, fault: Fault) -> None:
        """Let the next calls that the fault names run into it."""
        self._faults.add(replace(fault))

    def forget_faults(self) -> None:
        """Let the calls from now on go well."""
        self._faults = Faults()

    @property
    def unused_faults(self) -> list[Fault]:
        """Injected faults that no call has met."""
        return self._faults.unused

    def calls_of(self, service: str, *operations: str) -> list[Call]:
        """The recorded calls of a service, of these operations if any are named."""
        return [
            call for call in self.calls if call.service == service and (not operations or call.operation in operations)
        ]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._entered(environ, start_response)
        except ConnectionResetError:
            raise  # a lost response
        except Exception:
            LOG.exception("the rehearsal's gate stumbled over %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            raise

    def _entered(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = wire.read(environ)
        if request is None:
            return _send(Response("The rehearsal answers signed requests to AWS only.", 403), environ, start_response)
        caller = self._credentials.caller(request.access_key_id, request.session_token)
        if caller is None:
            error = AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
            return _send(wire.refusal(request, error), environ, start_response)
        call = Call(
            self._clock.now(), caller.account, caller.name, request.service, request.operation, request.parameters
        )
        with self._lock:
            self.calls.append(call)
        fault = self._faults.take(request.service, request.operation, request.parameters, caller.name)
        response = self._response(request, caller, call, fault, environ)
        if isinstance(fault, Loss):
            _lose(fault, caller, environ)
        return _send(response, environ, start_response)

    def _response(
        self,
        request: wire.WireRequest,
        caller: Caller,
        call: Call,
        fault: AwsError | Loss | None,
        environ: WSGIEnvironment,
    ) -> Response:
        try:
            call.allowed_by = self._allowed(request, caller)
            if isinstance(fault, AwsError):
                raise fault
            response = self._answered(request, caller, environ)
        except AwsError as error:
            call.error = error.code
            return wire.refusal(request, error)
        call.error = wire.error_of(request, response)
        return response

    def _answered(self, request: wire.WireRequest, caller: Caller, environ: WSGIEnvironment) -> Response:
        for service, check in self._checks:
            if service == request.service:
                check(request.operation, request.parameters, caller)
        named = (self._services.get((request.service, operation)) for operation in (request.operation, ALL))
        answering = next((service for service in named if service is not None), None)
        if answering is not None:
            return wire.answer(request, answering.call(request.operation, request.parameters, caller))
        body, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        response = Response(body, status, headers)
        if request.service == "s3" and response.status_code == 404:
            self._hide_what_is_missing(request, caller)
        return response

    def _allowed(self, request: wire.WireRequest, caller: Caller) -> tuple[str, ...]:
        if caller.role_arn is None:
            return ()
        asked = self._asked(request, caller)
        try:
            needed = needs(asked)
        except UnknownOperationError as unknown:
            raise self._denied(request, str(unknown)) from unknown
        verdict = self._verdict(caller.role_arn, needed)
        if verdict.missing is not None:
            action, resource, _ = verdict.missing
            raise self._denied(
                request,
                f"User: {caller.principal_arn} is not authorized to perform: {action} on resource: {resource} {verdict.reason}",
            )
        return verdict.allowed_by

    def _hide_what_is_missing(self, request: wire.WireRequest, caller: Caller) -> None:
        """Who may not list a bucket is not told that a key does not exist: S3 answers 403, not 404."""
        if caller.role_arn is None or request.operation not in ("GetObject", "HeadObject"):
            return
        bucket = f"arn:aws:s3:::{request.parameters['Bucket']}"
        need = self._asked(request, caller).need("s3:ListBucket", bucket)
        if not self._verdict(caller.role_arn, [need]).allowed:
            raise self._denied(
                request,
                f"User: {caller.principal_arn} is not authorized to perform: s3:ListBucket on resource: {bucket}",
            )

    def _verdict(self, role_arn: str, needed: list[iam.Need]) -> iam.Verdict:
        return iam.evaluate(iam.statements_of(role_arn), needed, role_arn=role_arn, policy_of=self._facts.policy_of)

    def _asked(self, request: wire.WireRequest, caller: Caller) -> Asked:
        return Asked(
            request.service,
            request.operation,
            request.parameters,
            caller.account,
            request.region,
            self._facts,
            caller.role_arn or "",
        )

    @staticmethod
    def _denied(request: wire.WireRequest, message: str) -> AwsError:
        protocol = wire.protocol_of(request.model)
        status = 400 if protocol == "json" else 403
        code = DENIED.get(request.service) or DENIED.get(protocol, "AccessDeniedException")
        return AwsError(code, message, status)


def _send(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    sent: Iterable[bytes] = response(environ, start_response)
    return sent


def _lose(loss: Loss, caller: Caller, environ: WSGIEnvironment) -> None:
    """End the connection, and the caller if it is to crash; the call has had its effect."""
    if loss is Loss.CRASH and caller.kill is not None:
        caller.kill()
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError(loss.value)
