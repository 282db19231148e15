"""The program, recorded once for all tests of this room."""

import pytest

from rehearsal.recording import Recording, record
from tests.components.fake_cloud import FakeCloud
from tests.components.projects import PROJECT, SHARE_KEY, record_with


@pytest.fixture(scope="session")
def up() -> Recording:
    """What `pulumi up` of the rehearsal's stack asks for."""
    return record(PROJECT, "local", FakeCloud())


@pytest.fixture(scope="session")
def preview() -> Recording:
    """What a first `pulumi preview` asks for: ids are unknown."""
    return record(PROJECT, "local", FakeCloud(preview=True), preview=True)


@pytest.fixture(scope="session")
def prod() -> Recording:
    """What `pulumi up` of the worked example asks for."""
    return record(PROJECT, "prod", FakeCloud(region="eu-west-3"))


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Two databases in one stack: one shared under a key, one with the fewest answers possible."""
    return record_with(
        tmp_path_factory.mktemp("two"),
        "two",
        {
            "name": "orders",
            "source": {"instance": "orders-prod"},
            "share": {"accounts": ["111122223333"], "kmsKey": SHARE_KEY},
        },
        {"name": "orders-archive", "source": {"instance": "archive-prod"}, "snapshot": "latest", "maxAge": "26h"},
    )
