"""The Lambda functions: what they are told, which version runs, how long their words stay."""

from datetime import timedelta

from handlers.settings import Settings, SweepSettings
from rehearsal.recording import Record, Recording
from tests.components.fake_cloud import PRODUCTION_GROUPS

FUNCTION = "aws:lambda/function:Function"
LOG = "aws:cloudwatch/logGroup:LogGroup"


def variables(recording: Recording, name: str) -> dict[str, str]:
    found: dict[str, str] = recording.one(FUNCTION, name).inputs["environment"]["variables"]
    return found


def test_the_functions_understand_what_they_are_told(up: Recording) -> None:
    """The handlers read the deployed environment, and find what the stack config says."""
    for role in ("worker", "sharer"):
        told = Settings.read(variables(up, f"shop-{role}"))
        assert (told.stack, told.prefix, told.database, told.source) == ("local", "ss-local", "shop", "shop-prod")
        assert told.temporary_groups == (up.one("aws:ec2/securityGroup:SecurityGroup", "shop-temporary").id,)
        assert told.forbidden_groups == frozenset(PRODUCTION_GROUPS)
        assert told.sanitizer_group == up.one("aws:ec2/securityGroup:SecurityGroup", "shop-sanitizer").id
        assert (told.new_snapshot, told.keep_count, told.keep_age) == (True, 3, None)
        assert (told.instance_class, told.storage_gib) == (None, None)
        assert told.share_accounts == ("111122223333",)
        assert told.share_key
        assert told.share_key.startswith("arn:aws:kms:eu-west-1:")
        assert told.cluster == up.one("aws:ecs/cluster:Cluster").outputs["arn"]
        assert told.task_family == up.one("aws:ecs/taskDefinition:TaskDefinition").inputs["family"]
        assert told.parameter_group == up.one("aws:rds/parameterGroup:ParameterGroup").inputs["name"]
        assert told.subnet_group == up.one("aws:rds/subnetGroup:SubnetGroup").inputs["name"]
        rules = up.one("aws:s3/bucketObjectv2:BucketObjectv2").inputs
        assert (told.bucket, told.rules_key) == (rules["bucket"], rules["key"])


def test_every_answer_of_the_stack_config_reaches_the_functions(prod: Recording) -> None:
    """The worked example uses them all."""
    told = Settings.read(variables(prod, "orders-worker"))
    assert (told.new_snapshot, told.max_age) == (False, timedelta(hours=26))
    assert (told.keep_count, told.keep_age) == (7, timedelta(days=90))
    assert (told.instance_class, told.storage_gib) == ("db.r6g.xlarge", 500)


def test_what_is_not_configured_is_not_told(two: Recording) -> None:
    """No share, no keep, no class: no variable, rather than an empty one."""
    told = variables(two, "orders-archive-worker")
    assert not {
        "SHARE_ACCOUNTS",
        "SHARE_KMS_KEY",
        "KEEP_COUNT",
        "KEEP_AGE_SECONDS",
        "INSTANCE_CLASS",
        "STORAGE_GIB",
    } & set(told)
    assert all(told.values())


def test_each_database_is_told_its_own_groups(two: Recording) -> None:
    """No function knows another database's temporary group."""
    first, second = (Settings.read(variables(two, f"{name}-worker")) for name in ("orders", "orders-archive"))
    assert not set(first.temporary_groups) & set(second.temporary_groups)


def test_the_sweeper_understands_what_it_is_told(up: Recording) -> None:
    """Its own, smaller environment."""
    told = SweepSettings.read(variables(up, "platform-sweeper"))
    assert (told.stack, told.prefix) == ("local", "ss-local")
    assert told.cluster == up.one("aws:ecs/cluster:Cluster").outputs["arn"]
    assert told.bucket == up.one("aws:s3/bucket:Bucket").inputs["bucket"]


def test_versions_are_published_and_have_rights_before_they_run(up: Recording) -> None:
    """A running execution keeps its version; no function exists before its role's policy."""
    for function in up.of_type(FUNCTION):
        assert function.inputs["publish"] is True
        assert [urn for urn in function.dependencies if f"RolePolicy::{function.name}" in urn]


def test_every_function_logs_into_a_group_that_ends(up: Recording) -> None:
    """Each has a log group of ours, with a retention; Lambda would make one that stays for ever."""
    kept = {group.inputs["name"]: group.inputs["retentionInDays"] for group in up.of_type(LOG)}
    assert len(kept) == len(up.of_type(FUNCTION)) + 2  # the task's and the state machine's
    assert all(0 < days <= 400 for days in kept.values())
    assert all(_log(function) in kept for function in up.of_type(FUNCTION))


def _log(function: Record) -> str:
    return str(function.inputs["loggingConfig"]["logGroup"])
