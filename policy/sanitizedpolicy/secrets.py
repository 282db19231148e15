"""Secrets in plain text: in state, environments, definitions, parameters and files. A message never shows what it found."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from sanitizedpolicy.reading import UNKNOWN, document, get, listed, read, variables
from sanitizedpolicy.task import TASKS, containers
from sanitizedpolicy.verdicts import Config, Resource, Verdict, policy, texts, verdict
from sanitizedpolicy.words import CLUSTER, FUNCTION, INSTANCE, OBJECTS, STATE_MACHINE

PARAMETER = "aws:ssm/parameter:Parameter"
PASSWORDS = {INSTANCE: "password", CLUSTER: "masterPassword"}
# What a secret looks like, wherever it stands.
SHAPES = {
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}]+:[^\s/:@{}$]+@"),
    "a token": re.compile(
        r"\b(gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)"
    ),
}
# What the name of a secret ends in, and what a value looks like that only says where the secret is.
NAMES = re.compile(r"(?i)(passw(or)?d|passwd|secret|secret_?(access_?)?key|api_?key|private_?key|token|credentials?)$")
REFERENCE = re.compile(r"^($|arn:|/|\$|\{\{|<|s3://|ssm:|secretsmanager:)")


@policy(
    name="no-secret-in-plain-text",
    sentence="No password, key or token stands in an environment, a definition, a parameter or a file.",
    types=(FUNCTION, STATE_MACHINE, PARAMETER, *TASKS, *OBJECTS),
    severity=Severity.CRITICAL,
    remedy="Replace the secret, which is known now, and keep its successor in Secrets Manager: pass its ARN instead",
    config={"notSecret": texts("Names that look like those of secrets, and are not.")},
)
def no_secret_in_plain_text(resource: Resource, config: Config) -> Iterator[Verdict]:
    """By what values look like, and by what they are called."""
    for name, value in _values(resource):
        if value is UNKNOWN:
            yield UNKNOWN
        elif isinstance(value, str):
            shapes = [kind for kind, shape in SHAPES.items() if shape.search(value)]
            called = NAMES.search(name) and name not in config["notSecret"] and not REFERENCE.match(value)
            yield f"{name} holds {shapes[0]}" if shapes else f"{name} holds a secret by its name" if called else None


@policy(
    name="databases-keep-no-password-in-state",
    sentence="No database gets its password from the program: RDS makes and keeps it.",
    types=tuple(PASSWORDS),
    severity=Severity.HIGH,
    remedy="Set manageMasterUserPassword, and remove the password",
)
def databases_keep_no_password_in_state(database: Resource, _config: Config) -> Iterator[Verdict]:
    """A password of the program is in its state, for everybody who can read that."""
    given = read(database.props, PASSWORDS[database.resource_type])
    yield "the program gives it a password" if given is not None else None


@policy(
    name="executions-are-not-logged-with-their-data",
    sentence="State machines log no data of their executions.",
    types=(STATE_MACHINE,),
    severity=Severity.MEDIUM,
    remedy="Set includeExecutionData to false: inputs and outputs stay in the execution's history",
    always=True,
)
def executions_are_logged_without_data(machine: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means false."""
    logged = read(machine.props, "loggingConfiguration", "includeExecutionData")
    yield verdict(logged, "it logs the data of its executions", logged)


def _values(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Every text of the resource that could be a secret, by its name."""
    match resource.resource_type:
        case type_ if type_ == FUNCTION:
            told = variables(resource.props)
            yield from [("environment", UNKNOWN)] if told is UNKNOWN else told.items()
        case type_ if type_ == STATE_MACHINE:
            yield from _named(document(read(resource.props, "definition")), "definition")
        case type_ if type_ == PARAMETER:
            if read(resource.props, "type") != "SecureString":
                yield resource.name, read(resource.props, "value")
        case type_ if type_ in TASKS:
            for container in containers(resource):
                yield from _named(container, "container")
        case _:
            yield "content", read(resource.props, "content")


def _named(node: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Each text of a document by the key that it stands under; a pair of name and value by its name."""
    if isinstance(node, dict):
        pair = {key.lower(): value for key, value in node.items() if key.lower() in ("name", "value")}
        if isinstance(pair.get("name"), str) and "value" in pair:
            yield pair["name"], pair["value"]
            return
        for key, value in node.items():
            if get(node, key) is UNKNOWN or key.lower() not in ("secrets", "valuefrom"):
                yield from _named(value, key)
    elif isinstance(node, list):
        for value in listed(node):
            yield from _named(value, name)
    else:
        yield name, node
