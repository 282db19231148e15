"""Sanitized snapshots of one database: what stands between its runs."""

from hashlib import sha256
from typing import Literal

import pulumi
import pulumi_aws as aws

from components import parameters
from components.database import Database
from components.declared import declared
from components.environment import environment
from components.functions import function
from components.isolation import Isolation
from components.names import Names, function_log
from components.platform import Platform
from components.roles import logging_to
from components.source import Source
from components.state_machine import DELIVERING_LOGS, STARTING, schedule, state_machine
from components.task import CONTAINER, SANITIZING, starting, task_definition
from handlers import flow

TYPE = "sanitized-snapshots:index:SanitizedSnapshots"


class SanitizedSnapshots(pulumi.ComponentResource):
    """Functions, roles, task, security groups, state machine and schedule of one database."""

    state_machine_arn: pulumi.Output[str]

    def __init__(
        self, name: str, database: Database, platform: Platform, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self._name, self._database, self._platform = name, database, platform
        self._names = Names(platform.prefix, database.name)
        self._source = Source(database.source.instance, opts.parent if opts else None)
        # Made before the component, since their ids are among its inputs: there policies read them before anything runs.
        self._isolation = Isolation(name, platform.network, self._source.port, opts)
        told = declared(database, self._source, platform.network, self._isolation.temporary_group_ids)
        super().__init__(TYPE, name, told, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._parameter_group = self._parameters()
        self._rules_key = self._rules()
        self._grants = platform.grants(self._values())
        machine = self._machine()
        self._schedule(machine)
        self.state_machine_arn = machine.arn
        self.register_outputs({**told, "stateMachineArn": machine.arn})

    def _parameters(self) -> aws.rds.ParameterGroup:
        major = self._source.major
        return aws.rds.ParameterGroup(
            self._name,
            # The family is in the name: after an upgrade of the source the new group is made before the old one goes.
            name=major.apply(lambda major: self._names.of(major.family)),
            family=major.apply(lambda major: major.family),
            description=f"Temporary databases of {self._name}: nothing logs what it is told",
            parameters=major.apply(parameters.parameters),
            opts=self._child,
        )

    def _rules(self) -> str:
        """Store the rules under their digest; those of a running execution stay when they change."""
        rules = self._database.rules
        key = f"rules/{self._database.name}/{sha256(rules.encode()).hexdigest()}.yaml"
        aws.s3.BucketObjectv2(
            f"{self._name}-rules",
            bucket=self._platform.bucket.bucket,
            key=key,
            content=rules,
            content_type="application/yaml",
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        return key

    def _values(self) -> dict[str, pulumi.Input[str | None]]:
        """What the placeholders of declared permissions mean for this database."""
        names, home = self._names, self._platform.home
        return {
            "database": names.database,
            "source": self._database.source.instance,
            "source_key": self._source.key,
            "share_key": self._database.share_key,
            "parameter_group": self._parameter_group.name,
            "task_family": names.stem,
            "rules_key": self._rules_key,
            "task_role": home.apply(lambda home: home.role(names.of("task"))),
            "execution_role": home.apply(lambda home: home.role(names.of("execution"))),
            "worker": home.apply(lambda home: home.versions_of(names.of("worker"))),
            "sharer": home.apply(lambda home: home.versions_of(names.of("sharer"))),
            "state_machine": home.apply(lambda home: home.arn("states", f"stateMachine:{names.stem}")),
        }

    def _function(self, role: Literal["worker", "sharer"]) -> aws.lambda_.Function:
        logical, called, platform = f"{self._name}-{role}", self._names.of(role), self._platform
        may = (*flow.permissions(role, self._database.features), logging_to(function_log(called)))
        told: dict[str, pulumi.Input[str]] = {
            "STACK": pulumi.get_stack(),
            "PREFIX": platform.prefix,
            "BUCKET": platform.bucket.bucket,
            "RULES_KEY": self._rules_key,
            "SUBNET_GROUP": platform.subnet_group.name,
            "PARAMETER_GROUP": self._parameter_group.name,
            "SANITIZER_SECURITY_GROUP": self._isolation.sanitizer_group_id,
            "CLUSTER": platform.cluster.arn,
            "TASK_FAMILY": self._names.stem,
            "SIGNING_KEY": platform.signing_key.arn,
        }
        return function(
            logical,
            name=called,
            role=self._grants.role(called, "lambda", may, self, logical=logical),
            code=platform.code,
            variables=environment(
                self._database,
                told,
                temporary_group_ids=self._isolation.temporary_group_ids,
                forbidden_group_ids=self._source.group_ids,
            ),
            timeout_seconds=240,
            parent=self,
        )

    def _task(self) -> pulumi.Output[str]:
        names, image = self._names, self._platform.image
        return task_definition(
            self._name,
            names,
            image=image.uri,
            architecture=self._platform.architecture,
            home=self._platform.home,
            task=self._grants.role(names.of("task"), "ecs-tasks", SANITIZING, self, logical=f"{self._name}-task"),
            execution=self._grants.role(
                names.of("execution"), "ecs-tasks", starting(names, image), self, logical=f"{self._name}-execution"
            ),
            parent=self,
        )

    def _machine(self) -> aws.sfn.StateMachine:
        names, platform = self._names, self._platform
        may = (*flow.permissions("state_machine", self._database.features), DELIVERING_LOGS)
        return state_machine(
            self._name,
            names,
            self._database,
            role=self._grants.role(names.of("states"), "states", may, self, logical=f"{self._name}-states"),
            deployed={
                "worker_arn": self._function("worker").qualified_arn,
                "sharer_arn": self._function("sharer").qualified_arn,
                "cluster_arn": platform.cluster.arn,
                "task_definition_arn": self._task(),
                "container_name": CONTAINER,
                "subnet_ids": platform.network.sanitizer_subnet_ids,
                "sanitizer_security_group_id": self._isolation.sanitizer_group_id,
                "assign_public_ip": platform.network.public_address,
                "bucket": platform.bucket.bucket,
                "rules_key": self._rules_key,
                "masking_key_arn": platform.masking_key.arn,
                "signing_key_arn": platform.signing_key.arn,
                "database": self._database.name,
            },
            parent=self,
        )

    def _schedule(self, machine: aws.sfn.StateMachine) -> None:
        when, names = self._database.schedule, self._names
        if when is None:
            return
        role = self._grants.role(names.of("start"), "scheduler", (STARTING,), self, logical=f"{self._name}-start")
        schedule(self._name, names, when, machine=machine, role=role, parent=self)
