"""Servers to listen at."""

from tests.sanitizer.conftest import bench, directory, server, servers

__all__ = ["bench", "directory", "server", "servers"]
