"""Sharing, and what the account does that a snapshot was shared with."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.conftest import ACCOUNT, CONSUMER, STRANGER, Region, refusal


def share(name: str, *accounts: str) -> dict[str, Any]:
    return {"DBSnapshotIdentifier": name, "AttributeName": "restore", "ValuesToAdd": list(accounts)}


@pytest.fixture
def shared(region: Region) -> str:
    """The ARN of an encrypted snapshot shared with the consumer, under a key that the consumer may use."""
    name = region.copied(KmsKeyId=region.share_key, Tags=[{"Key": "kind", "Value": "sanitized"}])
    region.call("ModifyDBSnapshotAttribute", **share(name, CONSUMER))
    return str(region.snapshot(name)["DBSnapshotArn"])


@pytest.fixture(scope="module")
def plain(region: Region) -> Iterator[str]:
    """An unencrypted snapshot."""
    region.create("plain", BackupRetentionPeriod=0)
    region.later()
    region.call("CreateDBSnapshot", DBInstanceIdentifier="plain", DBSnapshotIdentifier="plain")
    region.later()
    region.delete("plain")
    yield "plain"
    region.call("DeleteDBSnapshot", DBSnapshotIdentifier="plain")


def attributes(region: Region, name: str) -> list[str]:
    answer = region.call("DescribeDBSnapshotAttributes", DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]
    (attribute,) = answer["DBSnapshotAttributes"]
    assert attribute["AttributeName"] == "restore"
    return list(attribute["AttributeValues"])


def test_sharing_adds_and_removes_accounts(region: Region) -> None:
    """Who may restore is readable afterwards; repeating changes nothing."""
    name = region.copied()
    assert attributes(region, name) == []
    for _ in range(2):
        region.call("ModifyDBSnapshotAttribute", **share(name, CONSUMER, STRANGER))
    assert attributes(region, name) == [CONSUMER, STRANGER]
    region.call(
        "ModifyDBSnapshotAttribute", DBSnapshotIdentifier=name, AttributeName="restore", ValuesToRemove=[STRANGER]
    )
    assert attributes(region, name) == [CONSUMER]


def test_only_an_available_snapshot_is_shared(region: Region) -> None:
    """Guard: not while it is copied."""
    name = region.name("copy")
    region.call("CopyDBSnapshot", SourceDBSnapshotIdentifier="base", TargetDBSnapshotIdentifier=name)
    assert refusal(region, "ModifyDBSnapshotAttribute", **share(name, CONSUMER)) == "InvalidDBSnapshotState"


def test_an_encrypted_snapshot_is_never_public(region: Region) -> None:
    """Guard: `all` is refused."""
    name = region.copied()
    assert refusal(region, "ModifyDBSnapshotAttribute", **share(name, "all")) == "InvalidParameterCombination"
    assert attributes(region, name) == []


def test_a_snapshot_under_the_default_key_is_not_shared(region: Region) -> None:
    """Guard: nobody else could ever read it."""
    name = region.copied(KmsKeyId=region.keys.default(ACCOUNT))
    assert refusal(region, "ModifyDBSnapshotAttribute", **share(name, CONSUMER)) == "InvalidParameterCombination"


def test_an_automated_snapshot_is_not_shared(region: Region) -> None:
    """Guard: it has to be copied first."""
    name = region.rds.take_automated_snapshot("source", ACCOUNT)
    region.later()
    assert refusal(region, "ModifyDBSnapshotAttribute", **share(name, CONSUMER)) == "InvalidDBSnapshotState"
    region.call("ModifyDBSnapshotAttribute", **share(region.copied(name), CONSUMER))


def test_at_most_twenty_accounts_share_a_snapshot(region: Region) -> None:
    """Guard: those that have it already count."""
    name = region.copied()
    region.call("ModifyDBSnapshotAttribute", **share(name, *(f"{n:012}" for n in range(20))))
    assert refusal(region, "ModifyDBSnapshotAttribute", **share(name, CONSUMER)) == "SharedSnapshotQuotaExceeded"


def test_an_account_is_twelve_digits(region: Region) -> None:
    """Guard: and `restore` is the only attribute."""
    name = region.copied()
    assert refusal(region, "ModifyDBSnapshotAttribute", **share(name, "12345")) == "InvalidParameterValue"
    other = {"DBSnapshotIdentifier": name, "AttributeName": "owner", "ValuesToAdd": [CONSUMER]}
    assert refusal(region, "ModifyDBSnapshotAttribute", **other) == "InvalidParameterValue"


def test_the_consumer_sees_a_shared_snapshot_by_its_arn_and_without_tags(region: Region, shared: str) -> None:
    """Only where it asks for shared ones; a third account sees nothing."""
    for asked in ({"SnapshotType": "shared"}, {"IncludeShared": True}):
        (seen,) = (
            each
            for each in region.call("DescribeDBSnapshots", CONSUMER, **asked)["DBSnapshots"]
            if each["DBSnapshotArn"] == shared
        )
        assert seen["DBSnapshotIdentifier"] == shared
        assert "TagList" not in seen
    assert region.call("DescribeDBSnapshots", CONSUMER)["DBSnapshots"] == []
    assert region.call("DescribeDBSnapshots", STRANGER, SnapshotType="shared")["DBSnapshots"] == []
    assert (
        refusal(region, "DescribeDBSnapshotAttributes", CONSUMER, DBSnapshotIdentifier=shared) == "DBSnapshotNotFound"
    )


def test_a_shared_encrypted_snapshot_is_not_restored_directly(region: Region, shared: str) -> None:
    """Guard: the consumer copies it first, under a key of its own."""
    restore = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": shared}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", CONSUMER, **restore) == "InvalidDBSnapshotState"


def test_the_consumer_copies_then_restores_and_reads(region: Region, shared: str) -> None:
    """The whole way of a shared snapshot; the copy is the consumer's, with none of the owner's tags."""
    name, key = region.name("mine"), region.keys.new(CONSUMER)
    copy = {"SourceDBSnapshotIdentifier": shared, "TargetDBSnapshotIdentifier": name}
    assert refusal(region, "CopyDBSnapshot", CONSUMER, **copy) == "InvalidParameterCombination"
    region.call("CopyDBSnapshot", CONSUMER, **copy, KmsKeyId=key, CopyTags=True)
    region.later()
    mine = region.snapshot(name, CONSUMER)
    assert (mine["Status"], mine["KmsKeyId"], mine["TagList"]) == ("available", key, [])
    restored = region.restore(name, CONSUMER)
    region.later()
    assert region.instance(restored, CONSUMER)["TagList"] == []
    with region.connect(restored, region.password, CONSUMER) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (1,)
    assert refusal(region, "DescribeDBInstances", DBInstanceIdentifier=restored) == "DBInstanceNotFound"
    region.delete(restored, CONSUMER)


def test_who_was_not_given_a_snapshot_cannot_copy_it(region: Region, shared: str) -> None:
    """Guard: a copy needs the share, and ends with it."""
    copy = {"SourceDBSnapshotIdentifier": shared, "TargetDBSnapshotIdentifier": region.name()}
    assert (
        refusal(region, "CopyDBSnapshot", STRANGER, **copy, KmsKeyId=region.keys.new(STRANGER)) == "DBSnapshotNotFound"
    )
    name = shared.rsplit(":", 1)[-1]
    region.call(
        "ModifyDBSnapshotAttribute", DBSnapshotIdentifier=name, AttributeName="restore", ValuesToRemove=[CONSUMER]
    )
    assert (
        refusal(region, "CopyDBSnapshot", CONSUMER, **copy, KmsKeyId=region.keys.new(CONSUMER)) == "DBSnapshotNotFound"
    )


def test_a_share_without_the_key_is_worth_nothing(region: Region) -> None:
    """Guard: the consumer has to be allowed to use the key that the snapshot is encrypted under."""
    name = region.copied(KmsKeyId=region.key)
    region.call("ModifyDBSnapshotAttribute", **share(name, CONSUMER))
    copy = {
        "SourceDBSnapshotIdentifier": region.snapshot(name)["DBSnapshotArn"],
        "TargetDBSnapshotIdentifier": region.name(),
    }
    assert (
        refusal(region, "CopyDBSnapshot", CONSUMER, **copy, KmsKeyId=region.keys.new(CONSUMER))
        == "KMSKeyNotAccessibleFault"
    )


def test_an_unencrypted_shared_snapshot_is_restored_directly(region: Region, plain: str) -> None:
    """That is what makes unencrypted ones dangerous: no key stands in the way, not even of everybody."""
    region.call("ModifyDBSnapshotAttribute", **share(plain, "all"))
    arn = region.snapshot(plain)["DBSnapshotArn"]
    assert [
        each["DBSnapshotArn"]
        for each in region.call("DescribeDBSnapshots", STRANGER, SnapshotType="public")["DBSnapshots"]
    ] == [arn]
    restored = region.restore(arn, STRANGER)
    region.later()
    assert region.instance(restored, STRANGER)["StorageEncrypted"] is False
    region.delete(restored, STRANGER)


def test_copying_an_unencrypted_snapshot_with_a_key_encrypts_it(region: Region, plain: str) -> None:
    """And without a key it stays as it is."""
    encrypted, same = region.snapshot(region.copied(plain, KmsKeyId=region.key)), region.snapshot(region.copied(plain))
    assert (encrypted["Encrypted"], encrypted["KmsKeyId"]) == (True, region.key)
    assert same["Encrypted"] is False
    assert "KmsKeyId" not in same
