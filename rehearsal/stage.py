"""A stage for runs: the emulated account with a filled production database and our program deployed beside it."""

import json
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from moto.kms.models import kms_backends

from rehearsal import awsx, guardian, recording, stack_config
from rehearsal.account import ACCOUNT, CONSUMER_ACCOUNT, REGION, EmulatedAccount
from rehearsal.clock import Clock
from rehearsal.ecs import Image, build_image
from rehearsal.engines import Engine
from rehearsal.installations import authority
from rehearsal.managed_secrets import ManagedSecrets
from rehearsal.on_postgres import Postgres
from rehearsal.production import Contents, Production, create
from rehearsal.provider import Provider
from rehearsal.rds import Rds
from rehearsal.shop import SHOPS

PROJECT = Path(__file__).parent.parent
BUNDLE = "sanitizer/rds-global-bundle.pem"
RUN_TIMEOUT_SECONDS = 300


class Stage:
    """`with Stage() as stage:` stands when production is filled and the stack deployed; nothing is left when it ends."""

    account: EmulatedAccount
    production: Production
    provider: Provider
    recording: recording.Recording
    image: Image
    rds: Rds
    folder: Path  # of its own, gone when it ends

    def __init__(
        self,
        stack: str = "local",
        engine: Engine | None = None,
        project: Path = PROJECT,
        contents: Contents | None = None,
    ) -> None:
        """Without contents of one's own production is the invented shop."""
        self.stack, self._project = stack, project
        self.engine: Engine = engine or Postgres()
        self.contents: Contents = contents or SHOPS[self.engine.name]
        self._closing = ExitStack()

    def __enter__(self) -> "Stage":
        with ExitStack() as closing:
            self.open(closing)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def open(self, closing: ExitStack) -> None:
        """All acts; a caller that shows progress calls them one by one."""
        self.start(closing)
        self.fill()
        self.write_rules()
        self.deploy()

    def start(self, closing: ExitStack) -> None:
        """Start the emulated account."""
        root = Path(tempfile.mkdtemp(prefix="rehearsal-"))
        root.chmod(0o711)
        guardian.watch(root)
        closing.callback(guardian.release, root)
        closing.callback(shutil.rmtree, root, ignore_errors=True)
        self.folder = root
        config = stack_config.load(self._project, self.stack).values
        self.image = _sanitizer_image(root / "image")
        self._images = {config["sanitized-snapshots:image"]: self.image}
        self.account = closing.enter_context(
            EmulatedAccount(Clock(), lambda account: self._rds(account, root / "rds"), root=root, images=self._images)
        )

    def _rds(self, account: EmulatedAccount, root: Path) -> Rds:
        self.rds = Rds(account.clock, root, ManagedSecrets(ACCOUNT), engine=self.engine)
        return self.rds

    def fill(self) -> None:
        """Set up production: the contents' DB instance, and things beside it that must survive."""
        self.production = create(self.account, self.rds, self.contents)
        self.contents.fill(self.production, self.rds)

    def write_rules(self) -> None:
        """See to it that there are rules for what production holds."""
        self.contents.write_rules(self.production)

    def deploy(self) -> None:
        """Run our Pulumi program; every resource it asks for is made in the account."""
        loaded = stack_config.load(self._project, self.stack)
        config = loaded._replace(values=self.contents.configured(loaded.values))
        for database in json.loads(config.values["sanitized-snapshots:databases"]):
            if "share" in database:
                _create_key(self.account, database["share"]["kmsKey"])
        self.provider = Provider(self.account)
        self.recording = recording.record(self._project, self.stack, self.provider, config=config)
        # What the program built and pushed can be pulled by the name that it then has.
        self._images |= {built.outputs["imageUri"]: self.image for built in self.recording.of_type(awsx.ECR_IMAGE)}

    def start_run(self, database: str | None = None) -> str:
        """Start what the database's schedule starts, as its role; the execution's ARN."""
        wanted = f"-{database or self.contents.name}"
        schedule = next(each for name, each in self.provider.schedules.items() if name.endswith(wanted))
        target = schedule["target"]
        slot = self.account.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        told = target["input"].replace("<aws.scheduler.scheduled-time>", slot)
        return self.account.start_execution(target["arn"], told, target["roleArn"])

    def run(self, database: str | None = None) -> dict[str, Any]:
        """One whole run; the ended execution's description."""
        return self.account.wait(self.start_run(database), RUN_TIMEOUT_SECONDS)

    def sweep(self) -> dict[str, Any]:
        """Let the sweeper do its hourly work, as its schedule's role; what it answers."""
        schedule = next(each for name, each in self.provider.schedules.items() if name.endswith("-sweeper"))
        target = schedule["target"]
        now = self.account.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        told = target["input"].replace("<aws.scheduler.scheduled-time>", now)
        answer = self.account.client("lambda", target["roleArn"]).invoke(FunctionName=target["arn"], Payload=told)
        payload: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"the sweep failed: {payload.get('errorType')}")
        return payload

    def ours(self) -> Iterable[str]:
        """Names of every database and snapshot in the account that carries this stack's tag."""
        rds = self.account.client("rds")
        tag = {"Key": "sanitized-snapshots:stack", "Value": self.stack}
        for instance in rds.describe_db_instances()["DBInstances"]:
            if tag in instance["TagList"]:
                yield instance["DBInstanceIdentifier"]
        for snapshot in rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]:
            if tag in snapshot["TagList"]:
                yield snapshot["DBSnapshotIdentifier"]


def _sanitizer_image(folder: Path) -> Image:
    """The image that the Dockerfile would make; Amazon's certificates in it are the rehearsal's own."""
    image = build_image(PROJECT / "sanitizer" / "Dockerfile", PROJECT, folder)
    shutil.copyfile(authority().ca_file, image.path(BUNDLE))
    return image


def _create_key(account: EmulatedAccount, arn: str) -> None:
    """A customer's key that exists before the stack does, with exactly this ARN."""
    users = {
        "Sid": "Owner",
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{CONSUMER_ACCOUNT}:root"]},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**users, "Action": "kms:*", "Resource": "*"}]})
    made = account.client("kms").create_key(
        Description="share key: named in the stack's config",
        Policy=policy,
        KeyUsage="ENCRYPT_DECRYPT",
        KeySpec="SYMMETRIC_DEFAULT",
    )["KeyMetadata"]
    backend = kms_backends[ACCOUNT][REGION]
    key = backend.keys.pop(made["KeyId"])
    key.id, key.arn = arn.rsplit("/", 1)[-1], arn
    backend.keys[key.id] = key
