"""Our program with one mistake in it, such as people make: mostly ways in which production and temporary databases could meet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import pulumi_aws as aws

from components import environment, sanitized_snapshots
from components.isolation import Isolation
from tests.components.fake_cloud import PRODUCTION_GROUPS
from tests.components.projects import whole_program

Program = Callable[[], object]


@contextmanager
def every(kind: type[Any], change: Callable[[Any], object]) -> Iterator[None]:
    """Every component of this kind that the program makes is changed before anybody reads it."""
    make = kind.__init__

    def changed(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        change(self)

    with patch.object(kind, "__init__", changed):
        yield


isolation = partial(every, Isolation)


def literal_production_group() -> object:
    """Somebody adds production's group, by its id."""
    with isolation(lambda made: made.temporary_group_ids.append(PRODUCTION_GROUPS[0])):
        return whole_program()


def production_group_of_this_program() -> object:
    """Production is made by the same program, so that a first preview knows no id."""
    production = aws.ec2.SecurityGroup("production")
    aws.rds.Instance("production", instance_class="db.m6g.large", vpc_security_group_ids=[production.id])
    with isolation(lambda made: made.temporary_group_ids.append(production.id)):
        return whole_program()


def no_temporary_group() -> object:
    """The list is empty: RDS would attach the VPC's default group."""
    with isolation(lambda made: made.temporary_group_ids.clear()):
        return whole_program()


def production_group_in_the_environment_only() -> object:
    """The component says the right thing, and the functions are told another."""
    right = environment.environment

    def wrong(*args: Any, temporary_group_ids: list[Any], **kwargs: Any) -> Any:
        return right(*args, temporary_group_ids=[*temporary_group_ids, PRODUCTION_GROUPS[1]], **kwargs)

    with patch.object(sanitized_snapshots, "environment", wrong):
        return whole_program()


def sanitizer_in_production() -> object:
    """The sanitizer itself would stand in production's group."""

    def move(made: Isolation) -> None:
        made.sanitizer_group_id = PRODUCTION_GROUPS[0]  # type: ignore[assignment]

    with isolation(move):
        return whole_program()


def database_in_the_temporary_subnets() -> object:
    """Somebody finds that the subnets without a way out are good for a database of their own."""
    made = whole_program()
    subnets = made["platform"].network.database_subnet_ids
    group = aws.rds.SubnetGroup("production", name="production-too", subnet_ids=subnets)
    aws.rds.Instance("production", instance_class="db.m6g.large", db_subnet_group_name=group.name)
    return made


def user_with_access_key() -> object:
    """Somebody makes a user, so that a script of theirs can fetch snapshots."""
    user = aws.iam.User("fetcher", name="fetcher")
    aws.iam.AccessKey("fetcher", user=user.name)
    return whole_program()
