"""One dashboard for a stack: how old the snapshots are, which runs ended how, how long they took, which alarms ring."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.alarms import RED, state_machine
from components.database import Database
from components.names import Home, Names
from handlers import alert, freshness

WIDTH, HEIGHT = 12, 6  # two graphs beside each other; a dashboard is 24 wide
Widget = dict[str, Any]


def body(
    home: Home, prefix: str, databases: Sequence[Database], alarms: Sequence[str], functions: Sequence[str]
) -> str:
    """The dashboard as CloudWatch takes it."""
    widgets = [_text(home, prefix, databases), _alarms(alarms), *_graphs(home, prefix, databases, functions)]
    return json.dumps({"start": "-P14D", "widgets": widgets})


def _graphs(home: Home, prefix: str, databases: Sequence[Database], functions: Sequence[str]) -> Iterator[Widget]:
    stems = {each.name: Names(prefix, each.name).stem for each in databases}
    machines = {name: {"StateMachineArn": state_machine(home, stem)} for name, stem in stems.items()}
    ages = [
        _metric(freshness.NAMESPACE, freshness.METRIC, freshness.dimensions(prefix, each.name), label=each.name)
        for each in databases
    ]
    yield _graph(home, "Age of the newest snapshot, in hours", ages, 0, "Maximum", lines=_limits(databases))
    ended = [
        _metric("AWS/States", metric, named, label=f"{name} {metric.removeprefix('Executions').lower()}")
        for name, named in machines.items()
        for metric in ("ExecutionsSucceeded", *RED)
    ]
    yield _graph(home, "Runs", ended, 1, "Sum")
    took = [_metric("AWS/States", "ExecutionTime", named, label=name) for name, named in machines.items()]
    yield _graph(home, "How long runs took, in milliseconds", took, 2, "Maximum")
    errors = [_metric("AWS/Lambda", "Errors", {"FunctionName": name}, label=name) for name in functions]
    yield _graph(home, f"Errors of {' and '.join(functions)}", errors, 3, "Sum")


def _metric(namespace: str, name: str, named: Mapping[str, str], *, label: str) -> list[Any]:
    return [namespace, name, *(part for pair in named.items() for part in pair), {"label": label}]


def _graph(
    home: Home, title: str, metrics: list[Any], place: int, statistic: str, *, lines: list[Any] | None = None
) -> Widget:
    properties = {
        "title": title,
        "region": home.region,
        "view": "timeSeries",
        "stat": statistic,
        "period": 3600,
        "metrics": metrics,
        **({"annotations": {"horizontal": lines}} if lines else {}),
    }
    x, y = place % 2 * WIDTH, HEIGHT + place // 2 * HEIGHT
    return {"type": "metric", "x": x, "y": y, "width": WIDTH, "height": HEIGHT, "properties": properties}


def _limits(databases: Sequence[Database]) -> list[Any]:
    return [
        {"label": f"{each.name}: too old", "value": each.oldest.total_seconds() / 3600}
        for each in databases
        if each.oldest is not None
    ]


def _alarms(arns: Sequence[str]) -> Widget:
    properties = {"title": "Alarms", "alarms": list(arns)}
    return {"type": "alarm", "x": WIDTH, "y": 0, "width": WIDTH, "height": HEIGHT, "properties": properties}


def _text(home: Home, prefix: str, databases: Sequence[Database]) -> Widget:
    lines = [f"# Sanitized snapshots: {prefix}", ""]
    for each in databases:
        machine = state_machine(home, Names(prefix, each.name).stem)
        lines.append(
            f"- `{each.name}` of `{each.source.instance}`: [executions]({alert.console(machine, 'statemachines/view')})"
        )
    properties = {"markdown": "\n".join(lines)}
    return {"type": "text", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "properties": properties}
