"""IAM documents, wherever a resource carries one: their statements, as mappings."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sanitizedpolicy.reading import UNKNOWN, document, get, listed, read
from sanitizedpolicy.verdicts import Resource, Verdict
from sanitizedpolicy.words import KEY

ROLE = "aws:iam/role:Role"
# What an identity may do: the documents of roles, users and groups.
IDENTITY = {
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:iam/policy:Policy": "policy",
    ROLE: "inlinePolicies",
}
# Who may use a thing: the documents of things.
THINGS = {
    KEY: "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
}
TRUST = {ROLE: "assumeRolePolicy"}
ENDPOINT = {"aws:ec2/vpcEndpoint:VpcEndpoint": "policy"}


def allowing(resource: Resource, places: dict[str, str]) -> Iterator[Any]:
    """Every statement that allows something; UNKNOWN for a document that is not known yet."""
    found = read(resource.props, places[resource.resource_type])
    for each in listed(found):
        inline = isinstance(each, dict) and "policy" in each
        text = document(each["policy"] if inline else each)
        if text is UNKNOWN:
            yield UNKNOWN
        elif isinstance(text, dict):
            statements = listed(text.get("Statement"))
            yield from (one for one in statements if one is UNKNOWN or get(one, "Effect") == "Allow")


def judged(resource: Resource, places: dict[str, str], judge: Callable[[Any], Iterable[Verdict]]) -> Iterator[Verdict]:
    """What the judge says of every statement that allows something."""
    for statement in allowing(resource, places):
        yield from (UNKNOWN,) if statement is UNKNOWN else judge(statement)


def strings(value: Any) -> list[str]:
    """The texts of a field that is one text or a list of them; what is unknown is left out."""
    return [each for each in listed(value) if isinstance(each, str)]


def principals(statement: Any) -> list[str]:
    """Whom a statement speaks of."""
    who = get(statement, "Principal")
    return strings(who) if not isinstance(who, dict) else [one for each in who.values() for one in strings(each)]
