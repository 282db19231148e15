"""Schemas of everything that depends on columns, in any mixture, each with the rules that mask it."""

from typing import NamedTuple

import psycopg
from hypothesis import strategies as st

from tests.sanitizer.features import (
    COLUMNS,
    FEATURES,
    FORBIDDING,
    ID,
    KEYS,
    ODD_NAMES,
    ON_PARTITIONS,
    PARTITIONS,
    SETTING,
    TEXTS,
    UNPARTITIONED,
)
from tests.sanitizer.workbench import Workbench


class Described(NamedTuple):
    """One table: what it is made of, and which of its columns are masked; without any it is emptied."""

    partitioned: bool
    key: str
    m: str
    n: str
    masked: frozenset[str]
    features: tuple[str, ...]


class Built(NamedTuple):
    """A schema that a server took: the rules, the strategy that each table must get, and the features that are in it."""

    rules: str
    strategies: dict[str, str]
    features: dict[str, tuple[str, ...]]


# A query of a function that returns rows of the table is written otherwise once it is read again, if the table has got a column since.
GROWING = {"generated column"}


@st.composite
def tables(draw: st.DrawFn) -> list[Described]:
    """One to three tables, each with a key, types, and features in any order."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        partitioned = draw(st.booleans())
        menu = sorted(FEATURES | (ON_PARTITIONS if partitioned else UNPARTITIONED))
        keys = [name for name in KEYS if not partitioned or "identity" not in name]
        masked = draw(st.sets(st.sampled_from("mnd")))
        types = [draw(st.sampled_from(sorted(TEXTS))) for _ in "mn"]
        features = draw(st.lists(st.sampled_from(menu), unique=True, max_size=8))
        found.append(Described(partitioned, draw(st.sampled_from(keys)), *types, frozenset(masked), tuple(features)))
    return found


def build(bench: Workbench, described: list[Described], *, odd: bool = False) -> Built:
    """Makes the schema `play`; a feature that this server does not take for such a table is left out. All but tables may get odd names."""
    bench.sql(SETTING)
    names = [f"t{number}" for number in range(len(described))]
    for name, table in zip(names, described, strict=True):
        types = {"t": name, "m": TEXTS[table.m], "n": TEXTS[table.n], "id": ID.get(table.key)}
        create = f"CREATE TABLE {{t}} ({KEYS[table.key]}, {COLUMNS})" + (PARTITIONS if table.partitioned else "")
        bench.sql(create.format(**types))
        bench.sql(
            f"INSERT INTO {name} (k, m, n) SELECT i, 'm' || i, 'n' || i FROM generate_series(0, 9) i; CREATE TABLE {name}_notes (m text)"
        )
    rules, strategies, taken = ["  play.notes: {m: keep}"], {}, {}
    every = FEATURES | UNPARTITIONED | ON_PARTITIONS
    for number, (name, table) in enumerate(zip(names, described, strict=True)):
        other = names[(number + 1) % len(names)]
        taken[name] = tuple(
            each
            for each in sorted(table.features, key=lambda each: each not in GROWING)
            if _taken(bench, every[each].replace("{t}", name).replace("{o}", other))
        )
        rules += _rules(name, table, taken[name])
        strategies[f"play.{name}"] = (
            "truncate" if not table.masked else "update" if _forbids(table, taken[name]) else "rewrite"
        )
    bench.sql((ODD_NAMES + "; " if odd else "") + "RESET search_path")
    return Built("\n".join(rules), strategies, taken)


def _taken(bench: Workbench, statements: str) -> bool:
    try:
        bench.sql(statements)
    except psycopg.Error:
        bench.sql("RESET ROLE")
        return False
    return True


def _forbids(table: Described, features: tuple[str, ...]) -> bool:
    generated = {"generated column"} if "m" in table.masked else set()
    return not set(features).isdisjoint(FORBIDDING | generated)


def _rules(name: str, table: Described, features: tuple[str, ...]) -> list[str]:
    """The rules of the table, and of those that its features made."""
    children = {
        "inheritance": "heir",
        "foreign keys": "child",
        "keys over partitions": "child",
        "key with more in it": "points",
    }
    if not table.masked:
        found = [f"  play.{name}: truncate", f"  play.{name}_notes: {{m: keep}}"]
        found += [f"  play.{name}_{child}: truncate" for feature, child in children.items() if feature in features]
        return [*found, f"  play.{name}_up: {{m: keep}}"] if "keys from partitions" in features else found
    masks = {"m": "hash", "n": "hash", "d": "{shift: 30d}"}
    rule = {column: mask if column in table.masked else "keep" for column, mask in masks.items()}
    columns = "id: keep, k: keep, " + ", ".join(f"{column}: {each}" for column, each in rule.items())
    columns += ", g: keep" if "generated column" in features else ""
    found = [f"  play.{name}: {{{columns}}}", f"  play.{name}_notes: {{m: keep}}"]
    if "inheritance" in features:
        found.append(f"  play.{name}_heir: {{{columns}, own: keep}}")
    if "foreign keys" in features:
        found.append(f"  play.{name}_child: {{m: {rule['m']}, n: {rule['m']}}}")
    if "keys over partitions" in features:
        found.append(f"  play.{name}_child: {{k: keep, m: {rule['m']}}}")
    if "keys from partitions" in features:
        found.append(f"  play.{name}_up: {{m: {rule['m']}}}")
    if "key with more in it" in features:
        found.append(f"  play.{name}_points: {{id: keep, m: keep}}")
    return found
