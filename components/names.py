"""What our resources are called. Names are chosen, not generated, where a policy or a person has to know them beforehand."""

from typing import NamedTuple

SWEEPER, ALERTER = "sweeper", "alerter"  # the stack's own functions, beside those of its databases


class Names(NamedTuple):
    """The names of what belongs to one database."""

    prefix: str
    database: str

    @property
    def stem(self) -> str:
        """The state machine, its schedule and the task definition's family."""
        return f"{self.prefix}-{self.database}"

    def of(self, part: str) -> str:
        """A role or a function of this database."""
        return f"{self.stem}-{part}"

    @property
    def task_log(self) -> str:
        """Where the sanitizer's container logs."""
        return f"/ecs/{self.stem}"

    @property
    def state_machine_log(self) -> str:
        """Where failed executions are logged."""
        return f"/aws/vendedlogs/states/{self.stem}"


class Home(NamedTuple):
    """The account and region that the stack lives in, with the ARNs of named things there."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, name: str) -> str:
        """The ARN of a thing of this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{name}"

    def role(self, name: str) -> str:
        """A role's ARN."""
        return f"arn:{self.partition}:iam::{self.account}:role/{name}"

    def versions_of(self, function: str) -> str:
        """Every published version of a function: running executions go on with the version that they began with."""
        return self.arn("lambda", f"function:{function}:*")


def function_log(name: str) -> str:
    """Where a Lambda function logs."""
    return f"/aws/lambda/{name}"
