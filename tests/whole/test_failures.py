"""Whatever fails, the run is red, has the right name, and removes what it made.

Opens with what happened elsewhere: a caught failure that ended green; a database that stood on the bill for weeks because clean-up needed data from the state that
had failed; a snapshot that was shared although masking had stopped half-way.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rehearsal import shop
from rehearsal.errors import AwsError
from rehearsal.faults import Loss
from rehearsal.stage import BUNDLE, PROJECT, Stage
from tests.whole.staging import Trouble, failed, fault, production_sql, rules_with

pytestmark = pytest.mark.usefixtures("nothing_is_left", "production_is_what_it_was")


def schema_change(before: str, after: str) -> Trouble:
    """Production changed since the rules were written."""
    return lambda stage: production_sql(stage, before, after)


@contextmanager
def another_authority(stage: Stage) -> Iterator[None]:
    """The image carries certificates that did not sign the database's."""
    bundle = stage.image.path(BUNDLE)
    ours = bundle.read_bytes()
    bundle.write_bytes((PROJECT / "sanitizer" / "rds-global-bundle.pem").read_bytes())
    try:
        yield
    finally:
        bundle.write_bytes(ours)


SANITIZER_ENDS = {
    10: rules_with(instead=("email: email ", "email: e-mail ")),
    11: schema_change("ALTER TABLE customers ADD COLUMN nickname text", "ALTER TABLE customers DROP COLUMN nickname"),
    12: rules_with(instead=("full_name: {name: fr_FR}", "full_name: set_null")),
    13: another_authority,
    20: rules_with(after="SELECT no_such_function()"),
    21: rules_with(before="ALTER TABLE public.cards ADD CONSTRAINT late CHECK (number ~ ' ')"),
    22: rules_with(before="CREATE MATERIALIZED VIEW public.fragile AS SELECT 1 / count(*) AS x FROM public.sessions"),
    23: rules_with(after="UPDATE public.cards SET number = '4000'"),
    24: fault(
        "s3", "PutObject", AwsError("InternalError", "We encountered an internal error.", 500), times=50, role="task"
    ),
    137: fault("secretsmanager", "GetSecretValue", Loss.CRASH, role="task"),
}


@pytest.mark.parametrize("code", sorted(SANITIZER_ENDS))
def test_sanitizer_that_stops_ends_the_run(stage: Stage, code: int) -> None:
    """Each class of exit has its name, and no snapshot is taken after it."""
    error, cause, entered = failed(stage, SANITIZER_ENDS[code])
    assert error == ("SanitizerRefused" if 10 <= code < 20 else "SanitizerFailed")
    assert f"ended with {code}:" in cause
    assert "TakeSanitizedSnapshot" not in entered
    assert shop.PERSONAL.search(cause) is None


def test_rules_that_somebody_exchanged_in_the_bucket_vouch_for_nothing(stage: Stage) -> None:
    """Whatever they say: the sanitizer signs what they made, and the run knows the digest of those that were deployed."""
    error, cause, _ = failed(stage, rules_with(after="SELECT 1"))
    assert error == "NotSanitized"
    assert "rules_sha256 differ" in cause


@pytest.mark.parametrize("kind", ["raw", "intermediate", "sanitized"])
def test_snapshot_that_fails_ends_the_run(stage: Stage, kind: str) -> None:
    """A snapshot that RDS gives up is not waited for, and nothing of it stays."""

    @contextmanager
    def trouble(stage: Stage) -> Iterator[None]:
        stage.rds.fail_snapshot(f"*-{kind}-*")
        yield
        stage.rds.fail_no_more()

    assert failed(stage, trouble)[0] == "SnapshotFailed"


@pytest.mark.parametrize("status", ["incompatible-network", "storage-full"])
def test_database_that_never_comes_ends_the_run(stage: Stage, status: str) -> None:
    """A hopeless status is not waited for."""

    @contextmanager
    def trouble(stage: Stage) -> Iterator[None]:
        stage.rds.never_available("*-temporary-*", status)
        yield
        stage.rds.fail_no_more()

    assert failed(stage, trouble)[0] == "NeverAvailable"


def test_refused_share_ends_the_run(stage: Stage) -> None:
    """A snapshot that could not be shared is not announced, and goes."""
    refusal = AwsError("KMSKeyNotAccessibleFault", "The key cannot be used.")
    error, _, entered = failed(stage, fault("rds", "ModifyDBSnapshotAttribute", refusal, times=9))
    assert error == "AwsRefused"
    assert "Announce" not in entered


def test_failing_clean_up_step_is_told_and_the_others_go_on(stage: Stage) -> None:
    """A run that succeeded but left something is red; the next sweep removes what was left."""
    refusal = AwsError("InternalFailure", "An internal error has occurred.", 500)
    trouble = fault("rds", "DeleteDBSnapshot", refusal, times=10_000, among="-raw-")
    before = set(stage.ours())
    with trouble(stage):
        execution = stage.start_run()
        ended = stage.account.wait(execution, 300)
    assert (ended["status"], ended["error"]) == ("FAILED", "LeftoversRemain")
    assert "DeleteRawSnapshot" in ended["cause"]
    left = sorted(set(stage.ours()) - before)
    assert [name.split("-")[2] for name in left] == ["raw", "sanitized"]
    stage.sweep()
    stage.account.clock.sleep(3600)
    remaining = set(stage.ours()) - before
    assert [name.split("-")[2] for name in remaining] == ["sanitized"]
    stage.account.client("rds").delete_db_snapshot(DBSnapshotIdentifier=remaining.pop())
    stage.account.clock.sleep(3600)
