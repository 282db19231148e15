"""The program: settings in, one platform and sanitized snapshots of each database out."""

import pulumi

from components import settings
from components.platform import Platform
from components.sanitized_snapshots import SanitizedSnapshots

told = settings.load()
platform = Platform("platform", told)
made = {database.name: SanitizedSnapshots(database.name, database, platform) for database in told.databases}

pulumi.export("bucket", platform.bucket.bucket)
pulumi.export("maskingKey", platform.masking_key.arn)
pulumi.export("signingKey", platform.signing_key.arn)
pulumi.export("stateMachines", {name: each.state_machine_arn for name, each in made.items()})
