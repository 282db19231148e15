"""What is measured on: a table of people as applications have them, eight of whose columns are masked, and what a rules file says of it.

The kinds of columns are the same on both engines: four texts hashed with a key, a document, a date, two that become NULL.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

MASKED = ("email", "username", "full_name", "phone", "profile", "birth_date", "notes", "last_ip")
KEPT = ("id", "country", "status", "balance", "created_at", "biography")


class TableKind(NamedTuple):
    """How one engine writes the table; `{rows}` and `{table}` are filled in."""

    create: str
    fill: str
    indexes: tuple[str, ...]
    finish: str
    rewrite: str  # all rows written anew, none of their old versions left
    qualified: str


# By the option --rules.
RULES: dict[str, dict[str, str]] = {
    "facts": {
        "email": "email", "username": "hash", "full_name": "hash", "phone": "hash",
        "profile": "{json: {$.phone: phone, $.note: set_null, $.tags: keep}}", "birth_date": "{shift: 30d}", "notes": "set_null", "last_ip": "set_null",
    },
    "people": {
        "email": "email", "username": "username", "full_name": "{name: fr_FR}", "phone": "{phone: FR}",
        "profile": "{json: {$.phone: phone, $.note: lorem, $.tags: keep}}", "birth_date": "{shift: 30d}", "notes": "lorem", "last_ip": "ip",
    },
}  # fmt: skip


POSTGRESQL = TableKind(
    create="""
        CREATE TABLE {table} (
            id bigint PRIMARY KEY, email text NOT NULL, username text NOT NULL, full_name text, phone text, profile jsonb, birth_date date,
            notes text, last_ip inet, country text, status text NOT NULL, balance numeric(12, 2), created_at timestamptz NOT NULL, biography text)
    """,
    fill="""
        INSERT INTO {table}
        SELECT i, 'person' || i || '@' || substr(md5(i::text), 1, 8) || '.example.net', 'user_' || md5(i::text || 'u'),
               'Ann ' || initcap(substr(md5(i::text || 'n'), 1, 10)) || ' Bell', '+44 20 ' || (70000000 + i),
               jsonb_build_object('phone', '+44 20 ' || (70000000 + i), 'note', md5(i::text || 'j'), 'tags', jsonb_build_array('new', 'paid')),
               date '1940-01-01' + i % 25000, repeat(md5(i::text || 't') || ' ', 3), ('10.' || i / 65536 % 256 || '.' || i / 256 % 256 || '.' || i % 256)::inet,
               'FR', 'active', i % 100000 / 7.0, timestamptz '2015-01-01' + i * interval '5 minutes', repeat(md5(i::text || 'b') || ' ', 3)
        FROM generate_series(1, {rows}) AS i
    """,
    indexes=(
        "CREATE UNIQUE INDEX ON {table} (email)",
        "CREATE INDEX ON {table} (username)",
        "CREATE INDEX ON {table} (full_name)",
        "CREATE INDEX ON {table} (phone)",
        "CREATE INDEX ON {table} (created_at)",
    ),
    finish="VACUUM ANALYZE {table}",
    rewrite="VACUUM FULL {table}",
    qualified="public.{table}",
)  # fmt: skip

MARIADB = TableKind(
    create="""
        CREATE TABLE {table} (
            id bigint PRIMARY KEY, email varchar(120) NOT NULL, username varchar(60) NOT NULL, full_name varchar(80), phone varchar(40), profile json,
            birth_date date, notes text, last_ip varchar(45), country varchar(2), status varchar(20) NOT NULL, balance decimal(12, 2),
            created_at datetime NOT NULL, biography text) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci
    """,
    fill="""
        INSERT INTO {table}
        SELECT seq, CONCAT('person', seq, '@', LEFT(MD5(seq), 8), '.example.net'), CONCAT('user_', MD5(CONCAT(seq, 'u'))),
               CONCAT('Ann ', LEFT(MD5(CONCAT(seq, 'n')), 10), ' Bell'), CONCAT('+44 20 ', 70000000 + seq),
               JSON_OBJECT('phone', CONCAT('+44 20 ', 70000000 + seq), 'note', MD5(CONCAT(seq, 'j')), 'tags', JSON_ARRAY('new', 'paid')),
               DATE '1940-01-01' + INTERVAL seq % 25000 DAY, REPEAT(CONCAT(MD5(CONCAT(seq, 't')), ' '), 3),
               CONCAT_WS('.', 10, seq DIV 65536 % 256, seq DIV 256 % 256, seq % 256), 'FR', 'active', seq % 100000 / 7,
               '2015-01-01' + INTERVAL seq * 5 MINUTE, REPEAT(CONCAT(MD5(CONCAT(seq, 'b')), ' '), 3)
        FROM seq_1_to_{rows}
    """,
    indexes=(
        "ALTER TABLE {table} ADD UNIQUE KEY (email), ADD KEY (username), ADD KEY (full_name), ADD KEY (phone), ADD KEY (created_at)",
    ),
    finish="ANALYZE TABLE {table}",
    rewrite="ALTER TABLE {table} FORCE",
    qualified="{table}",
)  # fmt: skip

KINDS = {"postgresql": POSTGRESQL, "mariadb": MARIADB}


def filled(kind: TableKind, table: str, rows: int) -> list[str]:
    """The statements that make the table."""
    texts = (kind.create, kind.fill, *kind.indexes, kind.finish)
    return [text.replace("{table}", table).replace("{rows}", str(rows)) for text in texts]


def rules_file(kind: TableKind, tables: Mapping[str, Mapping[str, str]]) -> bytes:
    """What a rules file says of such tables; columns without a rule there are kept."""
    lines = ["tables:"]
    for table, rules in tables.items():
        lines.append(f"  {kind.qualified.replace('{table}', table)}:")
        lines += [f"    {json.dumps(column)}: {rules.get(column, 'keep')}" for column in (*KEPT, *MASKED)]
    return "\n".join(lines).encode()
