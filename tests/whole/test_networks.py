"""Every network and both kinds of image, deployed into the emulated account; and a run where there is no internet.

The emulation does not filter packets: who reaches whom is in tests/components/test_reachability.py. Here everything is really made, and
the run's own look at its isolation, at what really stands there, finds nothing.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.endpoints import INTERFACES
from handlers import isolation
from handlers.clients import Aws
from handlers.errors import IsolationBroken
from handlers.instance import Instance
from handlers.settings import Settings
from handlers.step import Run
from rehearsal.account import REGION
from rehearsal.provider import Provider
from rehearsal.recording import record
from rehearsal.shop import IDENTIFIER
from rehearsal.stage import PROJECT, Stage

STORAGE_GIB = 200


def project(folder: Path, stack: str, **answers: Any) -> Path:
    """Our program with other answers than the rehearsal's."""
    for name in ("components", "handlers", "sanitizer", "masking", "__main__.py", "Pulumi.yaml", ".dockerignore"):
        if not (folder / name).exists():
            (folder / name).symlink_to(PROJECT / name)
    config = yaml.safe_load((PROJECT / "Pulumi.local.yaml").read_text())["config"]
    config["sanitized-snapshots:prefix"] = f"ss-{stack}"
    config["sanitized-snapshots:databases"][0]["temporary"] = {"storage": STORAGE_GIB}
    config |= {f"sanitized-snapshots:{key}": value for key, value in answers.items()}
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("project")
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stage(folder: Path) -> Iterator[Stage]:
    """A stack without internet, whose image it builds itself."""
    with Stage(project=project(folder, "local", network={"endpoints": True}, image="build")) as standing:
        yield standing


def test_a_run_succeeds_without_internet_with_an_image_built_here(stage: Stage) -> None:
    """The task runs the image that was built, without a public address, on a temporary database with the storage asked for."""
    began = len(stage.account.gate.calls)
    ended = stage.run()
    assert ended["status"] == "SUCCEEDED", ended
    calls = {call.operation: call for call in stage.account.gate.calls[began:]}
    network = calls["RunTask"].parameters["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "DISABLED"
    assert calls["RestoreDBInstanceFromDBSnapshot"].parameters["AllocatedStorage"] == STORAGE_GIB
    definition = stage.account.ecs.task_definition(calls["RunTask"].parameters["taskDefinition"])
    assert definition
    image = definition["containerDefinitions"][0]["image"]
    assert image == stage.recording.one("awsx:ecr:Image").outputs["imageUri"]
    assert "/ss-local-sanitizer@sha256:" in image


def test_the_endpoints_really_stand(stage: Stage) -> None:
    """One for each service, and S3's gateway; no internet gateway is attached to their VPC."""
    ec2 = stage.account.client("ec2")
    made = {each["ServiceName"]: each for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert set(made) == {f"com.amazonaws.{REGION}.{service}" for service in (*INTERFACES, "s3")}
    (vpc,) = {each["VpcId"] for each in made.values()}
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    assert ec2.describe_internet_gateways(Filters=attached)["InternetGateways"] == []


@pytest.fixture(scope="module")
def productions_vpc(stage: Stage) -> dict[str, Any]:
    """The VPC that production is in, for stacks that are told to use it: its main route table leads to the internet."""
    ec2 = stage.account.client("ec2")
    group = stage.account.client("rds").describe_db_subnet_groups(DBSubnetGroupName="production")["DBSubnetGroups"][0]
    vpc = group["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    main = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    (table,) = ec2.describe_route_tables(Filters=main)["RouteTables"]
    ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    return {"vpcId": vpc, "subnetIds": [each["SubnetIdentifier"] for each in group["Subnets"]]}


def deployed(stage: Stage, folder: Path, stack: str, **network: Any) -> Run:
    """What a run of that stack starts with, as far as its isolation is concerned."""
    recording = record(project(folder, stack, network=network), stack, Provider(stage.account))
    told = recording.one("aws:lambda/function:Function", "shop-worker").inputs["environment"]["variables"]
    aws = Aws(*(stage.account.client(service) for service in Aws._fields))
    return Run(Settings.read(told), aws, Instance(aws.rds), stage.account.clock.now(), {})


def look(run: Run) -> None:
    source = run.database.describe(IDENTIFIER)
    assert source
    isolation.require(run, source)


@pytest.mark.parametrize(
    ("stack", "told"),
    [("own", {"cidr": "10.91.0.0/20"}), ("sealed", {"cidr": "10.92.0.0/20", "endpoints": True})],
)
def test_a_vpc_of_our_own_is_isolated_as_the_run_sees_it(
    stage: Stage, folder: Path, stack: str, told: dict[str, Any]
) -> None:
    """With internet and without."""
    look(deployed(stage, folder, stack, **told))


@pytest.mark.parametrize(("stack", "endpoints"), [("existing", False), ("reached", "existing")])
def test_a_vpc_that_exists_is_isolated_as_the_run_sees_it(
    stage: Stage, folder: Path, productions_vpc: dict[str, Any], stack: str, endpoints: Any
) -> None:
    """Even where it is production's own; by its default route, and by its endpoints."""
    look(deployed(stage, folder, stack, **productions_vpc, endpoints=endpoints))


def test_given_groups_are_isolated_as_the_run_sees_them(
    stage: Stage, folder: Path, productions_vpc: dict[str, Any]
) -> None:
    """The program adds its sanitizer's rule to them; whatever else is let in is seen by the run."""
    ec2, vpc = stage.account.client("ec2"), productions_vpc["vpcId"]
    group = ec2.create_security_group(GroupName="given", Description="given", VpcId=vpc)["GroupId"]
    everything = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissionsEgress"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    run = deployed(stage, folder, "given", **productions_vpc, temporarySecurityGroupIds=[group])
    assert run.settings.temporary_groups == (group,)
    look(run)
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp="10.0.0.0/16"
    )
    with pytest.raises(IsolationBroken, match=group):
        look(run)
