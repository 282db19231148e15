"""An invented shop: what production holds where nobody brings data of their own. Its rules are masking/shop.yaml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.production import Production, Samples
from rehearsal.rds import Rds

IDENTIFIER = "shop-prod"
DATABASES = ("shop", "crm")
# Every address in the invented shop, and no masked one.
PERSONAL = re.compile(r"[a-z]+\.[a-z]+\d+@(posteo|mail|orange|web)\.example|contact\d+@supplier\.example")
SAMPLES = (
    ("shop", "customers", "SELECT full_name || ' · ' || phone || ' · ' || email FROM customers WHERE id = 7"),
    ("shop", "addresses", "SELECT street || ', ' || postcode || ' ' || city FROM addresses WHERE customer_id = 7"),
    ("shop", "orders", "SELECT contact_email FROM orders WHERE id = 1"),
    ("shop", "messages", "SELECT body::text FROM messages WHERE customer_id = 7"),
    ("crm", "contacts", "SELECT email || ' · ' || coalesce(note, '-') FROM contacts WHERE id = 7"),
)


class Shop:
    """The shop's two databases; the stack `local` is configured for them."""

    name = "shop"
    identifier = IDENTIFIER
    master = "shop_admin"
    initial = "shop"
    title = "production: an invented shop on PostgreSQL, two databases"
    rules = "masking/shop.yaml"

    def configured(self, values: Mapping[str, str]) -> dict[str, str]:
        """The config as it is."""
        return dict(values)

    def fill(self, production: Production, _rds: Rds) -> None:
        """Make up its rows."""
        with production.connect() as connection:
            connection.autocommit = True
            connection.execute("CREATE DATABASE crm")
            connection.execute("CREATE ROLE shop_app LOGIN PASSWORD 'invented-application-password'")
        for database in DATABASES:
            with production.connect(database) as connection:
                connection.execute((Path(__file__).parent / f"{database}.sql").read_bytes())

    def write_rules(self, _production: Production) -> None:
        """They are written."""

    def samples(self, production: Production, copy: Production, _report: Mapping[str, Any]) -> Samples:
        """The same rows on both sides: nobody in them exists."""
        rows = [
            (f"{database}.{table}", _one(production, database, query), _one(copy, database, query))
            for database, table, query in SAMPLES
        ]
        return Samples(("where", "before", "after"), [*rows])


def _one(server: Production, database: str, query: str) -> str:
    with server.connect(database) as connection:
        row = connection.execute(query.encode()).fetchone()
        return "(no row)" if row is None else str(row[0])
