"""What the stack config says of one database. Names are the config's; each mistake says its rule and its remedy."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from components import words
from handlers.flow import Features


class Model(BaseModel):
    """A mapping of the stack config: known keys only, camelCase as everywhere in Pulumi, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, validate_default=True)


class Source(Model):
    """The production database, which is read and never changed."""

    instance: words.Identifier = Field(description="the identifier of the production DB instance")


class Schedule(Model):
    """When runs start; leave it out to start them by hand."""

    cron: words.Cron | None = Field(default=None, description='an AWS cron expression, such as "0 3 ? * SUN *"')
    timezone: words.Timezone = Field(default="UTC", description="the time zone that `cron` is meant in")
    rate: words.Rate | None = Field(default=None, description="instead of `cron`: how often, such as 7 days")

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.cron is None) == (self.rate is None):
            raise words.mistake("A schedule is either a cron expression or a rate", "Give one of `cron` and `rate`")
        if self.rate is not None and "timezone" in self.model_fields_set:
            raise words.mistake("A rate has no time zone", "Remove `timezone`, or use `cron`")
        return self

    @property
    def expression(self) -> str:
        """The schedule in EventBridge Scheduler's words."""
        return f"rate({self.rate})" if self.rate else f"cron({self.cron})"

    @property
    def tolerance(self) -> timedelta | None:
        """How old the newest snapshot may become before the schedule must have failed; None where nobody can tell."""
        if self.rate:
            number, unit = self.rate.split()
            return 2 * int(number) * timedelta(**{f"{unit.rstrip('s')}s": 1}) + timedelta(hours=12)
        _minute, _hour, day, month, weekday, year = str(self.cron).split()
        if month != "*" or year != "*":
            return None
        if weekday not in ("*", "?"):
            return timedelta(days=36 if set(weekday) & set("#L") else 8)
        return timedelta(hours=36) if day in ("*", "?") else timedelta(days=32)


def _at_most_twenty(accounts: tuple[str, ...]) -> tuple[str, ...]:
    if len(accounts) > 20:
        raise words.mistake("RDS shares a snapshot with at most 20 accounts", "Remove some")
    return accounts


class Share(Model):
    """Who may restore the sanitized snapshots, and the key that they are encrypted under."""

    accounts: Annotated[tuple[words.AccountId, ...], AfterValidator(_at_most_twenty)] = Field(
        default=(), description="the AWS accounts that may restore it, at most 20, each in quotes"
    )
    kms_key: words.KmsKeyArn | None = Field(
        default=None, description="the ARN of the customer-managed key that sanitized snapshots are encrypted under"
    )
    hold: bool = Field(default=False, strict=True, description="true: nothing is shared until a person has released it")

    @model_validator(mode="after")
    def _accounts_need_a_key(self) -> Self:
        if self.hold and not self.accounts:
            raise words.mistake(
                "There is nobody to share with, so nothing to hold back", "Name `accounts`, or remove `hold`"
            )
        if self.kms_key is None:
            raise words.mistake(
                "What is shared lies under a key of its own: raw data never lies under a key that others may use",
                "Name a customer-managed key in `kmsKey`, or remove `share`",
            )
        return self


class Keep(Model):
    """How many sanitized snapshots stay, and how long; the newest one always stays."""

    count: words.Count | None = Field(default=None, description="how many stay, from 1 to 90")
    age: words.Duration | None = Field(default=None, description="how long they stay, such as 90d")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.count is None and self.age is None:
            raise words.mistake(
                "It says neither how many nor how long", "Give `count`, `age` or both, or remove `keep`"
            )
        return self


class Temporary(Model):
    """The temporary database, where it is to differ from the source, and what it costs."""

    instance_class: words.InstanceClass | None = Field(
        default=None, description="its instance class, such as db.r6g.xlarge"
    )
    storage: words.StorageGib | None = Field(
        default=None,
        description="its storage in GiB, where the source's volume is too full to rewrite tables, such as 500",
    )
    price_per_hour: words.Price | None = Field(
        default=None, description="what an hour of it costs, storage included; shown with every run"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise words.mistake(
                "It says nothing of the temporary database",
                "Give one of `instanceClass`, `storage` and `pricePerHour`, or remove `temporary`",
            )
        return self


def _readable_rules(value: Any) -> str:
    folder = Path.cwd()
    remedy = f"Name a YAML file of masking rules, relative to {folder}"
    if not isinstance(value, str):
        raise words.mistake("Masking rules are named by their file", remedy)
    try:
        text = (folder / value).read_text(encoding="utf-8")
        document = yaml.safe_load(text)
    except OSError as exc:
        raise words.mistake(f"The file cannot be read ({os.strerror(exc.errno or 0)})", remedy) from exc
    except (UnicodeDecodeError, yaml.YAMLError) as exc:
        raise words.mistake("The file is not YAML", f"`python -m sanitizer check {value}` says where") from exc
    if not isinstance(document, dict):
        raise words.mistake(
            "The file holds no masking rules", f"`python -m sanitizer check {value}` says what is wrong"
        )
    return value


def _statements(value: Any) -> Any:
    statements = isinstance(value, list) and [each for each in value if isinstance(each, str) and each.strip()]
    if not statements or len(statements) != len(value):
        raise words.mistake("Statements are a list of texts, each one SQL statement", "Write one list item for each")
    return value


class Database(Model):
    """One production database that gets sanitized snapshots."""

    name: words.Name = Field(description="a short name for it, at most 16 of a-z, 0-9 and hyphens")
    source: Source = Field(description="the production database: {instance: identifier}")
    snapshot: Literal["new", "latest"] = Field(
        default="new", description="`new` takes a snapshot of the source; `latest` uses its newest one"
    )
    max_age: words.Duration | None = Field(
        default=None, description="for `latest`: how old the data may be, such as 26h"
    )
    masking: Annotated[str, BeforeValidator(_readable_rules)] | None = Field(
        default=None, description="the file of the masking rules"
    )
    sql: Annotated[tuple[str, ...], BeforeValidator(_statements)] | None = Field(
        default=None, description="instead of `masking`: SQL statements, run in their order"
    )
    schedule: Schedule | None = Field(default=None, description="when runs start: {cron, timezone} or {rate}")
    share: Share | None = Field(
        default=None, description="who may restore them, under which key, after whose word: {accounts, kmsKey, hold}"
    )
    keep: Keep | None = Field(default=None, description="how many stay, and how long: {count, age}")
    temporary: Temporary | None = Field(
        default=None, description="the temporary database: {instanceClass, storage, pricePerHour}"
    )
    freshness: words.Duration | None = Field(
        default=None,
        description="how old the newest one may become before an alarm rings; what the schedule allows unless said",
    )

    @model_validator(mode="after")
    def _what_belongs_together(self) -> Self:
        if (self.masking is None) == (self.sql is None):
            raise words.mistake("A database is masked by rules or by SQL statements", "Give one of `masking` and `sql`")
        if (self.snapshot == "latest") != (self.max_age is not None):
            raise words.mistake(
                "`latest` needs to know how old is too old, and `new` is never old",
                "Give `maxAge` with `snapshot: latest`, and only with it",
            )
        return self

    @property
    def rules(self) -> str:
        """The rules document: the masking file as it is, or the statements as one."""
        if self.masking is not None:
            return Path(self.masking).read_text(encoding="utf-8")
        return yaml.safe_dump({"sql": list(self.sql or ())}, sort_keys=False, allow_unicode=True, width=120)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that may restore sanitized snapshots."""
        return self.share.accounts if self.share else ()

    @property
    def share_key(self) -> str | None:
        """The key that sanitized snapshots are encrypted under, where they are copied under one."""
        return self.share.kms_key if self.share else None

    @property
    def features(self) -> Features:
        """What this configuration asks of a run."""
        return Features(
            new_snapshot=self.snapshot == "new",
            reencrypt=self.share_key is not None,
            share=bool(self.accounts),
            hold=self.hold,
        )

    @property
    def hold(self) -> bool:
        """Whether a person agrees before anything is shared."""
        return self.share is not None and self.share.hold

    @property
    def oldest(self) -> timedelta | None:
        """How old the newest sanitized snapshot may become: as told, or as the schedule allows."""
        return self.freshness or (self.schedule.tolerance if self.schedule else None)
