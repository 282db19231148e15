"""One whole run on MariaDB, looked at from outside, and one whose verification fails.

Opens with what is different there: a table that is replaced by its copy loses what nobody brings back; a server has a log of every change;
accounts, events and passwords lie beside the data.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal import mariadb, outcome, production, shop
from rehearsal.account import ACCOUNT, CONSUMER_ACCOUNT
from rehearsal.on_mariadb import MariaDb
from rehearsal.stage import PROJECT, Stage
from tests.whole.staging import failed, rules


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    if mariadb.absence():
        pytest.skip("Debian's package mariadb-server is not installed")
    with Stage(engine=MariaDb()) as standing:
        yield standing


class Run:
    """The run that this file looks at."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.before = outcome.look_at_source(stage)
        self.execution = stage.start_run()
        self.ended = stage.account.wait(self.execution, 300)
        self.after = outcome.look_at_source(stage)
        self.result = outcome.look_at_result(stage) if self.ended["status"] == "SUCCEEDED" else None


@pytest.fixture(scope="module")
def run(stage: Stage) -> Run:
    made = Run(stage)
    assert made.result is not None, (made.ended.get("error"), made.ended.get("cause"))
    return made


@pytest.fixture(scope="module")
def copy(run: Run) -> Iterator[production.Production]:
    """The sanitized snapshot as the account sees it that it was shared with."""
    with outcome.as_consumer(run.stage, run.result.arn) as restored:
        yield restored


def ask(server: production.Production, query: str, database: str = "shop") -> list[tuple[Any, ...]]:
    return server.ask(query, database)


def test_only_the_sanitized_snapshot_is_left(run: Run) -> None:
    """Nothing temporary stays, neither database, snapshot nor password; the snapshot is shared with whom the stack names."""
    assert list(run.stage.ours()) == [run.result.identifier]
    assert run.result.accounts == (CONSUMER_ACCOUNT,)
    assert run.result.tags["kind"] == "sanitized"
    assert run.stage.account.client("secretsmanager").list_secrets()["SecretList"] == []


def test_production_is_what_it_was(run: Run) -> None:
    """Rows, settings, groups and their rules; the calls that named it looked, or took a snapshot."""
    assert run.after == run.before
    named = outcome.calls_naming_source(run.stage)
    assert {name for name in named if not name.startswith("Describe")} == {"CreateDBSnapshot"}


def test_the_sanitizer_was_told_the_engine_and_the_report_names_it(run: Run) -> None:
    """One image masks them all."""
    told = list(run.stage.account.ecs.task_environments.values())[-1]
    assert (told["SANITIZER_ENGINE"], told["SANITIZER_PORT"]) == ("mariadb", "3306")
    assert run.result.report["engine"]["name"] == "mariadb"


def test_no_original_address_is_in_a_dump(run: Run, copy: production.Production) -> None:
    """Of the whole server, statistics and routines included; production's dump has them."""
    rds = run.stage.rds
    assert shop.PERSONAL.search(rds.server(run.stage.production.identifier, ACCOUNT).dump()), "it looks for nothing"
    assert not shop.PERSONAL.search(rds.server(copy.identifier, CONSUMER_ACCOUNT).dump())


COUNTER = re.compile(r" AUTO_INCREMENT=\d+")  # a server that starts anew forgets the numbers that it only reserved
SURVIVING = (
    "SELECT count(DISTINCT email) FROM customers",
    "SELECT count(*) FROM orders o JOIN customers c ON c.email = o.contact_email AND c.id = o.customer_id",
    "SELECT count(*) FROM newsletter n JOIN customers c USING (email)",
    "SELECT count(*) FROM cards k JOIN customers c ON c.id = k.customer_id AND c.full_name = k.holder",
    "SELECT count(*) FROM messages m JOIN customers c ON c.id = m.customer_id AND c.email = json_value(m.body, '$.from')",
    "SELECT count(*) FROM orders PARTITION (orders_2026)",
    "SELECT count(*) FROM customer_overview",
)


@pytest.mark.parametrize("query", SURVIVING)
def test_counts_and_joins_survive(run: Run, copy: production.Production, query: str) -> None:
    """What was one person stays one person, in every table."""
    assert ask(copy, query) == ask(run.stage.production, query) != [(0,)]


def test_structure_is_what_it_was(run: Run, copy: production.Production) -> None:
    """Each table, its keys, checks and partitions; view and trigger."""
    things = [("TABLE", table.name) for table in copy.tables() if table.database == "shop"]
    assert len(things) == 9
    for kind, name in (*things, ("VIEW", "customer_overview"), ("TRIGGER", "remember_customer")):
        now, was = (ask(server, f"SHOW CREATE {kind} {name}")[0][:3] for server in (copy, run.stage.production))
        assert COUNTER.sub("", str(now)) == COUNTER.sub("", str(was)), (kind, name)


def test_what_follows_from_masked_values_follows(copy: production.Production) -> None:
    """A generated column has the masked address's domain; what a trigger or a session remembered is gone."""
    assert ask(copy, "SELECT DISTINCT mail_domain FROM customers") == [("example.com",)]
    assert ask(copy, "SELECT (SELECT count(*) FROM customer_audit) + (SELECT count(*) FROM sessions)") == [(0,)]
    assert ask(copy, "SELECT value FROM settings WHERE name = 'smtp_host'") == [("disabled",)]


def test_nobody_comes_in_and_nothing_runs_by_itself(run: Run, copy: production.Production) -> None:
    """Production's passwords open nothing in the copy, its event is off."""
    was = run.stage.production
    application = copy.login._replace(user="shop_app", password="invented-application-password")
    assert was.opens(was.password)
    assert copy.opens(copy.password)
    assert not copy.opens(was.password)
    assert was.engine.ask(application._replace(host=was.host), None, "SELECT 1") == [(1,)]
    with pytest.raises(was.engine.refusals, match=r"Access denied|locked"):
        was.engine.ask(application, None, "SELECT 1")
    assert ask(copy, "SELECT status FROM information_schema.events") == [("DISABLED",)]


def test_a_run_that_does_not_verify_shares_nothing_and_leaves_nothing(stage: Stage) -> None:
    """A statement writes what no rule would: the run is red, and no snapshot is taken."""
    before, source = set(stage.ours()), outcome.look_at_source(stage)
    text = (PROJECT / stage.contents.rules).read_text()
    spoilt = text.replace("      after:\n", "      after:\n        - UPDATE cards SET number = '4000'\n")
    assert spoilt != text
    error, cause, entered = failed(stage, lambda stage: rules(stage, spoilt))
    assert (error, "ended with 23:" in cause) == ("SanitizerFailed", True)
    assert "TakeSanitizedSnapshot" not in entered
    assert set(stage.ours()) == before
    assert outcome.look_at_source(stage) == source
