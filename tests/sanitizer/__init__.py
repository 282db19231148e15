"""Tests of the sanitizer."""

import pytest

# For promises that do not depend on the server's version.
once = pytest.mark.parametrize("server", ["bundled"], indirect=True)
