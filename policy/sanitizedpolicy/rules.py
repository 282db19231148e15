"""The masking rules of production stacks: what nobody has looked at stops the run."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import yaml
from pulumi_policy import Severity

from sanitizedpolicy.reading import UNKNOWN, read
from sanitizedpolicy.verdicts import Config, Resource, Verdict, policy, texts
from sanitizedpolicy.words import OBJECTS, belongs_to_us, stack_of

FOLDER = "rules/"


@policy(
    name="unlisted-columns-stop-the-run",
    sentence="In production stacks the masking rules list tables, and what they do not list stops the run.",
    types=OBJECTS,
    severity=Severity.HIGH,
    remedy="List databases, tables and columns in the masking rules, and write `unlisted: fail`",
    config={"productionStacks": texts("Names of production stacks; `*` stands for anything.", "*prod*")},
)
def unlisted_columns_stop_the_run(file: Resource, config: Config) -> Iterator[Verdict]:
    """Statements alone find no drift: a new column with personal values would pass through them."""
    key = read(file.props, "key")
    production = any(fnmatchcase(stack_of(file.urn), pattern) for pattern in config["productionStacks"])
    if not (production and belongs_to_us(file.urn) and (key is UNKNOWN or str(key).startswith(FOLDER))):
        return
    content = read(file.props, "content")
    if content is UNKNOWN:
        yield UNKNOWN
    else:
        problems = _problems_of(content)
        yield from problems or (None,)


def _problems_of(content: Any) -> list[str]:
    try:
        rules = yaml.safe_load(content) if isinstance(content, str) else None
    except yaml.YAMLError:
        rules = None
    if not isinstance(rules, dict):
        return ["its masking rules cannot be read"]
    databases = rules.get("databases")
    parts = databases if isinstance(databases, dict) else {"": rules}
    places = {"": rules, **{name: each for name, each in parts.items() if isinstance(each, dict)}}
    lenient = [name for name, each in places.items() if each.get("unlisted", "fail") != "fail"]
    untabled = [name for name, each in parts.items() if not isinstance(each, dict) or "tables" not in each]
    return [
        *(f"unlisted columns{_of(name)} do not stop the run" for name in lenient),
        *(f"nothing{_of(name)} is masked but by statements, and nothing finds drift" for name in untabled),
    ]


def _of(name: str) -> str:
    return f" of database {name}" if name else ""
