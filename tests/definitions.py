"""Writes the state machine's definition for every set of features, for a validator to read: `python -m tests.definitions FOLDER`."""

import itertools
import json
import sys
from pathlib import Path

from handlers import flow
from handlers.states_language import Deployed, render
from handlers.step import Features

DEPLOYED = Deployed(
    worker_arn="arn:aws:lambda:eu-west-1:123456789012:function:ss-prod-orders-worker:7",
    sharer_arn="arn:aws:lambda:eu-west-1:123456789012:function:ss-prod-orders-sharer:7",
    cluster_arn="arn:aws:ecs:eu-west-1:123456789012:cluster/ss-prod",
    task_definition_arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/ss-prod-orders:7",
    container_name="sanitizer",
    subnet_ids=["subnet-0a", "subnet-0b"],
    sanitizer_security_group_id="sg-0sanitizer",
    assign_public_ip=True,
    bucket="ss-prod-123456789012-eu-west-1",
    rules_key="rules/orders/0000.yaml",
    masking_key_arn="arn:aws:kms:eu-west-1:123456789012:key/0000",
    signing_key_arn="arn:aws:kms:eu-west-1:123456789012:key/sign",
    database="orders",
)


def main(folder: Path) -> None:
    """One file for each set of features."""
    folder.mkdir(parents=True, exist_ok=True)
    for values in itertools.product((False, True), repeat=4):
        features = Features(*values)
        name = "-".join(field for field, on in zip(Features._fields, values, strict=True) if on) or "plain"
        definition = render(flow.run(features), DEPLOYED)
        (folder / f"{name}.json").write_text(json.dumps(definition, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
