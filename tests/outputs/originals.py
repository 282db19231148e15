"""What is planted: the texts in the SQL that fills a test's database, and all that production's masked columns hold in a rehearsal."""

import re
from collections.abc import Iterator

from rehearsal import telling
from rehearsal.engines import Engine
from rehearsal.stage import Stage
from sanitizer.names import TableName
from sanitizer.rules_file import read_rules
from tests.outputs.search import leaves

QUOTED = re.compile(r"'((?:[^']|'')*)'")
STATEMENT = re.compile(r"(?:[^';]|'(?:[^']|'')*')+")
FILLING = re.compile(r"\s*(INSERT|UPDATE|REPLACE|WITH|COPY)\b|CREATE\s+TABLE\b.*\bAS\s+SELECT\b", re.IGNORECASE | re.DOTALL)  # fmt: skip


def written_by(sql: str) -> Iterator[str]:
    """The texts that statements write into tables."""
    for statement in STATEMENT.findall(sql):
        if FILLING.match(statement):
            for quoted in QUOTED.findall(statement):
                yield from leaves(quoted.replace("''", "'"), names=False)


def of_production(stage: Stage) -> Iterator[str]:
    """Every value of every column that the run masks or empties."""
    content = telling.rules_of(stage)
    rules = read_rules(content, "rules.yaml")
    for database in rules.databases or [stage.contents.initial]:
        for name, table in rules.of(database).listed.items():
            columns = list(table.masked) if table.columns else ["*"]
            for column in columns:
                yield from _texts(stage.production.ask(_select(stage.engine, name, column), database))


def _texts(rows: list[tuple[object, ...]]) -> Iterator[str]:
    for row in rows:
        for value in row:
            if value is not None:
                yield from leaves(value if isinstance(value, dict | list) else str(value), names=False)


def _select(engine: Engine, name: TableName, column: str) -> str:
    quote = "`" if engine.name != "postgres" else '"'
    table = ".".join(f"{quote}{part}{quote}" for part in name if part)
    return f"SELECT {column if column == '*' else quote + column + quote} FROM {table}"
