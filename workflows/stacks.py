"""Which stacks a branch deploys: the matrix of the workflows. Whatever is not known to change no deployment changes them all."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from workflows import changed
from workflows.tools import tell_later_steps

REHEARSAL = "local"  # its answers are for `make rehearse`; nobody deploys it
NAME = r"[A-Za-z0-9][A-Za-z0-9_-]*"
OF_ONE_STACK = re.compile(rf"Pulumi\.({NAME})\.yaml|policy/config\.({NAME})\.json")
CHANGE_NO_DEPLOYMENT = re.compile(
    r"(docs|tests|rehearsal|workflows|\.ci|\.github|build)/|[^/]*\.md$|\.[a-z]+(ignore|linter|rc)$"
    r"|LICENSE$|Makefile$|package(-lock)?\.json$|pyproject\.toml$|requirements(-dev\.(in|txt)|\.in)$"
    r"|(sanitizer|policy)/requirements\.in$"
)


def main() -> int:
    """Prints the stacks as a JSON list."""
    base = changed.base()
    every = stacks(Path())
    touched = every if base is None else select(every, _paths(changed.changes(changed.fork_point(base))))
    sys.stdout.write(json.dumps(touched) + "\n")
    tell_later_steps(stacks=json.dumps(touched))
    return 0


def stacks(project: Path) -> list[str]:
    """The stacks that have a file of answers."""
    names = [path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.glob("Pulumi.*.yaml")]
    for name in names:
        if not re.fullmatch(NAME, name):
            sys.exit(f"Pulumi.{name}.yaml: a stack's name holds letters, digits, - and _ only. Rename it")
    return sorted(name for name in names if name != REHEARSAL)


def select(every: Iterable[str], paths: Iterable[str]) -> list[str]:
    """The stacks whose deployment these paths change."""
    rules = {stack: set(_rules_files(stack)) for stack in every}
    touched: set[str] = set()
    for path in paths:
        of_one = OF_ONE_STACK.fullmatch(path)
        if of_one:
            touched.add(of_one[1] or of_one[2])
        elif path.startswith("masking/"):
            touched |= {stack for stack, files in rules.items() if path in files}
        elif not CHANGE_NO_DEPLOYMENT.match(path):
            touched |= set(rules)
    return sorted(touched & set(rules))


def _rules_files(stack: str) -> Iterator[str]:
    answers = yaml.safe_load(Path(f"Pulumi.{stack}.yaml").read_text()) or {}
    for database in (answers.get("config") or {}).get("sanitized-snapshots:databases") or ():
        named = database.get("masking") if isinstance(database, dict) else None
        if isinstance(named, str):
            yield Path(named).as_posix()


def _paths(changes: Iterable[changed.Change]) -> Iterator[str]:
    return (path for change in changes for path in change if path)


if __name__ == "__main__":
    sys.exit(main())
