"""Tests of the sanitizer."""

import pytest

from rehearsal.installations import installations
from tests.versions import other_versions

# For promises that do not depend on the server's version, and for those that rest on what every version does in its own way.
once = pytest.mark.parametrize("server", ["bundled"], indirect=True)
everywhere = pytest.mark.parametrize("server", [*installations(), *other_versions()], indirect=True)
# And that what is left is looked for with pg_dumpall, of which there is none for the newest.
where_dumped = pytest.mark.parametrize(
    "server", [name for name in (*installations(), *other_versions()) if name != "node-18"], indirect=True
)
