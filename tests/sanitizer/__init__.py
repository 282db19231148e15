"""Tests of the sanitizer."""

import pytest

from rehearsal.installations import installations
from tests.versions import other_versions

# For promises that do not depend on the server's version, and for those that rest on what every version does in its own way.
once = pytest.mark.parametrize("server", ["bundled"], indirect=True)
everywhere = pytest.mark.parametrize("server", [*installations(), *other_versions()], indirect=True)
