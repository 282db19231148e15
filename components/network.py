"""What a stack's network offers, whoever made it."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi

Id = pulumi.Input[str]


class Way(NamedTuple):
    """One way that sanitizers may go by HTTPS: to a range, to what is in a security group, or to a prefix list."""

    name: str
    description: str
    cidr: Id | None = None
    group_id: Id | None = None
    prefix_list_id: Id | None = None


class Network(NamedTuple):
    """Where temporary databases and sanitizers stand, and which ways the sanitizers may go from there."""

    vpc_id: Id
    database_subnet_ids: Sequence[Id]
    sanitizer_subnet_ids: Sequence[Id]
    public_address: bool  # whether a sanitizer's task needs one, to get anywhere
    ways: tuple[Way, ...]
    temporary_group_ids: tuple[str, ...] = ()  # given ones; without any, each database gets a group of its own


def anywhere() -> Way:
    """By way of the internet, or of what else a default route leads to."""
    return Way("https", "AWS APIs and the image registry", cidr="0.0.0.0/0")


def storage(prefix_list_id: Id) -> Way:
    """Amazon S3, through a gateway endpoint."""
    return Way("s3", "rules, reports and the image's layers", prefix_list_id=prefix_list_id)


def service_name(service: str, region: str) -> str:
    """What a service is called in a VPC: its endpoints, and S3's prefix list."""
    return f"com.amazonaws.{region}.{service}"
