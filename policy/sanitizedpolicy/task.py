"""Containers of tasks: pinned, without rights, and where nobody from outside finds them."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from sanitizedpolicy.graph import network_configurations
from sanitizedpolicy.reading import UNKNOWN, document, get, listed, read
from sanitizedpolicy.verdicts import Config, Resource, Verdict, option, policy, verdict
from sanitizedpolicy.words import FUNCTION, STATE_MACHINE, TASK_COMPONENT, TASK_DEFINITION

TASKS = (TASK_DEFINITION, TASK_COMPONENT)
SERVICE, REPOSITORY = "aws:ecs/service:Service", "aws:ecr/repository:Repository"
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
ROOT = ("", "0", "root")


@policy(
    name="images-are-pinned",
    sentence="Containers and functions run images that are named by their digest.",
    types=(*TASKS, FUNCTION),
    severity=Severity.HIGH,
    remedy="Write repository@sha256:..., as `docker push` prints it: a tag can be moved to another image",
    always=True,
)
def images_are_pinned(resource: Resource, _config: Config) -> Iterator[Verdict]:
    """Whoever can move a tag decides what runs."""
    key = "image"
    carrying = [read(resource.props)] if resource.resource_type == FUNCTION else list(containers(resource))
    if resource.resource_type == FUNCTION:
        key, carrying = "imageUri", [each for each in carrying if each.get("imageUri") is not None]
    for container in carrying:
        image = get(container, key)
        pinned = DIGEST.search(str(image))
        yield verdict(not pinned, f"it runs {image}, which names no digest", container, image)


@policy(
    name="containers-are-not-root",
    sentence="No container runs as root or with the rights of its host.",
    types=TASKS,
    severity=Severity.HIGH,
    remedy="Set `user` to a number that is not 0, and leave `privileged` out",
    always=True,
)
def containers_are_not_root(task: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out, the image decides; so it is said."""
    for container in containers(task):
        user = get(container, "user")
        root = user is None or str(user).split(":")[0] in ROOT
        yield verdict(root, "it runs as root", container, user)
        yield verdict(get(container, "privileged") is True, "it has the rights of its host", container)


@policy(
    name="containers-write-nothing",
    sentence="The root file system of a container is read-only.",
    types=TASKS,
    severity=Severity.MEDIUM,
    remedy="Set readonlyRootFilesystem, and mount a volume where the program writes",
    always=True,
)
def containers_write_nothing(task: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means writable."""
    for container in containers(task):
        fixed = get(container, "readonlyRootFilesystem")
        yield verdict(fixed is not True, "its root file system can be written", container, fixed)


@policy(
    name="containers-drop-their-capabilities",
    sentence="Containers drop every capability of the kernel, and add none.",
    types=TASKS,
    severity=Severity.MEDIUM,
    remedy="Set linuxParameters.capabilities.drop to [ALL], and leave `add` out",
    always=True,
)
def containers_drop_their_capabilities(task: Resource, _config: Config) -> Iterator[Verdict]:
    """Fargate leaves fourteen where nothing is said."""
    for container in containers(task):
        capabilities = get(container, "linuxParameters", "capabilities")
        dropped, added = listed(get(capabilities, "drop")), listed(get(capabilities, "add"))
        yield verdict("ALL" not in dropped, "it keeps capabilities", container, capabilities, *dropped)
        yield verdict(added, f"it adds {', '.join(map(str, added))}", container, capabilities, *added)


@policy(
    name="tasks-have-no-public-address",
    sentence="Where it is configured, no task gets a public address.",
    types=(STATE_MACHINE, SERVICE),
    severity=Severity.MEDIUM,
    remedy="Run the task in subnets that reach AWS through VPC endpoints or a NAT gateway, without assignPublicIp",
    config={"refusePublicAddress": option("boolean", default=False, description="Public addresses are refused.")},
)
def tasks_have_no_public_address(runner: Resource, config: Config) -> Iterator[Verdict]:
    """A service's network, and that of every task that a state machine runs."""
    if runner.resource_type == SERVICE:
        given = [read(runner.props, "networkConfiguration", "assignPublicIp")]
    else:
        definition = document(read(runner.props, "definition"))
        networks = network_configurations(definition)
        given = [UNKNOWN] if definition is UNKNOWN else [network.get("AssignPublicIp") for network in networks]
    for public in given:
        refused = config["refusePublicAddress"] and public in (True, "ENABLED")
        yield verdict(refused, "its task gets a public address", public)


@policy(
    name="image-tags-stay-where-they-are",
    sentence="Tags of image repositories cannot be moved.",
    types=(REPOSITORY,),
    severity=Severity.MEDIUM,
    remedy="Set imageTagMutability to IMMUTABLE",
)
def image_tags_stay(repository: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means that they can."""
    said = read(repository.props, "imageTagMutability")
    yield verdict(not str(said).startswith("IMMUTABLE"), "its tags can be moved", said)


@policy(
    name="images-are-scanned",
    sentence="Image repositories look for known weaknesses in what is pushed.",
    types=(REPOSITORY,),
    severity=Severity.LOW,
    remedy="Set imageScanningConfiguration.scanOnPush; where the whole registry is scanned, disable this policy",
)
def images_are_scanned(repository: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means that nothing is scanned."""
    said = read(repository.props, "imageScanningConfiguration", "scanOnPush")
    yield verdict(said is not True, "nothing that is pushed to it is scanned", said)


def containers(task: Resource) -> list[Any]:
    """The containers of a task definition, or of the component that makes one; UNKNOWN for what is not known yet."""
    if task.resource_type == TASK_DEFINITION:
        return listed(document(read(task.props, "containerDefinitions")))
    several = read(task.props, "containers")
    return [
        *listed(read(task.props, "container")),
        *(several.values() if isinstance(several, dict) else listed(several)),
    ]
