"""One whole run, looked at from every side.

Opens with what happened elsewhere: a sanitized copy that still held the audit table; a clean-up that took a colleague's snapshot; a run that
ended green although it had failed.
"""

import hashlib
import itertools
import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from handlers import flow
from handlers.step import Features
from rehearsal import outcome, production, shop
from rehearsal.account import ACCOUNT, CONSUMER_ACCOUNT, REGION
from rehearsal.stage import Stage
from tests.whole.staging import when_entering

FEATURES = Features(new_snapshot=True, reencrypt=True, share=True)
WAITS = [part.name for part in flow.run(FEATURES).body if isinstance(part, flow.Step) and part.name.startswith("Await")]


class Run:
    """The run that this file looks at."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.before = outcome.look_at_source(stage)
        self.calls_before = len(stage.account.gate.calls)
        self.managed_passwords: list[str] = []
        with when_entering(stage, "Sanitize", self._remember_passwords):
            self.execution = stage.start_run()
            self.ended = stage.account.wait(self.execution, 300)
        self.calls = stage.account.gate.calls[self.calls_before :]
        self.history = stage.account.history(self.execution)
        self.after = outcome.look_at_source(stage)

    def _remember_passwords(self, _execution: str) -> None:
        """What RDS made up for the temporary database, as the operator can see it while it exists."""
        manager = self.stage.account.client("secretsmanager")
        for secret in manager.list_secrets()["SecretList"]:
            value = manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]
            self.managed_passwords.append(json.loads(value)["password"])

    @property
    def result(self) -> outcome.Result:
        return outcome.look_at_result(self.stage)

    def output(self) -> str:
        """Everything that the run wrote anywhere but into databases."""
        account = self.stage.account
        parts = [
            json.dumps(self.history, default=str),
            json.dumps(self.ended, default=str),
            self.result.report_bytes.decode(),
            self.result.page.decode(),
        ]
        parts += [account.lambdas.logs(f"ss-local-shop-{role}") for role in ("worker", "sharer")]
        for task, environment in account.ecs.task_environments.items():
            parts += [
                json.dumps({key: value for key, value in environment.items() if not key.startswith("AWS_")}),
                account.ecs.logs(task),
            ]
        return "\n".join(parts)


@pytest.fixture(scope="module")
def run(stage: Stage) -> Run:
    return Run(stage)


@pytest.fixture(scope="module")
def copy(run: Run) -> Iterator[production.Production]:
    """The sanitized snapshot as the account sees it that it was shared with."""
    with outcome.as_consumer(run.stage, run.result.arn) as restored:
        yield restored


def test_the_report_says_how_old_the_data_is(run: Run) -> None:
    """When the raw snapshot was taken, which is gone by now."""
    taken = next(call.time for call in run.stage.account.gate.calls_of("rds", "CreateDBSnapshot"))
    told = datetime.fromisoformat(run.result.report["snapshot_at"])
    assert timedelta(0) <= told - taken < timedelta(hours=1)


def test_the_snapshot_is_tagged_with_a_signature_that_anybody_can_check(run: Run, tmp_path: Path) -> None:
    """With the public half of the stack's key and OpenSSL; one byte more in the report is noticed."""
    kms = run.stage.account.client("kms")
    public = kms.get_public_key(KeyId=run.stage.recording.outputs["signingKey"])["PublicKey"]
    key, report = tmp_path / "reports.pem", tmp_path / "report.json"
    key.write_text(ssl.DER_cert_to_PEM_cert(public).replace("CERTIFICATE", "PUBLIC KEY"))
    command = [
        sys.executable,
        "-m",
        "sanitizer",
        "verify-report",
        str(report),
        "--public-key",
        str(key),
        "--signature",
        run.result.tags["report-signature"],
    ]
    report.write_bytes(run.result.report_bytes)
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    report.write_bytes(run.result.report_bytes + b" ")
    assert subprocess.run(command, check=False, capture_output=True).returncode == 4


def test_it_ends_succeeded(run: Run) -> None:
    """A run in which nothing failed is green."""
    assert run.ended["status"] == "SUCCEEDED", (run.ended.get("error"), run.ended.get("cause"))


def test_only_the_sanitized_snapshot_is_left(run: Run) -> None:
    """Nothing is left behind: of the stack, the account holds one snapshot; shared as configured, tagged with run and report."""
    assert list(run.stage.ours()) == [run.result.identifier]
    assert run.result.accounts == (CONSUMER_ACCOUNT,)
    assert run.result.tags["run"] in run.result.identifier
    assert run.result.tags["kind"] == "sanitized"
    assert run.result.tags["report-sha256"] == hashlib.sha256(run.result.report_bytes).hexdigest()


def test_lookalikes_still_stand(run: Run) -> None:
    """Only what has our prefix and our tag is ever deleted."""
    rds = run.stage.account.client("rds")
    snapshots = {
        each["DBSnapshotIdentifier"] for each in rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    }
    instances = {each["DBInstanceIdentifier"] for each in rds.describe_db_instances()["DBInstances"]}
    assert {production.LOOKALIKE_UNTAGGED, production.LOOKALIKE_OTHER_STACK} <= snapshots
    assert instances >= {shop.IDENTIFIER, production.FOREIGN_DATABASE}


def test_no_managed_secret_is_left(run: Run) -> None:
    """The temporary database's password went with it."""
    assert run.stage.account.client("secretsmanager").list_secrets()["SecretList"] == []


def test_production_is_what_it_was(run: Run) -> None:
    """Production's rows, settings, groups and rules are never changed."""
    assert run.after == run.before


def test_the_only_calls_naming_production_describe_or_snapshot_it(run: Run) -> None:
    """Nothing else was even tried on the source."""
    named = outcome.calls_naming_source(run.stage)
    assert "CreateDBSnapshot" in named
    assert all(name.startswith("Describe") or name == "CreateDBSnapshot" for name in named), named


def test_every_call_was_made_with_a_role_and_allowed(run: Run) -> None:
    """The deployed documents allow what the run does; nothing of the run acts without a role."""
    made = [call for call in run.calls if call.role != "operator"]
    assert {call.role for call in made} >= {
        f"ss-local-shop-{name}" for name in ("worker", "sharer", "task", "states", "start")
    }
    assert [(call.role, call.operation, call.error) for call in made if "denied" in (call.error or "").lower()] == []
    assert all(call.allowed_by for call in made)


def test_every_wait_was_not_ready_at_first(run: Run) -> None:
    """The emulation is slow like RDS: each wait is met before what it waits for is there."""
    waited: set[str] = set()
    state = ""
    for event in run.history:
        if event["type"].endswith("StateEntered"):
            state = event["stateEnteredEventDetails"]["name"]
        if event.get("taskFailedEventDetails", {}).get("error") == "NotReady":
            waited.add(state)
    assert waited >= {*WAITS, "AwaitGone"}


def test_every_step_made_a_call(run: Run) -> None:
    """No step of the flow is a stub."""
    entered = [
        (event["timestamp"], event["stateEnteredEventDetails"]["name"])
        for event in run.history
        if event["type"].endswith("StateEntered")
    ]
    acting = {part.name for part in (*flow.run(FEATURES).body, *flow.run(FEATURES).finally_)} | {"Plan"}
    for (since, name), (until, _) in itertools.pairwise(entered):
        if name in acting:
            calls = [
                call
                for call in run.calls
                if since <= call.time <= until and call.service not in ("lambda", "stepfunctions")
            ]
            assert calls, f"{name} called nothing"


def test_no_original_address_is_in_a_dump(run: Run, copy: production.Production) -> None:
    """`pg_dumpall` of a server restored from the shared snapshot holds none of production's addresses, and production's did."""
    rds = run.stage.account.rds
    assert shop.PERSONAL.search(rds.server(run.stage.production.identifier, ACCOUNT).dump()), (
        "the test looks for nothing"
    )
    assert not shop.PERSONAL.search(rds.server(copy.identifier, CONSUMER_ACCOUNT).dump())


def test_productions_password_opens_nothing(run: Run, copy: production.Production) -> None:
    """Neither the master user nor the application logs in with production's password."""
    assert run.stage.production.opens(run.stage.production.password)
    assert copy.opens(copy.password)
    assert not copy.opens(run.stage.production.password)


DISTINCT = (
    ("shop", "SELECT count(DISTINCT email) FROM customers"),
    ("shop", "SELECT count(*) FROM cards k JOIN customers c ON c.id = k.customer_id AND c.full_name = k.holder"),
    ("shop", "SELECT count(DISTINCT contact_email) FROM orders"),
    ("shop", "SELECT count(*) FROM orders o JOIN customers c ON c.email = o.contact_email AND c.id = o.customer_id"),
    ("shop", "SELECT count(*) FROM newsletter n JOIN customers c USING (email)"),
    ("shop", "SELECT count(*) FROM customer_totals t JOIN customers c ON c.email = t.contact_email"),
    (
        "shop",
        "SELECT count(*) FROM messages m JOIN customers c ON c.id = m.customer_id AND c.email = m.body ->> 'from'",
    ),
    ("crm", "SELECT count(DISTINCT email) FROM contacts"),
)


@pytest.mark.parametrize(("database", "query"), DISTINCT)
def test_counts_and_joins_survive(run: Run, copy: production.Production, database: str, query: str) -> None:
    """What was one person stays one person, in every table."""
    assert _one(copy, database, query) == _one(run.stage.production, database, query) != 0


def test_masked_values_differ_from_row_to_row(copy: production.Production) -> None:
    """Not one invented value for everybody."""
    assert _one(copy, "shop", "SELECT count(DISTINCT email) > 10000 FROM customers") is True


def test_nothing_written_holds_a_password_key_or_original(run: Run, copy: production.Production) -> None:
    """State history, task environment, logs and report hold no secret and no personal value; neither does pg_stat_statements."""
    server = run.stage.rds.server(copy.identifier, CONSUMER_ACCOUNT)
    statistics = server.superuser_sql("SELECT query FROM pg_stat_statements", "shop")
    key = run.stage.account.client("kms").generate_mac(
        KeyId=run.stage.recording.outputs["maskingKey"], Message=b"masking-key/v1/shop", MacAlgorithm="HMAC_SHA_256"
    )["Mac"]
    written = run.output() + statistics
    assert len(run.managed_passwords) == 1
    for password in (run.stage.production.password, *run.managed_passwords):
        assert password not in written
    assert key.hex() not in written.lower()
    assert not shop.PERSONAL.search(written)
    assert "invented-application-password" not in written


ARNS = f"arn:aws:rds:{REGION}:{ACCOUNT}"


@pytest.mark.parametrize("role", ["shop-worker", "shop-sharer", "shop-task", "shop-states", "shop-start", "sweeper"])
def test_roles_may_not_touch_production(run: Run, role: str) -> None:
    """Deleting and modifying the source, and reading production's own secret, are denied to every role."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/ss-local-{role}"
    account = run.stage.account
    secret = account.client("secretsmanager").create_secret(
        Name=f"rds!db-production-{role}",
        SecretString="{}",
        Tags=[{"Key": "aws:rds:primaryDBInstanceArn", "Value": f"{ARNS}:db:{shop.IDENTIFIER}"}],
    )["ARN"]
    raw = f"ss-local-raw-shop-202601010300-{role[-4:]}"
    tags = {"stack": "local", "database": "shop", "run": "202601010300-aaaa", "kind": "raw"}
    operator = account.client("rds")
    operator.create_db_snapshot(
        DBInstanceIdentifier=production.FOREIGN_DATABASE,
        DBSnapshotIdentifier=raw,
        Tags=[{"Key": f"sanitized-snapshots:{key}", "Value": value} for key, value in tags.items()],
    )
    account.clock.sleep(3600)
    try:
        rds = account.client("rds", arn)
        _denied(rds.delete_db_instance, DBInstanceIdentifier=shop.IDENTIFIER, SkipFinalSnapshot=True)
        _denied(rds.modify_db_instance, DBInstanceIdentifier=shop.IDENTIFIER, DeletionProtection=False)
        _denied(
            rds.add_tags_to_resource,
            ResourceName=f"{ARNS}:db:{shop.IDENTIFIER}",
            Tags=[{"Key": "a", "Value": "b"}],
        )
        _denied(
            rds.modify_db_snapshot_attribute,
            DBSnapshotIdentifier=raw,
            AttributeName="restore",
            ValuesToAdd=[CONSUMER_ACCOUNT],
        )
        _denied(account.client("secretsmanager", arn).get_secret_value, SecretId=secret)
    finally:
        operator.delete_db_snapshot(DBSnapshotIdentifier=raw)
        account.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
        account.clock.sleep(3600)


def _denied(call: Any, **parameters: Any) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**parameters)
    assert refused.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), parameters


def _one(server: production.Production, database: str, query: str) -> Any:
    with server.connect(database) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]
