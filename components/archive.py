"""What the Lambda functions carry: our handlers and the pinned boto3, file by file, the same whenever the same is installed."""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

import pulumi

HANDLERS = Path(__file__).parent.parent / "handlers"
DISTRIBUTIONS = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six")
# The services that handlers make clients for; botocore describes hundreds more, which would only be carried about.
SERVICES = ("cloudwatch", "ec2", "ecs", "kms", "rds", "s3", "sns", "stepfunctions")
KINDS = (".py", ".json", ".gz", ".pem")


def archive() -> pulumi.AssetArchive:
    """The archive of all functions."""
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in files().items()})


def files() -> dict[str, Path]:
    """Each file of the archive by its name there, in order."""
    carried = {f"handlers/{path.name}": path for path in HANDLERS.glob("*.py")}
    for distribution in DISTRIBUTIONS:
        carried |= dict(_carried(distribution))
    return dict(sorted(carried.items()))


def _carried(distribution: str) -> Iterator[tuple[str, Path]]:
    for file in metadata.files(distribution) or ():
        if file.suffix in KINDS and _needed(PurePosixPath(file)):
            yield str(file), Path(str(file.locate()))


def _needed(file: PurePosixPath) -> bool:
    match file.parts:
        case ("botocore", "data", service, _, *_):
            return service in SERVICES and not file.name.startswith("examples-")
        case ("boto3", "data" | "examples", *_) | ("..", *_):
            return False  # boto3's resources, which handlers do not use; commands for people
    return True
