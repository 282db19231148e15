"""The region's things in the shapes in which RDS shows them."""

from datetime import datetime

from rehearsal.rds.resources import Instance, Json, ParameterGroup, Snapshot, SubnetGroup, Tags


def tag_list(tags: Tags) -> list[Json]:
    """Tags as RDS lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance(held: Instance, now: datetime) -> Json:
    """A DBInstance; without an endpoint as long as it is being created."""
    shown = {
        **held.shown,
        "DBInstanceIdentifier": held.identifier,
        "DBInstanceArn": held.arn,
        "DBInstanceStatus": held.status,
        "PendingModifiedValues": held.pending,
        "TagList": tag_list(held.tags),
        "DbInstancePort": 0,  # what RDS says of instances outside a cluster
    }
    if held.created_at is not None:
        server = held.server
        shown["InstanceCreateTime"] = held.created_at
        shown["Endpoint"] = {"Address": server.host, "Port": server.port, "HostedZoneId": "Z29XKXDKYMONMX"}
        if held.shown["BackupRetentionPeriod"]:
            shown["LatestRestorableTime"] = now
    if held.secret is not None:
        shown["MasterUserSecret"] = held.secret
    return shown


def snapshot(held: Snapshot, viewer: str) -> Json:
    """A DBSnapshot; another account sees its ARN in place of its name, and no tags."""
    progress = {"PercentProgress": 0 if held.status == "creating" else 100}
    shown = {
        **held.shown,
        "DBSnapshotIdentifier": held.identifier,
        "DBSnapshotArn": held.arn,
        "Status": held.status,
        **progress,
    }
    if viewer != held.account:
        return {**shown, "DBSnapshotIdentifier": held.arn}
    return {**shown, "TagList": tag_list(held.tags)}


def snapshot_attributes(held: Snapshot) -> Json:
    """A DBSnapshotAttributesResult: who may restore."""
    return {
        "DBSnapshotAttributesResult": {
            "DBSnapshotIdentifier": held.identifier,
            "DBSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": sorted(held.shared_with)}],
        }
    }


def automated_backup(held: Instance, region: str) -> Json:
    """A DBInstanceAutomatedBackup: what RDS keeps of an instance whose retention period is not 0."""
    same = ("DbiResourceId", "AllocatedStorage", "Engine", "EngineVersion", "MasterUsername", "LicenseModel",
            "BackupRetentionPeriod", "StorageType", "KmsKeyId")  # fmt: skip
    return {
        **{name: held.shown[name] for name in same if name in held.shown},
        "DBInstanceArn": held.arn,
        "DBInstanceIdentifier": held.identifier,
        "DBInstanceAutomatedBackupsArn": f"arn:aws:rds:{region}:{held.account}:auto-backup:ab-{held.shown['DbiResourceId'][3:].lower()}",
        "Region": region,
        "Status": "active",
        "Port": held.port,
        "VpcId": held.shown["DBSubnetGroup"]["VpcId"],
        "Encrypted": held.shown["StorageEncrypted"],
        "TagList": tag_list(held.tags),
    }


def subnet_group(held: SubnetGroup) -> Json:
    """A DBSubnetGroup."""
    return {**held.shown, "DBSubnetGroupName": held.name, "DBSubnetGroupArn": held.arn, "VpcId": held.vpc}


def parameter_group(held: ParameterGroup) -> Json:
    """A DBParameterGroup."""
    return {
        **held.shown,
        "DBParameterGroupName": held.name,
        "DBParameterGroupArn": held.arn,
        "DBParameterGroupFamily": held.family,
    }
