"""The stack config: the only reader of pulumi.Config. Every mistake is reported at once, before anything is deployed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import AfterValidator, Field, ValidationError

from components import network_settings, words
from components.database import Database, Model
from components.mistakes import Mistake, SettingsMistaken, mistake_at, mistakes_of
from components.names import SWEEPER
from components.network_settings import Network

PROJECT = "sanitized-snapshots"
TEXTS = ("architecture", "image", "prefix")


class Alerts(Model):
    """Whom a failed run is reported to, and who is told that a snapshot waits."""

    email: words.Email | None = Field(default=None, description="an address; AWS asks it to confirm once")
    topic: words.TopicArn | None = Field(
        default=None, description="the ARN of an SNS topic that you have; one is made for `email` unless said"
    )

    @property
    def wanted(self) -> bool:
        """Whether anybody is to be told."""
        return self.email is not None or self.topic is not None


def _at_least_one(databases: tuple[Database, ...]) -> tuple[Database, ...]:
    if not databases:
        raise words.mistake("A stack without databases would do nothing", "List one at least")
    return databases


class Settings(Model):
    """Everything that a stack is told."""

    prefix: str = Field(
        default="", description="what every name begins with; contains the stack's name, at most 16 characters"
    )
    image: words.Image = Field(description="`build`, or the sanitizer's image by digest: repository@sha256:...")
    architecture: Literal["x86_64", "arm64"] = Field(default="x86_64", description="what the sanitizer's image is for")
    databases: Annotated[tuple[Database, ...], AfterValidator(_at_least_one)] = Field(
        description="the production databases, one mapping for each"
    )
    network: Network = Field(
        default=Network(), description="{cidr, endpoints}, or {vpcId, subnetIds, temporarySecurityGroupIds, endpoints}"
    )
    alerts: Alerts = Field(default=Alerts(), description="whom a failed run is reported to: {email, topic}")


def load() -> Settings:
    """The settings of the current stack.

    Raises: SettingsMistaken, with every mistake.
    """
    config = pulumi.Config()
    everything = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    keys = [key.removeprefix(f"{PROJECT}:") for key in everything if key.startswith(f"{PROJECT}:")]
    given = {key: config.require(key) for key in keys}
    return read(given, pulumi.get_stack(), pulumi.Config("aws").get("region"))


def read(given: Mapping[str, str], stack: str, region: str | None = None) -> Settings:
    """The settings that the config's texts mean (lists and mappings as JSON, which is how Pulumi hands them over).

    Raises: SettingsMistaken, with every mistake.
    """
    values = {key: text if key in TEXTS else _parsed(text) for key, text in given.items()}
    values["prefix"] = values.get("prefix") or f"ss-{stack}"
    mistakes = list(_prefix_mistakes(values["prefix"], stack))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as exc:
        mistakes += mistakes_of(exc, "", Settings)
    databases = _valid_databases(values.get("databases"))
    mistakes += _mistakes_between(databases, values["prefix"], region)
    mistakes += _network_mistakes(values, len(databases), region)
    mistakes += _topic_mistakes(values.get("alerts"), region)
    if mistakes:
        raise SettingsMistaken(each._replace(path=f"{PROJECT}:{each.path.removeprefix('.')}") for each in mistakes)
    return settings


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _prefix_mistakes(prefix: str, stack: str) -> Iterator[Mistake]:
    shape = "(?!.*--)[a-z][a-z0-9-]{0,15}(?<!-)"
    if stack not in prefix:
        yield mistake_at("prefix", prefix, f"It does not contain the stack's name, {stack}", f"Write it as ss-{stack}")
    if not re.fullmatch(shape, prefix):
        yield mistake_at(
            "prefix",
            prefix,
            "A prefix is at most 16 of a-z, 0-9 and single hyphens, beginning with a letter",
            "Choose a short one; where the stack's name does not fit, give the stack a shorter name",
        )


def _topic_mistakes(given: Any, region: str | None) -> Iterator[Mistake]:
    try:
        topic = Alerts.model_validate(given).topic
    except ValidationError:
        return
    if topic and region and topic.split(":")[3] != region:
        rule = f"Alarms write to a topic of their own region, {region}"
        yield mistake_at("alerts.topic", topic, rule, f"Name a topic in {region}")


def _valid_databases(given: Any) -> dict[int, Database]:
    """The databases that are right by themselves, by their place."""
    valid = {}
    for place, each in enumerate(given if isinstance(given, list) else []):
        try:
            valid[place] = Database.model_validate(each)
        except ValidationError:
            continue
    return valid


def _network_mistakes(values: Mapping[str, Any], databases: int, region: str | None) -> Iterator[Mistake]:
    try:
        network = Network.model_validate(values.get("network", {}))
    except ValidationError:
        return iter(())  # its own mistakes are told already
    return network_settings.mistakes(network, databases=databases, image=values.get("image"), region=region)


def _mistakes_between(databases: Mapping[int, Database], prefix: str, region: str | None) -> Iterator[Mistake]:
    names: dict[str, int] = {}
    for place, each in databases.items():
        at = f"databases[{place}]"
        if names.setdefault(each.name, place) != place:
            remedy = "Give each database a name of its own"
            yield mistake_at(f"{at}.name", each.name, f"databases[{names[each.name]}] has that name too", remedy)
        if each.name == SWEEPER:
            rule = f"The stack's sweeper is called {prefix}-{SWEEPER}, and what this database gets would be too"
            yield mistake_at(f"{at}.name", each.name, rule, "Choose another name")
        if each.source.instance.startswith(f"{prefix}-"):
            rule = f"A source must not be named like what this stack makes and removes ({prefix}-...)"
            yield mistake_at(f"{at}.source.instance", each.source.instance, rule, "Choose another `prefix`")
        if each.share_key and region and each.share_key.split(":")[3] != region:
            rule = f"A snapshot is copied under a key of its own region, {region}"
            yield mistake_at(f"{at}.share.kmsKey", each.share_key, rule, f"Name a key in {region}")
