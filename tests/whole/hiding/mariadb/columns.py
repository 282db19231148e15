"""Masked columns, by type."""

from collections.abc import Callable

from tests.whole.hiding.places import Form, Place, address, big, binary, shuffled, wide, words


def column(
    kind: str, name: str, rule: str = "hash", value: str = "':marker'", form: Callable[[int], Form] = words
) -> Place:
    """A masked column of that type in a table of its own."""
    return Place(
        f"{name} column",
        f"CREATE TABLE :table (id INT PRIMARY KEY, m {kind});\nINSERT INTO :table VALUES (1, {value})",
        f":table: {{id: keep, m: {rule}}}",
        stored_in=":table.ibd",
        form=form,
    )


PLACES = (
    column("VARCHAR(60)", "varchar"),
    column("CHAR(60)", "char", "email"),
    column("LONGTEXT", "longtext"),
    column("JSON", "json", "{json: {$.who: hash}}", """'{"who": ":marker"}'"""),
    column("BLOB", "blob", "set_null", "x':marker'", form=binary),
    column("VARBINARY(60)", "varbinary", "set_null", "x':marker'", form=binary),
    column("VARCHAR(60) CHARACTER SET utf16", "two bytes a character", form=wide),
    column("VARCHAR(60) CHARACTER SET latin1", "one byte a character"),
    column("VARCHAR(200) COMPRESSED", "compressed"),
    column("VARCHAR(60) INVISIBLE", "invisible")._replace(
        plants="CREATE TABLE :table (id INT PRIMARY KEY, m VARCHAR(60) INVISIBLE);\nINSERT INTO :table (id, m) VALUES (1, ':marker')"
    ),
    column("INET6", "inet6", "ip", form=address),
    column("UUID", "uuid", "uuid", form=shuffled),
    column("BIGINT", "bigint", "set_null", form=big),
)
