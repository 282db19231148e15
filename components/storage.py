"""The bucket of a stack: rules, reports, locks and announcements. No data of any database ever lies here."""

import json

import pulumi
import pulumi_aws as aws

from components.names import Home

SUPERSEDED_DAYS = 90


def bucket(logical: str, prefix: str, home: pulumi.Output[Home], parent: pulumi.Resource) -> aws.s3.Bucket:
    """A private, encrypted, versioned bucket that answers over TLS only."""
    options = pulumi.ResourceOptions(parent=parent)
    # The account's number keeps the name from being taken, or squatted on, by somebody else.
    name = home.apply(lambda home: f"{prefix}-{home.account}-{home.region}")
    made = aws.s3.Bucket(logical, bucket=name, force_destroy=False, opts=options)
    aws.s3.BucketPublicAccessBlock(
        logical,
        bucket=made.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=options,
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        logical,
        bucket=made.bucket,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        opts=options,
    )
    aws.s3.BucketVersioning(logical, bucket=made.bucket, versioning_configuration={"status": "Enabled"}, opts=options)
    aws.s3.BucketLifecycleConfiguration(
        logical,
        bucket=made.bucket,
        rules=[
            {
                "id": "superseded",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrent_version_expiration": {"noncurrent_days": SUPERSEDED_DAYS},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
            }
        ],
        opts=options,
    )
    # An announcement is an event for whoever has a rule for it: "Object Created" with a key below announced/.
    aws.s3.BucketNotification(logical, bucket=made.bucket, eventbridge=True, opts=options)
    aws.s3.BucketPolicy(logical, bucket=made.bucket, policy=made.arn.apply(_tls_only), opts=options)
    return made


def _tls_only(arn: str) -> str:
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
