"""The stack config: what it means, and that every mistake is said at once, with place, value, rule and remedy."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.mistakes import SettingsMistaken
from components.settings import Settings, read
from components.source import SourceUnsupported
from rehearsal import stack_config
from sanitizer.rules_file import read_rules
from tests.components.projects import IMAGE, PROJECT, SHARE_KEY, record_with

GOOD: dict[str, Any] = {"name": "orders", "source": {"instance": "orders-prod"}, "sql": ["SELECT 1"]}


def told(*databases: Any, stack: str = "prod", region: str | None = "eu-west-1", **others: Any) -> Settings:
    given = {"image": IMAGE, "databases": list(databases), **others}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    return read(texts, stack, region)


def mistakes(*databases: Any, **others: Any) -> list[str]:
    with pytest.raises(SettingsMistaken) as caught:
        told(*databases, **others)
    return [str(each).removeprefix("sanitized-snapshots:") for each in caught.value.mistakes]


@pytest.fixture
def masking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.yaml").write_text("unlisted: fail\ndatabases: {}\n")
    return "orders.yaml"


def test_the_committed_stacks_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi.prod.yaml and Pulumi.local.yaml load as they are."""
    monkeypatch.chdir(PROJECT)
    for stack in ("prod", "local"):
        config = stack_config.load(PROJECT, stack)
        own = {key.split(":", 1)[1]: text for key, text in config.values.items() if key.startswith(config.project)}
        assert read(own, stack, config.values["aws:region"]).databases


def test_every_top_level_key_is_declared_in_the_project() -> None:
    """Pulumi.yaml declares exactly the keys that the settings read, each with a type and a description."""
    declared = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    assert set(declared) == set(Settings.model_fields)
    assert all({"type", "description"} <= set(each) for each in declared.values())


def test_what_is_not_said_has_a_safe_meaning() -> None:
    """The fewest answers: a new snapshot, shared with nobody, started by hand, a prefix that holds the stack's name."""
    settings = told(GOOD)
    database = settings.databases[0]
    assert settings.prefix == "ss-prod"
    assert (database.snapshot, database.accounts, database.share_key, database.schedule) == ("new", (), None, None)
    assert tuple(database.features) == (True, False, False, False)


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ({"rate": "1 day"}, 60),
        ({"rate": "12 hours"}, 36),
        ({"cron": "0 3 * * ? *"}, 36),
        ({"cron": "0 3,15 * * ? *"}, 36),
        ({"cron": "0 3 ? * SUN *"}, 8 * 24),
        ({"cron": "0 3 ? * MON-FRI *"}, 8 * 24),
        ({"cron": "0 3 ? * SUN#1 *"}, 36 * 24),
        ({"cron": "0 3 ? * 6L *"}, 36 * 24),
        ({"cron": "0 3 1 * ? *"}, 32 * 24),
        ({"cron": "0 3 L * ? *"}, 32 * 24),
        ({"cron": "0 3 1 1 ? *"}, None),
        (None, None),
    ],
)
def test_a_schedule_says_how_old_the_newest_may_become(schedule: Any, hours: int | None) -> None:
    """Longer than from one run to the next, and what is said counts more."""
    database = {**GOOD, **({"schedule": schedule} if schedule else {})}
    found = told(database).databases[0].oldest
    assert found == (None if hours is None else timedelta(hours=hours))
    assert told({**database, "freshness": "8d"}).databases[0].oldest == timedelta(days=8)


def test_durations_are_hours_and_days() -> None:
    """`26h` and `7d` mean what they say."""
    database = told({**GOOD, "snapshot": "latest", "maxAge": "26h", "keep": {"age": "7d"}}).databases[0]
    assert database.max_age == timedelta(hours=26)
    assert database.keep
    assert database.keep.age == timedelta(days=7)


def test_statements_become_a_rules_document() -> None:
    """`sql:` is the origin's way: the sanitizer is given a document that holds the statements, in their order."""
    statements = ["UPDATE a SET b = 'é: #x'", "DELETE FROM c"]
    document = told({**GOOD, "sql": statements}).databases[0].rules
    assert yaml.safe_load(document) == {"sql": statements}
    read_by_sanitizer = read_rules(document.encode(), "sql").only
    assert read_by_sanitizer
    assert [statement.text for statement in read_by_sanitizer.after] == statements


@pytest.mark.parametrize("file", ["shop.yaml", "orders.yaml"])
def test_the_committed_masking_rules_are_right(file: str) -> None:
    """The sanitizer reads them without a mistake."""
    assert read_rules((PROJECT / "masking" / file).read_bytes(), file).databases


def test_masking_rules_are_passed_on_as_they_are(masking: str) -> None:
    """The file's own text is what runs: a reviewer saw that, and its digest is in the object's name."""
    database = told({**without("sql"), "masking": masking}).databases[0]
    assert database.rules == Path(masking).read_text()


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
SHARE = {"accounts": ["111122223333"], "kmsKey": SHARE_KEY}


@pytest.mark.parametrize(
    ("database", "place", "says"),
    [
        ({**GOOD, "name": "Orders"}, "databases[0].name", "'Orders'"),
        ({**GOOD, "name": "a-name-that-is-too-long"}, "databases[0].name", "1 to 16"),
        ({**GOOD, "name": "a--b"}, "databases[0].name", "single hyphens"),
        ({**GOOD, "name": "sweeper"}, "databases[0].name", "Choose another name"),
        ({**GOOD, "nmae": "x"}, "databases[0].nmae", "use one of: name, source"),
        (without("source"), "databases[0].source", "is missing"),
        ({**GOOD, "source": {"cluster": "x"}}, "databases[0].source.cluster", "use one of: instance"),
        ({**GOOD, "source": "orders-prod"}, "databases[0].source", "A mapping is needed"),
        ({**GOOD, "source": {"instance": "ss-prod-raw"}}, "databases[0].source.instance", "Choose another `prefix`"),
        ({**GOOD, "snapshot": "clone"}, "databases[0].snapshot", "'new' or 'latest'"),
        ({**GOOD, "snapshot": "latest"}, "databases[0]", "Give `maxAge`"),
        ({**GOOD, "maxAge": "26h"}, "databases[0]", "only with it"),
        ({**GOOD, "snapshot": "latest", "maxAge": "26 hours"}, "databases[0].maxAge", "26h or 7d"),
        ({**GOOD, "snapshot": "latest", "maxAge": 26}, "databases[0].maxAge", "26 is wrong"),
        (without("sql"), "databases[0]", "one of `masking` and `sql`"),
        ({**GOOD, "masking": "none.yaml"}, "databases[0].masking", "No such file"),
        ({**without("sql"), "masking": "."}, "databases[0].masking", "cannot be read (Is a directory)"),
        ({**GOOD, "sql": "SELECT 1"}, "databases[0].sql", "a list of texts"),
        ({**GOOD, "sql": []}, "databases[0].sql", "one list item for each"),
        ({**GOOD, "sql": ["SELECT 1", ""]}, "databases[0].sql", "one list item for each"),
        ({**GOOD, "schedule": {}}, "databases[0].schedule", "one of `cron` and `rate`"),
        ({**GOOD, "schedule": {"cron": "0 3 * * *"}}, "databases[0].schedule.cron", "six fields"),
        ({**GOOD, "schedule": {"cron": "0 3 * * * *"}}, "databases[0].schedule.cron", "`?`"),
        ({**GOOD, "schedule": {"rate": "1 days"}}, "databases[0].schedule.rate", "1 day, 7 days"),
        (
            {**GOOD, "schedule": {"cron": "0 3 ? * SUN *", "timezone": "Europe/Pari"}},
            "databases[0].schedule.timezone",
            "IANA",
        ),
        ({**GOOD, "schedule": {"rate": "1 day", "timezone": "UTC"}}, "databases[0].schedule", "no time zone"),
        ({**GOOD, "share": {"accounts": ["all"], "kmsKey": SHARE_KEY}}, "databases[0].share.accounts[0]", "`all`"),
        ({**GOOD, "share": {**SHARE, "accounts": [111122223333]}}, "databases[0].share.accounts[0]", "in quotes"),
        ({**GOOD, "share": {**SHARE, "accounts": ["1" * 12] * 21}}, "databases[0].share.accounts", "at most 20"),
        ({**GOOD, "share": {"accounts": ["111122223333"]}}, "databases[0].share", "customer-managed key in `kmsKey`"),
        ({**GOOD, "share": {**SHARE, "kmsKey": "alias/x"}}, "databases[0].share.kmsKey", "key ARN"),
        (
            {**GOOD, "share": {**SHARE, "kmsKey": SHARE_KEY.replace("eu-west-1", "us-east-1")}},
            "databases[0].share.kmsKey",
            "key in eu-west-1",
        ),
        ({**GOOD, "keep": {}}, "databases[0].keep", "`count`, `age` or both"),
        ({**GOOD, "keep": {"count": 0}}, "databases[0].keep.count", "0 is wrong"),
        ({**GOOD, "keep": {"count": "3"}}, "databases[0].keep.count", "'3' is wrong"),
        (
            {**GOOD, "temporary": {"instanceClass": "r6g.xlarge"}},
            "databases[0].temporary.instanceClass",
            "db.r6g.xlarge",
        ),
        ({**GOOD, "temporary": {}}, "databases[0].temporary", "one of `instanceClass`, `storage` and `pricePerHour`"),
        ({**GOOD, "temporary": {"storage": "500"}}, "databases[0].temporary.storage", "'500' is wrong"),
        ({**GOOD, "temporary": {"storage": 5}}, "databases[0].temporary.storage", "from 20 to 65536"),
        ({**GOOD, "temporary": {"pricePerHour": "0.5"}}, "databases[0].temporary.pricePerHour", "'0.5' is wrong"),
        ({**GOOD, "temporary": {"pricePerHour": 0}}, "databases[0].temporary.pricePerHour", "Write it as 0.50"),
        ({**GOOD, "share": {"kmsKey": SHARE_KEY, "hold": True}}, "databases[0].share", "nobody to share with"),
        ({**GOOD, "share": {**SHARE, "hold": "yes"}}, "databases[0].share.hold", "'yes' is wrong"),
        ({**GOOD, "freshness": "8 days"}, "databases[0].freshness", "26h or 7d"),
        ("orders", "databases[0]", "A mapping is needed"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(database: Any, place: str, says: str) -> None:
    """One mistake, one line: the config path, what is wrong, what to write instead."""
    found = mistakes(database)
    assert [each for each in found if each.startswith(f"{place}: ") and says in each], found


VPC, SUBNETS, GROUP = "vpc-0a1b2c3d", ["subnet-0000000a", "subnet-0000000b"], "sg-0a1b2c3d"
EXISTING = {"vpcId": VPC, "subnetIds": SUBNETS}
NO_INTERNET: dict[str, Any] = {"network": {"endpoints": True}}


@pytest.mark.parametrize(
    ("others", "place", "says"),
    [
        ({"image": "sanitizer:latest"}, "image", "digest"),
        ({"image": f"Repository@sha256:{'0' * 64}"}, "image", "digest"),
        ({"prefix": "nightly"}, "prefix", "does not contain the stack's name, prod"),
        ({"prefix": "prod-but-far-too-long"}, "prefix", "at most 16"),
        ({"prefix": "prod-"}, "prefix", "single hyphens"),
        ({"stack": "a-very-long-stack-name"}, "prefix", "give the stack a shorter name"),
        ({"network": {"cidr": "8.8.8.0/24"}}, "network.cidr", "private range"),
        ({"network": {"cidr": "10.0.0.1/20"}}, "network.cidr", "no IPv4 range"),
        ({"network": {"vpcID": "vpc-1"}}, "network.vpcID", "use one of: cidr, endpoints, vpcId"),
        ({"network": {"vpcId": "vpc-1"}}, "network.vpcId", "id like vpc-"),
        ({"network": {"vpcId": VPC}}, "network.vpcId", "in `subnetIds`"),
        ({"network": {"subnetIds": SUBNETS}}, "network.subnetIds", "in `vpcId`"),
        ({"network": {"vpcId": VPC, "subnetIds": SUBNETS[:1]}}, "network.subnetIds", "two subnets"),
        ({"network": {"vpcId": VPC, "subnetIds": SUBNETS[:1] * 2}}, "network.subnetIds", "named once"),
        ({"network": {"vpcId": VPC, "subnetIds": ["x", "subnet-1"]}}, "network.subnetIds[1]", "'subnet-1' is wrong"),
        ({"network": {**EXISTING, "cidr": "10.90.0.0/20"}}, "network.cidr", "Remove `cidr`"),
        ({"network": {**EXISTING, "endpoints": True}}, "network.endpoints", "would lose AWS"),
        ({"network": {**EXISTING, "endpoints": "yes"}}, "network.endpoints", "one of the three"),
        ({"network": {"endpoints": "existing"}}, "network.endpoints", "name a VPC in `vpcId`"),
        ({"network": {"temporarySecurityGroupIds": [GROUP]}}, "network.temporarySecurityGroupIds", "in `vpcId`"),
        ({"network": {**EXISTING, "temporarySecurityGroupIds": ["g"]}}, "network.temporarySecurityGroupIds[0]", "sg-"),
        ({**NO_INTERNET, "image": f"ghcr.io/a/b@sha256:{'0' * 64}"}, "image", "this is no ECR"),
        ({**NO_INTERNET, "image": IMAGE, "region": "us-east-1"}, "image", "this is ECR in eu-west-1"),
        ({**NO_INTERNET, "image": IMAGE.replace("s.com", "s.com.cn")}, "image", "another partition"),
        ({"architecture": "amd64"}, "architecture", "'x86_64' or 'arm64'"),
        ({"alerts": {"email": "dba"}}, "alerts.email", "dba@example.com"),
        ({"alerts": {"mail": "x"}}, "alerts.mail", "use one of: email, topic"),
        ({"alerts": {"topic": "alarms"}}, "alerts.topic", "arn:aws:sns:<region>"),
        ({"alerts": {"topic": f"{TOPIC}.fifo"}}, "alerts.topic", "standard SNS topic"),
        ({"alerts": {"topic": TOPIC.replace("eu-west-1", "us-east-1")}}, "alerts.topic", "topic in eu-west-1"),
        ({"databses": []}, "databses", "use one of: prefix, image, architecture, databases, network, alerts"),
    ],
)
def test_a_mistake_outside_the_databases_is_named_too(others: dict[str, Any], place: str, says: str) -> None:
    """Top-level keys: unknown ones, and values that cannot work."""
    found = mistakes(GOOD, **others)
    assert [each for each in found if each.startswith(f"{place}: ") and says in each], found


def test_databases_that_share_given_groups_are_refused() -> None:
    """One database's sanitizer would reach another's temporary database."""
    others = {"name": "b", "source": {"instance": "b-prod"}}
    (found,) = mistakes(GOOD, {**GOOD, **others}, network={**EXISTING, "temporarySecurityGroupIds": [GROUP]})
    assert found.startswith("network.temporarySecurityGroupIds: ")
    assert "stack of its own" in found
    assert told(GOOD, network={**EXISTING, "temporarySecurityGroupIds": [GROUP]})


@pytest.mark.parametrize(
    "others",
    [
        {"network": {"endpoints": True}},
        {"network": {"endpoints": True}, "image": "build", "region": "us-east-1"},
        {"network": {"endpoints": True, "cidr": "10.1.0.0/16"}, "image": IMAGE, "region": None},
        {"network": {**EXISTING, "endpoints": "existing"}, "image": f"ghcr.io/a/b@sha256:{'0' * 64}"},
        {"network": {**EXISTING, "endpoints": False}},
        {"image": "build", "architecture": "arm64"},
        {"image": f"ghcr.io/a/b@sha256:{'0' * 64}"},
    ],
)
def test_answers_that_go_together_are_taken(others: dict[str, Any]) -> None:
    """Every kind of network, and both kinds of image."""
    assert told(GOOD, **others).databases


def test_several_mistakes_of_the_network_are_reported_at_once() -> None:
    """Also beside a database that is wrong by itself."""
    network = {"vpcId": VPC, "cidr": "10.90.0.0/20", "endpoints": True}
    found = mistakes({**GOOD, "keep": {}}, network=network, image=f"ghcr.io/a/b@sha256:{'0' * 64}")
    places = {each.split(": ")[0] for each in found}
    assert places == {"databases[0].keep", "network.vpcId", "network.cidr", "network.endpoints", "image"}


def test_every_mistake_is_reported_at_once() -> None:
    """Also those between databases, while a third one is wrong by itself."""
    found = mistakes(GOOD, {**GOOD, "keep": {}}, {**GOOD, "source": {"instance": "x-y"}}, image="latest", prefix="x")
    places = {each.split(": ")[0] for each in found}
    assert places == {"prefix", "image", "databases[1].keep", "databases[2].name", "databases[2].source.instance"}


def test_no_database_is_a_mistake() -> None:
    """A stack without databases would deploy a platform for nothing."""
    assert any(each.startswith("databases: ") for each in mistakes())


def test_a_file_that_holds_no_rules_is_refused_before_anything_is_deployed(masking: str) -> None:
    """Neither text that is not YAML nor YAML that is no mapping gets as far as the bucket."""
    for text in ("{", "- a list", ""):
        Path(masking).write_text(text)
        (found,) = mistakes({**without("sql"), "masking": masking})
        assert "python -m sanitizer check orders.yaml" in found


def test_a_long_value_is_cut_short_in_a_message() -> None:
    """A statement pasted into the wrong place does not fill the screen, or a CI log, with what it holds."""
    (found,) = mistakes({**GOOD, "sql": "UPDATE users SET token = 'x' " * 50})
    assert len(found) < 250


def test_the_program_reports_unknown_keys(tmp_path: Path) -> None:
    """A misspelt key in the stack's file is found although pulumi.Config only answers what it is asked."""
    with pytest.raises(SettingsMistaken, match="sanitized-snapshots:alert: is no key here"):
        record_with(tmp_path, "dev", GOOD, alert={"email": "dba@example.com"})


def test_mistakes_reach_people_without_a_stack_trace() -> None:
    """Pulumi prints the message of a RunError alone; of any other error it prints the program's stack."""
    assert issubclass(SettingsMistaken, pulumi.RunError)
    assert issubclass(SourceUnsupported, pulumi.RunError)
