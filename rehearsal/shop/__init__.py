"""An invented shop: what production holds where nobody brings data of their own. Its rules lie in masking/."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.production import Production, Samples
from rehearsal.rds import Rds

IDENTIFIER = "shop-prod"
DATABASES = ("shop", "crm")
CONFIGURED = "sanitized-snapshots:databases"
RULES = "masking/shop.yaml"  # what the config names
# Every address in the invented shop, and no masked one.
PERSONAL = re.compile(r"[a-z]+\.[a-z]+\d+@(posteo|mail|orange|web)\.example|contact\d+@supplier\.example")


@dataclass(frozen=True)
class Shop:
    """The shop's two databases on one engine; the stack `local` is configured for them."""

    spoken: str  # the engine
    tables: Path
    rules: str
    application: str  # makes its account
    samples_of: tuple[tuple[str, str, str], ...]

    name = "shop"
    identifier = IDENTIFIER
    master = "shop_admin"
    initial = "shop"

    @property
    def title(self) -> str:
        """Names the engine."""
        return f"production: an invented shop on {self.spoken}, two databases"

    def configured(self, values: Mapping[str, str]) -> dict[str, str]:
        """The config with the engine's rules in the stead of PostgreSQL's, where those stand."""
        databases = json.loads(values[CONFIGURED])
        ours = [{**each, "masking": self.rules} if each.get("masking") == RULES else each for each in databases]
        return {**values, CONFIGURED: json.dumps(ours)}

    def fill(self, production: Production, _rds: Rds) -> None:
        """Make up its rows."""
        for statement in ("CREATE DATABASE crm", self.application):
            production.run(statement)
        for database in DATABASES:
            production.run((self.tables / f"{database}.sql").read_text(encoding="utf-8"), database)

    def write_rules(self, _production: Production) -> None:
        """They are written."""

    def samples(self, production: Production, copy: Production, _report: Mapping[str, Any]) -> Samples:
        """The same rows on both sides: nobody in them exists."""
        rows = [
            (f"{database}.{table}", _one(production, database, query), _one(copy, database, query))
            for database, table, query in self.samples_of
        ]
        return Samples(("where", "before", "after"), [*rows])


def _one(server: Production, database: str, query: str) -> str:
    rows = server.ask(query, database)
    return str(rows[0][0]) if rows else "(no row)"


FOLDER = Path(__file__).parent
SHOPS = {
    "postgres": Shop(
        "PostgreSQL",
        FOLDER / "postgres",
        RULES,
        "CREATE ROLE shop_app LOGIN PASSWORD 'invented-application-password'",
        (
            ("shop", "customers", "SELECT full_name || ' · ' || phone || ' · ' || email FROM customers WHERE id = 7"),
            ("shop", "addresses", "SELECT street || ', ' || postcode || ' ' || city FROM addresses WHERE customer_id = 7"),
            ("shop", "orders", "SELECT contact_email FROM orders WHERE id = 1"),
            ("shop", "messages", "SELECT body::text FROM messages WHERE customer_id = 7"),
            ("crm", "contacts", "SELECT email || ' · ' || coalesce(note, '-') FROM contacts WHERE id = 7"),
        ),
    ),
    "mariadb": Shop(
        "MariaDB",
        FOLDER / "mariadb",
        "masking/shop-mariadb.yaml",
        "CREATE USER shop_app IDENTIFIED BY 'invented-application-password'",
        (
            ("shop", "customers", "SELECT concat_ws(' · ', full_name, coalesce(phone, '-'), email) FROM customers WHERE id = 7"),
            ("shop", "addresses", "SELECT concat(street, ', ', postcode, ' ', city) FROM addresses WHERE customer_id = 7"),
            ("shop", "orders", "SELECT contact_email FROM orders WHERE id = 1"),
            ("shop", "messages", "SELECT body FROM messages WHERE customer_id = 7"),
            ("crm", "contacts", "SELECT concat_ws(' · ', email, coalesce(note, '-')) FROM contacts WHERE id = 7"),
        ),
    ),
}  # fmt: skip
