"""Snapshots: taken and copied in time, shown in pages, restored only as AWS would, deleted only when it would."""

import threading

import pytest

from rehearsal.errors import AwsError
from rehearsal.rds import Delays
from tests.rehearsal.conftest import ACCOUNT, CONSUMER, STRANGER, Region, refusal

USUAL = Delays()


def test_a_snapshot_is_creating_while_its_instance_is_backing_up(region: Region) -> None:
    """A snapshot takes minutes, and the instance shows it."""
    name = region.name("snap")
    region.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier=name)
    assert (region.snapshot(name)["Status"], region.snapshot(name)["PercentProgress"]) == ("creating", 0)
    assert region.instance("source")["DBInstanceStatus"] == "backing-up"
    region.later(USUAL.snapshot_seconds)
    assert (region.snapshot(name)["Status"], region.snapshot(name)["PercentProgress"]) == ("available", 100)
    assert region.instance("source")["DBInstanceStatus"] == "available"


def test_only_an_available_instance_is_snapshotted(region: Region) -> None:
    """Guard: not while it is created, backed up or deleted."""
    name = region.restore()
    take = {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": region.name()}
    assert refusal(region, "CreateDBSnapshot", **take) == "InvalidDBInstanceState"
    region.later()
    region.call("CreateDBSnapshot", **take)
    again = {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": region.name()}
    assert refusal(region, "CreateDBSnapshot", **again) == "InvalidDBInstanceState"
    region.later()
    region.delete(name)
    assert refusal(region, "CreateDBSnapshot", **again) == "InvalidDBInstanceState"


def test_a_snapshot_shows_where_it_comes_from(region: Region) -> None:
    """Its instance, the instance's life, its key, and when its data was taken."""
    base, source = region.snapshot("base"), region.instance("source")
    assert base["DBInstanceIdentifier"] == "source"
    assert base["DbiResourceId"] == source["DbiResourceId"]
    assert (base["Encrypted"], base["KmsKeyId"], base["SnapshotType"]) == (True, region.key, "manual")
    assert base["OriginalSnapshotCreateTime"] == base["SnapshotCreateTime"]


def test_a_snapshot_has_the_tags_it_was_given_and_no_others(region: Region) -> None:
    """Unless the instance says that its tags are to be copied; even then, given ones replace them."""
    tags = [{"Key": "kind", "Value": "raw"}]
    name, copying = region.name("snap"), region.restore(CopyTagsToSnapshot=True)
    region.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier=name, Tags=tags)
    region.later()
    assert region.snapshot(name)["TagList"] == tags
    assert region.snapshot("base")["TagList"] == []
    for given, expected in (({}, [{"Key": "team", "Value": "shop"}]), ({"Tags": tags}, tags)):
        name = region.name("snap")
        region.call("CreateDBSnapshot", DBInstanceIdentifier=copying, DBSnapshotIdentifier=name, **given)
        assert region.snapshot(name)["TagList"] == expected
        region.later()
    region.delete(copying)


def test_a_snapshot_that_is_to_fail_ends_as_failed(region: Region) -> None:
    """The fault that ends a wait; the snapshot cannot be restored or copied, but deleted."""
    region.rds.fail_snapshot("doomed-*")
    name = region.name("doomed")
    region.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier=name)
    assert region.snapshot(name)["Status"] == "creating"
    region.later()
    assert region.snapshot(name)["Status"] == "failed"
    restore = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": name}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **restore) == "InvalidDBSnapshotState"
    region.call("DeleteDBSnapshot", DBSnapshotIdentifier=name)
    region.rds.fail_no_more()
    region.call("CopyDBSnapshot", SourceDBSnapshotIdentifier="base", TargetDBSnapshotIdentifier=name)
    region.later()
    assert region.snapshot(name)["Status"] == "available"


# --- copying


def test_a_copy_under_another_key_keeps_the_age_of_its_data(region: Region) -> None:
    """Copying makes a snapshot younger, never its data; the bytes outlive the snapshot that they were copied from."""
    first = region.copied()
    name = region.name("copy")
    copy = {"SourceDBSnapshotIdentifier": first, "TargetDBSnapshotIdentifier": name, "KmsKeyId": region.share_key}
    region.call("CopyDBSnapshot", **copy, Tags=[{"Key": "kind", "Value": "sanitized"}])
    assert region.snapshot(name)["Status"] == "creating"
    region.later(USUAL.copy_seconds)
    made, base = region.snapshot(name), region.snapshot("base")
    assert (made["Status"], made["KmsKeyId"], made["SnapshotType"]) == ("available", region.share_key, "manual")
    assert made["SourceDBSnapshotIdentifier"] == region.snapshot(first)["DBSnapshotArn"]
    assert made["OriginalSnapshotCreateTime"] == base["OriginalSnapshotCreateTime"]
    assert made["SnapshotCreateTime"] > base["SnapshotCreateTime"]
    region.call("DeleteDBSnapshot", DBSnapshotIdentifier=first)
    restored = region.restore(name)
    region.later()
    assert region.instance(restored)["KmsKeyId"] == region.share_key
    with region.connect(restored, region.password) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (1,)
    region.delete(restored)


def test_a_copy_carries_the_sources_tags_only_when_asked(region: Region) -> None:
    """A raw snapshot's tags must not reach what is shared by accident."""
    first = region.copied(Tags=[{"Key": "kind", "Value": "raw"}])
    assert region.snapshot(region.copied(first))["TagList"] == []
    assert region.snapshot(region.copied(first, CopyTags=True))["TagList"] == [{"Key": "kind", "Value": "raw"}]


def test_only_an_available_snapshot_is_copied(region: Region) -> None:
    """Guard: bytes that are still being written are not copied."""
    name = region.name("snap")
    region.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier=name)
    copy = {"SourceDBSnapshotIdentifier": name, "TargetDBSnapshotIdentifier": region.name()}
    assert refusal(region, "CopyDBSnapshot", **copy) == "InvalidDBSnapshotState"


def test_a_copy_needs_keys_that_are_there(region: Region) -> None:
    """Guards: the new key, and the one that the source is encrypted under."""
    copy = {"SourceDBSnapshotIdentifier": "base", "TargetDBSnapshotIdentifier": region.name()}
    assert refusal(region, "CopyDBSnapshot", **copy, KmsKeyId="alias/unknown") == "KMSKeyNotAccessibleFault"
    key = region.keys.new(ACCOUNT)
    lost = region.copied(KmsKeyId=key)
    del region.keys.held[key]
    copy = {"SourceDBSnapshotIdentifier": lost, "TargetDBSnapshotIdentifier": region.name(), "KmsKeyId": region.key}
    assert refusal(region, "CopyDBSnapshot", **copy) == "KMSKeyNotAccessibleFault"


def test_a_snapshot_needs_the_key_of_its_instance(region: Region) -> None:
    """Guard: a source whose key was taken away cannot be snapshotted; nothing half-made remains."""
    allowed = region.keys.held.pop(region.key)
    name = region.name()
    try:
        take = {"DBInstanceIdentifier": "source", "DBSnapshotIdentifier": name}
        assert refusal(region, "CreateDBSnapshot", **take) == "KMSKeyNotAccessibleFault"
    finally:
        region.keys.held[region.key] = allowed
    assert refusal(region, "DescribeDBSnapshots", DBSnapshotIdentifier=name) == "DBSnapshotNotFound"
    assert region.instance("source")["DBInstanceStatus"] == "available"


# --- names and quotas


@pytest.mark.parametrize("name", ["1st", "ends-", "double--hyphen", "rds:mine", "under_score", "a" * 256])
def test_a_snapshots_name_is_well_formed(region: Region, name: str) -> None:
    """Guard: letters, digits, single hyphens; `rds:` is RDS's own."""
    take = {"DBInstanceIdentifier": "source", "DBSnapshotIdentifier": name}
    assert refusal(region, "CreateDBSnapshot", **take) == "InvalidParameterValue"
    copy = {"SourceDBSnapshotIdentifier": "base", "TargetDBSnapshotIdentifier": name}
    assert refusal(region, "CopyDBSnapshot", **copy) == "InvalidParameterValue"


def test_a_snapshots_name_is_unique(region: Region) -> None:
    """Guard: a repeated call is told that the snapshot exists, and begins no second one."""
    take = {"DBInstanceIdentifier": "source", "DBSnapshotIdentifier": "base"}
    assert refusal(region, "CreateDBSnapshot", **take) == "DBSnapshotAlreadyExists"
    copy = {"SourceDBSnapshotIdentifier": "base", "TargetDBSnapshotIdentifier": "BASE"}
    assert refusal(region, "CopyDBSnapshot", **copy) == "DBSnapshotAlreadyExists"
    assert region.instance("source")["DBInstanceStatus"] == "available"


def test_of_many_that_ask_at_once_for_a_name_one_gets_it(region: Region) -> None:
    """Lambdas run in parallel; the region stays consistent."""
    copy = {"SourceDBSnapshotIdentifier": "base", "TargetDBSnapshotIdentifier": region.name("contested")}
    outcomes: list[str] = []

    def ask() -> None:
        try:
            region.call("CopyDBSnapshot", **copy)
            outcomes.append("made")
        except AwsError as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["DBSnapshotAlreadyExists"] * 7 + ["made"]


def test_an_account_has_a_limited_number_of_manual_snapshots(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: automated ones do not count."""
    monkeypatch.setattr(region.rds._region, "quotas", type(region.rds._region.quotas)(manual_snapshots=1))
    take = {"DBInstanceIdentifier": "source", "DBSnapshotIdentifier": region.name()}
    assert refusal(region, "CreateDBSnapshot", **take) == "SnapshotQuotaExceeded"
    copy = {"SourceDBSnapshotIdentifier": "base", "TargetDBSnapshotIdentifier": region.name()}
    assert refusal(region, "CopyDBSnapshot", **copy) == "SnapshotQuotaExceeded"
    region.rds.take_automated_snapshot("source", ACCOUNT)


# --- deleting


def test_a_snapshot_in_creation_is_not_deleted(region: Region) -> None:
    """Guard: a clean-up has to wait for what it removes."""
    name = region.name("copy")
    region.call("CopyDBSnapshot", SourceDBSnapshotIdentifier="base", TargetDBSnapshotIdentifier=name)
    assert refusal(region, "DeleteDBSnapshot", DBSnapshotIdentifier=name) == "InvalidDBSnapshotState"
    region.later()
    assert region.call("DeleteDBSnapshot", DBSnapshotIdentifier=name)["DBSnapshot"]["Status"] == "deleted"
    assert refusal(region, "DeleteDBSnapshot", DBSnapshotIdentifier=name) == "DBSnapshotNotFound"


@pytest.mark.parametrize("kind", ["automated", "awsbackup"])
def test_snapshots_that_others_took_are_not_deleted(region: Region, kind: str) -> None:
    """Guard: RDS's and AWS Backup's snapshots are theirs."""
    name = region.rds.take_automated_snapshot("source", ACCOUNT, kind)
    region.later()
    assert refusal(region, "DeleteDBSnapshot", DBSnapshotIdentifier=name) == "InvalidDBSnapshotState"
    assert region.snapshot(name)["SnapshotType"] == kind


def test_deleting_a_snapshot_does_not_disturb_a_restore_of_it(region: Region) -> None:
    """The restored instance has bytes of its own."""
    name = region.copied()
    restored = region.restore(name)
    region.call("DeleteDBSnapshot", DBSnapshotIdentifier=name)
    region.later()
    with region.connect(restored, region.password) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (1,)
    region.delete(restored)


def test_the_last_of_several_copies_takes_the_bytes_with_it(region: Region) -> None:
    """No directory of deleted snapshots stays."""
    name = region.name("snap")
    region.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier=name)
    region.later()
    copy = region.copied(name)
    directory = region.rds._region.snapshots[ACCOUNT, name].bytes.directory
    region.call("DeleteDBSnapshot", DBSnapshotIdentifier=name)
    assert directory.exists()
    region.call("DeleteDBSnapshot", DBSnapshotIdentifier=copy)
    assert not directory.exists()


def test_only_an_available_snapshot_is_restored(region: Region) -> None:
    """Guard: a restore that comes too early is refused."""
    name = region.name("copy")
    region.call("CopyDBSnapshot", SourceDBSnapshotIdentifier="base", TargetDBSnapshotIdentifier=name)
    restore = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": name}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **restore) == "InvalidDBSnapshotState"


# --- listing


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["DBSnapshotIdentifier"] for each in answer["DBSnapshots"]]


def test_snapshots_are_listed_in_pages(region: Region) -> None:
    """Who reads the first page only misses some; what is deleted between two pages hides nothing."""
    made = {region.copied() for _ in range(45)}
    seen: list[str] = []
    marker: dict[str, str] = {}
    while True:
        page = region.call("DescribeDBSnapshots", SnapshotType="manual", MaxRecords=20, **marker)
        assert len(page["DBSnapshots"]) <= 20
        seen += names(page)
        region.call("DeleteDBSnapshot", DBSnapshotIdentifier=next(name for name in seen if name in made))
        made.discard(next(name for name in seen if name in made))
        if "Marker" not in page:
            break
        marker = {"Marker": page["Marker"]}
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
    for name in made:
        region.call("DeleteDBSnapshot", DBSnapshotIdentifier=name)


def test_a_page_has_between_20_and_100_records(region: Region) -> None:
    """Guard: and a marker that RDS did not give is refused."""
    assert refusal(region, "DescribeDBSnapshots", MaxRecords=19) == "InvalidParameterValue"
    assert refusal(region, "DescribeDBSnapshots", MaxRecords=101) == "InvalidParameterValue"
    assert refusal(region, "DescribeDBSnapshots", Marker="\u00e9") == "InvalidParameterValue"


def test_a_listing_shows_manual_and_automated_ones_and_others_only_on_demand(region: Region) -> None:
    """`snapshot: latest` needs the automated ones; AWS Backup's have to be asked for by type."""
    automated = region.rds.take_automated_snapshot("source", ACCOUNT)
    backup = region.rds.take_automated_snapshot("source", ACCOUNT, "awsbackup")
    region.later()
    assert automated.startswith("rds:source-")
    both = names(region.call("DescribeDBSnapshots", DBInstanceIdentifier="source"))
    assert {"base", automated} <= set(both)
    assert backup not in both
    assert backup in names(region.call("DescribeDBSnapshots", SnapshotType="awsbackup"))
    assert "base" not in names(region.call("DescribeDBSnapshots", SnapshotType="automated"))
    life = region.instance("source")["DbiResourceId"]
    assert automated in names(region.call("DescribeDBSnapshots", DbiResourceId=life))
    assert names(region.call("DescribeDBSnapshots", DBInstanceIdentifier="other")) == []
    assert names(region.call("DescribeDBSnapshots", Filters=[{"Name": "db-snapshot-id", "Values": ["base"]}])) == [
        "base"
    ]
    assert refusal(region, "DescribeDBSnapshots", SnapshotType="mine") == "InvalidParameterValue"


def test_another_accounts_snapshots_are_neither_listed_nor_found(region: Region) -> None:
    """What is not shared does not exist for others, not even by ARN."""
    arn = region.snapshot("base")["DBSnapshotArn"]
    for account in (CONSUMER, STRANGER):
        assert not {"base", arn} & set(names(region.call("DescribeDBSnapshots", account, IncludeShared=True)))
        assert refusal(region, "DescribeDBSnapshots", account, DBSnapshotIdentifier=arn) == "DBSnapshotNotFound"
        assert refusal(region, "DeleteDBSnapshot", account, DBSnapshotIdentifier=arn) == "DBSnapshotNotFound"
        restore = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": arn}
        assert refusal(region, "RestoreDBInstanceFromDBSnapshot", account, **restore) == "DBSnapshotNotFound"
