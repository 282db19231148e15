"""AWS's wire protocols, read and written from botocore's service models: which operation a request names, and its answer."""

import functools
import io
import re
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIEnvironment

from botocore.parsers import create_parser
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request as MotoRequest
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from rehearsal.errors import AwsError

# The names services sign with, where botocore calls the service something else.
SIGNING_NAMES = {"states": "stepfunctions", "monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}
SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/(?P<date>[^/]+)/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class WireRequest:
    """One request as its service's model reads it."""

    service: str
    operation: str
    parameters: dict[str, Any]
    access_key_id: str
    session_token: str
    region: str
    model: OperationModel


def read(environ: WSGIEnvironment) -> WireRequest | None:
    """The operation a signed request names, with its parameters; None when nothing of AWS can be recognised in it.

    The body stays readable for whoever answers.
    """
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    body = _buffered_body(environ)
    service = SIGNING_NAMES.get(scope["service"].lower(), scope["service"].lower())
    request = MotoRequest(dict(environ))
    try:
        model, path_parameters = get_service_router(service).match(request)
    except NotFound:
        return None
    parsed = PROTOCOL_PARSERS[protocol_of(model)](model).parse(
        {
            "values": request.values,
            "body": body,
            "headers": request.headers,
            "method": request.method,
            "url_params": path_parameters,
            "url_path": request.path,
        }
    )
    environ["wsgi.input"] = io.BytesIO(body)  # parsing may have consumed it
    return WireRequest(
        service=service,
        operation=str(model.name),
        parameters={name: value for name, value in parsed.items() if value is not None},
        access_key_id=scope["key"],
        session_token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""),
        region=scope["region"],
        model=model,
    )


def answer(request: WireRequest, result: dict[str, Any]) -> Response:
    """The result, in the service's own shape and protocol."""
    made = _serializer(request).serialize(result)
    return Response(made["body"], made["status_code"], made["headers"])


def refusal(request: WireRequest, error: AwsError) -> Response:
    """The error, as the service's model (or, if it names none, its protocol) writes it."""
    if error.code not in COMMON_ERROR_CODES:
        COMMON_ERROR_CODES.append(
            error.code
        )  # throttling, credentials and the like stand in no service's model: no warning
    made = _serializer(request).serialize(error)
    status = error.status if error.status != 400 else made["status_code"]
    return Response(made["body"], status, made["headers"])


def error_of(request: WireRequest, response: Response) -> str | None:
    """The error code an answer carries, None for a success."""
    if response.status_code < 400:
        return None
    parser = create_parser(protocol_of(request.model))
    raw = {"status_code": response.status_code, "headers": dict(response.headers), "body": response.get_data()}
    parsed = parser.parse(raw, request.model.output_shape)
    return str(parsed.get("Error", {}).get("Code", response.status_code))


def model_of(service: str) -> Any:
    """The service's model, in botocore's words."""
    return get_service_model(service)


def protocol_of(model: OperationModel) -> str:
    """The protocol that botocore speaks with the service: of several that it knows, not always the first one."""
    return str(model.service_model.resolved_protocol)


def _serializer(request: WireRequest) -> Any:
    return _serializer_class(request.service, protocol_of(request.model))(request.model)


@functools.cache
def _serializer_class(service: str, protocol: str) -> Any:
    return get_serializer_class(service, protocol)


def _buffered_body(environ: WSGIEnvironment) -> bytes:
    body = bytes(MotoRequest(environ).get_data(cache=False, parse_form_data=False))
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body
