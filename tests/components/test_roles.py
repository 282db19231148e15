"""Who may do what, read from the documents that would be deployed."""

import json
from collections.abc import Iterator
from pathlib import Path

from policy_sentry.querying.actions import get_action_data

from components.permissions import UNSCOPABLE
from rehearsal.recording import Recording
from tests.components.documents import ROLE, allowed_actions, allows, document, documents, resources_of
from tests.components.fake_cloud import FakeCloud
from tests.components.projects import SHARE_KEY, record_with

RDS = "arn:aws:rds:eu-west-1:123456789012"
SOURCE = f"{RDS}:db:shop-prod"
RUN = "202601040300-abcd"
CHANGING = ("rds:DeleteDBInstance", "rds:ModifyDBInstance", "rds:RebootDBInstance", "rds:AddTagsToResource")
INLINE_LIMIT_CHARACTERS = 10_240


def test_no_role_can_change_the_source(up: Recording, prod: Recording, two: Recording) -> None:
    """Every document of every role denies all but reading the source and taking a snapshot of it."""
    sources = {"local": ["shop-prod"], "prod": ["orders-prod"], "two": ["archive-prod", "orders-prod"]}
    for recording in (up, prod, two):
        region = "eu-west-3" if recording.stack == "prod" else "eu-west-1"
        denied = [f"arn:aws:rds:{region}:123456789012:db:{source}" for source in sources[recording.stack]]
        policies = documents(recording)
        assert len(policies) == len(recording.of_type(ROLE)) > 7
        for policy in policies.values():
            (deny,) = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
            assert deny["Resource"] == denied
            assert not any(allows(policy, action, arn) for action in CHANGING for arn in denied)


def test_the_worker_may_not_share(up: Recording) -> None:
    """Nothing that the worker can do lets another account in."""
    worker = allowed_actions(document(up, "shop-worker"))
    assert not {action for action in worker if "Attribute" in action}
    assert "rds:CreateDBSnapshot" in worker


def test_the_sharer_may_share_sanitized_snapshots_and_change_nothing_else(up: Recording) -> None:
    """Neither raw nor intermediate snapshots, nor another database's; and no tag can be set, nothing made or removed."""
    sharer = document(up, "shop-sharer")
    share = "rds:ModifyDBSnapshotAttribute"
    assert allows(sharer, share, f"{RDS}:snapshot:ss-local-sanitized-shop-{RUN}")
    for other in ("raw-shop", "intermediate-shop", "sanitized-shop-archive", "sanitized-crm"):
        assert not allows(sharer, share, f"{RDS}:snapshot:ss-local-{other}-{RUN}")
    words = ("Create", "Delete", "Copy", "Restore", "AddTags", "ModifyDBInstance")
    assert not [
        action for action in allowed_actions(sharer) if action.startswith("rds:") and any(w in action for w in words)
    ]


def test_only_things_of_our_prefix_can_be_deleted(up: Recording, two: Recording) -> None:
    """Each deleting permission names our prefix and asks for our tag."""
    for recording in (up, two):
        for name, policy in documents(recording).items():
            for each in policy["Statement"]:
                if each["Effect"] == "Allow" and any(
                    ":Delete" in action and "rds" in action for action in each["Action"]
                ):
                    assert all(f":ss-{recording.stack}-" in resource for resource in each["Resource"]), name
                    tags = json.dumps(each["Condition"])
                    assert "ResourceTag/sanitized-snapshots:stack" in tags or "rds:" in tags, name


def test_a_database_cannot_touch_what_belongs_to_another(two: Recording) -> None:
    """The roles of `orders` reach nothing of `orders-archive`, though its name begins the same, and the other way round."""
    for mine, other in (("orders", "orders-archive"), ("orders-archive", "orders")):
        policy = document(two, f"{mine}-worker")
        snapshot = f"{RDS}:snapshot:ss-two-sanitized-{{}}-{RUN}"
        assert allows(policy, "rds:DeleteDBSnapshot", snapshot.format(mine))
        assert not allows(policy, "rds:DeleteDBSnapshot", snapshot.format(other))
        database = f"{RDS}:db:ss-two-temporary-{{}}-{RUN}"
        assert allows(policy, "rds:DeleteDBInstance", database.format(mine))
        assert not allows(policy, "rds:DeleteDBInstance", database.format(other))
        bucket = "arn:aws:s3:::ss-two-123456789012-eu-west-1"
        task = document(two, f"{mine}-task")
        assert allows(task, "s3:PutObject", f"{bucket}/reports/{mine}/{RUN}/report.json")
        assert not allows(task, "s3:PutObject", f"{bucket}/reports/{other}/{RUN}/report.json")


def test_the_sanitizer_reads_its_rules_and_writes_its_report(up: Recording) -> None:
    """Its role can call no RDS, read no other object and use each key for one thing: deriving, signing."""
    task = document(up, "shop-task")
    assert not [action for action in allowed_actions(task) if action.startswith("rds:")]
    (rules,) = resources_of(task, "s3:GetObject")
    assert rules.endswith(":::ss-local-123456789012-eu-west-1/rules/shop/*")  # also those of an execution under way
    assert {action for action in allowed_actions(task) if action.startswith("kms:")} == {"kms:GenerateMac", "kms:Sign"}
    for action, key in (("kms:GenerateMac", "platform"), ("kms:Sign", "platform-signing")):
        assert resources_of(task, action) == {up.one("aws:kms/key:Key", key).outputs["arn"]}


def test_roles_are_passed_to_fargate_only(up: Recording) -> None:
    """Only the state machine passes roles: the task's two, to ECS."""
    passing = {name for name, policy in documents(up).items() if "iam:PassRole" in allowed_actions(policy)}
    assert passing == {"shop-states"}
    (statement,) = [
        each for each in document(up, "shop-states")["Statement"] if "iam:PassRole" in each.get("Action", ())
    ]
    made = {up.one(ROLE, name).outputs["arn"] for name in ("shop-task", "shop-execution")}
    assert set(statement["Resource"]) == made
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_the_state_machine_invokes_every_version_of_its_functions(up: Recording) -> None:
    """Published versions, also the older ones that running executions go on with; no other function."""
    machine = document(up, "shop-states")
    function = "arn:aws:lambda:eu-west-1:123456789012:function:ss-local-{}"
    assert all(
        allows(machine, "lambda:InvokeFunction", function.format(f"shop-{role}:7")) for role in ("worker", "sharer")
    )
    assert not allows(machine, "lambda:InvokeFunction", function.format("sweeper:1"))


def test_a_role_is_for_one_service_and_this_account(up: Recording) -> None:
    """Nobody else can make a service assume our roles (Lambda does not say for whom it acts)."""
    services = set()
    for role in up.of_type(ROLE):
        (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        service = trust["Principal"]["Service"]
        services.add(service)
        guarded = trust.get("Condition") == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
        assert guarded or service == "lambda.amazonaws.com"
    assert services == {f"{name}.amazonaws.com" for name in ("lambda", "ecs-tasks", "states", "scheduler")}


def _allowed(recordings: tuple[Recording, ...]) -> Iterator[tuple[str, str]]:
    for recording in recordings:
        for policy in documents(recording).values():
            for each in policy["Statement"]:
                if each["Effect"] == "Allow":
                    yield from ((action, resource) for action in each["Action"] for resource in each["Resource"])


def test_every_allowed_action_exists_and_is_scoped_where_aws_can(
    up: Recording, prod: Recording, two: Recording
) -> None:
    """AWS's own authorization tables know each action; `*` stands only where they know no resource, or the list says why."""
    for action, resource in set(_allowed((up, prod, two))):
        service, name = action.split(":")
        known = get_action_data(service, name)
        assert known, f"{action} is no action"
        if resource == "*":
            assert action in UNSCOPABLE
        scopable = {each["resource_arn_format"] for each in known[service]} - {"*"}
        assert scopable or resource == "*", f"{action} knows no resources, so {resource} would deny it"


def test_the_longest_names_fit_into_iams_limit(tmp_path: Path) -> None:
    """With prefix and database of 16 characters and every feature on, each role's document stays below IAM's limit."""
    recording = record_with(
        tmp_path,
        "sixteen-letters0",
        {
            "name": "sixteen-letters1",
            "source": {"instance": "a" + "-very-long-name" * 4},
            "share": {"accounts": ["111122223333"], "kmsKey": SHARE_KEY},
        },
        cloud=FakeCloud(region="ap-southeast-2"),
        prefix="sixteen-letters0",
    )
    for name, policy in documents(recording).items():
        assert len(json.dumps(policy, separators=(",", ":"))) <= INLINE_LIMIT_CHARACTERS, name
