"""Deploys the recorded program into the emulated account: each resource is made when it is registered, and answers with its true id.

This is the part of pulumi-aws that our program needs. A type that is not in the table is refused: nothing is half deployed.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from rehearsal.account import ACCOUNT, REGION, EmulatedAccount
from rehearsal.lookups import LOOKUPS
from rehearsal.wire_values import plain, whole

Inputs = dict[str, Any]
State = dict[str, Any]
Maker = Callable[["Provider", str, Inputs], tuple[str, State]]
MAKERS: dict[str, Maker] = {}


class UnknownResource(Exception):
    """The program uses a resource or lookup that the rehearsal does not know."""


def makes(*types: str) -> Callable[[Maker], Maker]:
    """Register what makes resources of these types."""

    def register(maker: Maker) -> Maker:
        MAKERS.update(dict.fromkeys(types, maker))
        return maker

    return register


class Provider(Mocks):
    """A `cloud` for `recording.record` whose resources really exist, in the emulated account."""

    def __init__(self, account: EmulatedAccount) -> None:
        self.account = account
        self.schedules: dict[str, Inputs] = {}
        self.rules: dict[str, tuple[str, list[str]]] = {}  # EventBridge's: pattern and targets
        self.made = 0

    def new_resource(self, args: MockResourceArgs) -> tuple[str, State]:
        """Make it; components have nothing of their own. Raises: UnknownResource."""
        if not args.custom or args.typ.startswith(("sanitized-snapshots:", "awsx:")):
            return "", {}
        if args.typ not in MAKERS:
            raise UnknownResource(f"{args.typ} {args.name}: teach rehearsal/provider.py to make it")
        inputs = whole(plain(args.inputs))
        id_, state = MAKERS[args.typ](self, args.name, inputs)
        self.made += 1
        return id_, {**inputs, **state}

    def call(self, args: MockCallArgs) -> tuple[State, list[tuple[str, str]]]:
        """Answer a lookup. Raises: UnknownResource."""
        if args.token not in LOOKUPS:
            raise UnknownResource(f"{args.token}: teach rehearsal/lookups.py to look it up")
        return LOOKUPS[args.token](self.client, args.args), []

    def client(self, service: str) -> Any:
        """The deploying person's client."""
        return self.account.client(service)


def chosen(inputs: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """Of these inputs those that are given, under the names that the API has for them."""
    return {api: inputs[key] for key, api in names.items() if inputs.get(key) not in (None, "")}


@makes("aws:ec2/vpc:Vpc")
def _vpc(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    made = provider.client("ec2").create_vpc(CidrBlock=inputs["cidrBlock"])["Vpc"]["VpcId"]
    return made, {"arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{made}"}


@makes("aws:ec2/subnet:Subnet")
def _subnet(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, vpcId="VpcId", cidrBlock="CidrBlock", availabilityZone="AvailabilityZone")
    return provider.client("ec2").create_subnet(**asked)["Subnet"]["SubnetId"], {}


@makes("aws:ec2/routeTable:RouteTable")
def _route_table(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    return provider.client("ec2").create_route_table(VpcId=inputs["vpcId"])["RouteTable"]["RouteTableId"], {}


@makes("aws:ec2/routeTableAssociation:RouteTableAssociation")
def _association(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, routeTableId="RouteTableId", subnetId="SubnetId")
    return provider.client("ec2").associate_route_table(**asked)["AssociationId"], {}


@makes("aws:ec2/internetGateway:InternetGateway")
def _gateway(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    ec2 = provider.client("ec2")
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=inputs["vpcId"])
    return made, {}


@makes("aws:ec2/route:Route")
def _route(provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(
        inputs, routeTableId="RouteTableId", destinationCidrBlock="DestinationCidrBlock", gatewayId="GatewayId"
    )
    provider.client("ec2").create_route(**asked)
    return name, {}


@makes("aws:ec2/securityGroup:SecurityGroup")
def _group(provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    """Named anew like everything that is given no name. A new group may send anywhere; like pulumi-aws, take that rule away."""
    ec2 = provider.client("ec2")
    made = ec2.create_security_group(
        GroupName=f"{name}-{token_hex(4)}", Description=inputs["description"], VpcId=inputs["vpcId"]
    )["GroupId"]
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=_permissions(ec2, made, "IpPermissionsEgress"))
    return made, {"arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{made}"}


@makes("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
def _default_group(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    ec2 = provider.client("ec2")
    wanted = [{"Name": "vpc-id", "Values": [inputs["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    made = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]["GroupId"]
    for direction, revoke in (
        ("IpPermissions", ec2.revoke_security_group_ingress),
        ("IpPermissionsEgress", ec2.revoke_security_group_egress),
    ):
        rules = _permissions(ec2, made, direction)
        if rules:
            revoke(GroupId=made, IpPermissions=rules)
    return made, {}


def _permissions(ec2: Any, group: str, direction: str) -> Any:
    return ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0][direction]


@makes("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
def _ingress(provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    provider.client("ec2").authorize_security_group_ingress(
        GroupId=inputs["securityGroupId"], IpPermissions=[_rule(inputs)]
    )
    return name, {}


@makes("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
def _egress(provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    provider.client("ec2").authorize_security_group_egress(
        GroupId=inputs["securityGroupId"], IpPermissions=[_rule(inputs)]
    )
    return name, {}


def _rule(inputs: Inputs) -> dict[str, Any]:
    rule = chosen(inputs, ipProtocol="IpProtocol", fromPort="FromPort", toPort="ToPort")
    if inputs.get("cidrIpv4"):
        rule["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"]}]
    if inputs.get("referencedSecurityGroupId"):
        rule["UserIdGroupPairs"] = [{"GroupId": inputs["referencedSecurityGroupId"], "UserId": ACCOUNT}]
    if inputs.get("prefixListId"):
        rule["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"]}]
    return rule


@makes("aws:ec2/vpcEndpoint:VpcEndpoint")
def _endpoint(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, vpcId="VpcId", serviceName="ServiceName", vpcEndpointType="VpcEndpointType", subnetIds="SubnetIds",
                   securityGroupIds="SecurityGroupIds", routeTableIds="RouteTableIds", policy="PolicyDocument",
                   privateDnsEnabled="PrivateDnsEnabled")  # fmt: skip
    return provider.client("ec2").create_vpc_endpoint(**asked)["VpcEndpoint"]["VpcEndpointId"], {}


@makes("aws:ecr/repository:Repository")
def _repository(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, name="repositoryName", imageTagMutability="imageTagMutability")
    made = provider.client("ecr").create_repository(**asked)["repository"]
    return inputs["name"], {"arn": made["repositoryArn"], "repositoryUrl": made["repositoryUri"]}


@makes("aws:ecr/lifecyclePolicy:LifecyclePolicy")
def _lifecycle_policy(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, repository="repositoryName", policy="lifecyclePolicyText")
    provider.client("ecr").put_lifecycle_policy(**asked)
    return inputs["repository"], {}


@makes("docker-build:index:Image")
def _image(_provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    """Noted: what the Dockerfile would make is laid out by the stage. The digest stands for the build, which the tag names."""
    digest = f"sha256:{sha256(inputs['tags'][0].encode()).hexdigest()}"
    return name, {"digest": digest, "ref": f"{inputs['tags'][0]}@{digest}"}


@makes("aws:iam/role:Role")
def _role(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, name="RoleName", assumeRolePolicy="AssumeRolePolicyDocument")
    return inputs["name"], {"arn": provider.client("iam").create_role(**asked)["Role"]["Arn"]}


@makes("aws:iam/rolePolicy:RolePolicy")
def _role_policy(provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    provider.client("iam").put_role_policy(RoleName=inputs["role"], PolicyName=name, PolicyDocument=inputs["policy"])
    return f"{inputs['role']}:{name}", {}


@makes("aws:kms/key:Key")
def _key(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(
        inputs, description="Description", keyUsage="KeyUsage", customerMasterKeySpec="KeySpec", policy="Policy"
    )
    tags = [{"TagKey": key, "TagValue": value} for key, value in inputs.get("tags", {}).items()]
    made = provider.client("kms").create_key(**asked, Tags=tags)["KeyMetadata"]
    return made["KeyId"], {"arn": made["Arn"], "keyId": made["KeyId"]}


@makes("aws:s3/bucket:Bucket")
def _bucket(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    provider.client("s3").create_bucket(
        Bucket=inputs["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return inputs["bucket"], {"arn": f"arn:aws:s3:::{inputs['bucket']}"}


@makes("aws:s3/bucketVersioning:BucketVersioning")
def _versioning(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    status = inputs["versioningConfiguration"]["status"]
    provider.client("s3").put_bucket_versioning(Bucket=inputs["bucket"], VersioningConfiguration={"Status": status})
    return inputs["bucket"], {}


@makes("aws:s3/bucketObjectv2:BucketObjectv2")
def _object(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    provider.client("s3").put_object(Bucket=inputs["bucket"], Key=inputs["key"], Body=inputs["content"].encode())
    return inputs["key"], {}


@makes(
    "aws:s3/bucketPolicy:BucketPolicy",  # moto overlooks its condition, and would deny everything
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:lambda/permission:Permission",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
)
def _without_effect(_provider: Provider, name: str, _inputs: Inputs) -> tuple[str, State]:
    """Settings that nothing in a rehearsal would feel; the recorded graph holds them."""
    return name, {"arn": f"arn:aws:rehearsal:{REGION}:{ACCOUNT}:{name}"}


@makes("aws:cloudwatch/eventRule:EventRule")
def _event_rule(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    """Noted with its pattern: a rehearsal delivers events when it wants to."""
    provider.rules[inputs["name"]] = (inputs["eventPattern"], [])
    return inputs["name"], {"arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{inputs['name']}"}


@makes("aws:cloudwatch/eventTarget:EventTarget")
def _event_target(provider: Provider, name: str, inputs: Inputs) -> tuple[str, State]:
    provider.rules[inputs["rule"]][1].append(inputs["arn"])
    return name, {}


@makes("aws:sns/topic:Topic")
def _topic(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    arn = provider.client("sns").create_topic(Name=inputs["name"])["TopicArn"]
    return arn, {"arn": arn}


@makes("aws:cloudwatch/metricAlarm:MetricAlarm")
def _alarm(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    """Made, so that its shape is checked; nothing in a rehearsal rings it."""
    asked = chosen(inputs, name="AlarmName", alarmDescription="AlarmDescription", alarmActions="AlarmActions",
                   comparisonOperator="ComparisonOperator", evaluationPeriods="EvaluationPeriods", threshold="Threshold",
                   treatMissingData="TreatMissingData", namespace="Namespace", metricName="MetricName",
                   statistic="Statistic", period="Period")  # fmt: skip
    if "dimensions" in inputs:
        asked["Dimensions"] = _dimensions(inputs["dimensions"])
    if "metricQueries" in inputs:
        asked["Metrics"] = [_metric_query(query) for query in inputs["metricQueries"]]
    provider.client("cloudwatch").put_metric_alarm(**asked)
    return inputs["name"], {"arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{inputs['name']}"}


def _metric_query(query: Inputs) -> dict[str, Any]:
    asked = chosen(query, id="Id", expression="Expression", label="Label")
    asked["ReturnData"] = query.get("returnData", False)
    if "metric" in query:
        metric = query["metric"]
        named = {
            **chosen(metric, namespace="Namespace", metricName="MetricName"),
            "Dimensions": _dimensions(metric["dimensions"]),
        }
        asked["MetricStat"] = {"Metric": named, "Stat": metric["stat"], "Period": metric["period"]}
    return asked


def _dimensions(named: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in named.items()]


@makes("aws:cloudwatch/dashboard:Dashboard")
def _dashboard(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    name = inputs["dashboardName"]
    provider.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=inputs["dashboardBody"])
    return name, {"dashboardArn": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{name}"}


@makes("aws:cloudwatch/logGroup:LogGroup")
def _log_group(_provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    """Logs stay with the emulated Lambda and ECS; only the name and ARN matter."""
    return inputs["name"], {"arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{inputs['name']}"}


@makes("aws:rds/subnetGroup:SubnetGroup")
def _subnet_group(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    provider.client("rds").create_db_subnet_group(
        DBSubnetGroupName=inputs["name"], DBSubnetGroupDescription=inputs["description"], SubnetIds=inputs["subnetIds"]
    )
    return inputs["name"], {"arn": f"arn:aws:rds:{REGION}:{ACCOUNT}:subgrp:{inputs['name']}"}


@makes("aws:rds/parameterGroup:ParameterGroup")
def _parameter_group(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    rds, name = provider.client("rds"), inputs["name"]
    rds.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily=inputs["family"], Description=inputs["description"]
    )
    parameters = [
        {
            "ParameterName": each["name"],
            "ParameterValue": each["value"],
            "ApplyMethod": each.get("applyMethod", "immediate"),
        }
        for each in inputs.get("parameters", [])
    ]
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=parameters)
    return name, {"arn": f"arn:aws:rds:{REGION}:{ACCOUNT}:pg:{name}"}


@makes("aws:ecs/cluster:Cluster")
def _cluster(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    arn = provider.client("ecs").create_cluster(clusterName=inputs["name"])["cluster"]["clusterArn"]
    return arn, {"arn": arn}


@makes("aws:ecs/taskDefinition:TaskDefinition")
def _task_definition(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, family="family", cpu="cpu", memory="memory", taskRoleArn="taskRoleArn", executionRoleArn="executionRoleArn",
                   networkMode="networkMode", requiresCompatibilities="requiresCompatibilities", volumes="volumes")  # fmt: skip
    containers = json.loads(inputs["containerDefinitions"])
    made = provider.client("ecs").register_task_definition(containerDefinitions=containers, **asked)["taskDefinition"]
    return made["family"], {"arn": made["taskDefinitionArn"], "revision": made["revision"]}


@makes("aws:lambda/function:Function")
def _function(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    files = {name: Path(asset.path) for name, asset in inputs["code"].assets.items()}
    arn = provider.account.lambdas.create(
        inputs["name"],
        files,
        handler=inputs["handler"],
        role_arn=inputs["role"],
        environment=inputs["environment"]["variables"],
        timeout_seconds=inputs["timeout"],
    )
    return inputs["name"], {"arn": arn, "version": "1", "qualifiedArn": f"{arn}:1"}


@makes("aws:sfn/stateMachine:StateMachine")
def _state_machine(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    asked = chosen(inputs, name="name", definition="definition", roleArn="roleArn")
    arn = provider.client("stepfunctions").create_state_machine(**asked)["stateMachineArn"]
    return arn, {"arn": arn}


@makes("aws:scheduler/schedule:Schedule")
def _schedule(provider: Provider, _name: str, inputs: Inputs) -> tuple[str, State]:
    """Noted: a rehearsal starts what a schedule would start, when it wants to."""
    provider.schedules[inputs["name"]] = inputs
    return f"default/{inputs['name']}", {
        "arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{inputs['name']}"
    }
