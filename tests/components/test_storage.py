"""The bucket: private, kept, and a source of events."""

from rehearsal.recording import Recording


def test_an_announcement_is_an_event(up: Recording) -> None:
    """Whoever waits for tonight's snapshot has a rule on the bucket's events; no role needs a permission for it."""
    assert up.one("aws:s3/bucketNotification:BucketNotification").inputs["eventbridge"] is True


def test_nothing_in_the_bucket_is_public_or_lost_by_overwriting(up: Recording) -> None:
    """All four public access blocks are on, versions are kept, and an unencrypted connection is refused."""
    block = up.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    wanted = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [block[name] for name in wanted] == [True] * 4
    versioning = up.one("aws:s3/bucketVersioning:BucketVersioning").inputs
    assert versioning["versioningConfiguration"]["status"] == "Enabled"
    assert '"aws:SecureTransport": "false"' in up.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"]
