"""Masked columns, by type."""

from collections.abc import Callable

from tests.whole.hiding.places import Form, Place, address, device, hexadecimal, identifier, little, moment, words


def column(
    kind: str,
    value: str = "':marker'",
    rule: str = "set_null",
    *,
    form: Callable[[int], Form] = words,
    before: str = "",
    name: str = "",
) -> Place:
    """A masked column of that type in a table of its own."""
    return Place(
        f"{name or kind} column",
        f"{before}; CREATE TABLE :table (id int, m {kind}); INSERT INTO :table VALUES (1, {value})",
        f"public.:table: {{id: keep, m: {rule}}}",
        form=form,
    )


PLACES = (
    column("text", rule="hash"),
    column("varchar(60)", rule="email", name="varchar"),
    column("char(40)", rule="hash", name="char"),
    column("citext", before="CREATE EXTENSION citext", rule="hash"),
    column("json", """'{"who": {"name": ":marker"}}'""", "{json: {$.who.name: hash}}"),
    column("jsonb", """'{"who": [":marker"]}'""", '{json: {"$.who[*]": hash}}'),
    column("hstore", "'who => :marker'", before="CREATE EXTENSION hstore"),
    column("text[]", "ARRAY['a', ':marker']", "{each: hash}", name="array"),
    column("xml", "'<who>:marker</who>'"),
    column("bytea", r"'\x:marker'", form=hexadecimal),
    column("whole_name", before="CREATE DOMAIN whole_name AS text CHECK (value <> '')", rule="hash", name="domain"),
    column("who", "ROW(':marker', 7)", before="CREATE TYPE who AS (name text, number int)", name="row"),
    column("inet", rule="ip", form=address),
    column("cidr", form=address),
    column("macaddr", form=device),
    column("uuid", rule="uuid", form=identifier),
    column("bigint", "':marker'", form=little),
    column("timestamptz", form=moment),
    column("tstzrange", "tstzrange(':marker', NULL)", form=moment),
    column("tsvector", "to_tsvector('simple', ':marker is here')"),
    column("name"),
)
