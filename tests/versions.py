"""PostgreSQL servers of the versions that RDS runs and Debian does not have, from Node packages: for tests alone."""

import functools
from pathlib import Path

from rehearsal.installations import bundled, ground, within_reach

PACKAGES = Path(__file__).parents[1] / "node_modules"
# They hold the server's programs and no client's; those of a newer version talk to older servers.
CLIENTS = ("psql", "pg_dump", "pg_dumpall")


@functools.cache
def other_versions() -> dict[str, Path]:
    """Name -> directory of PostgreSQL's programs: `node-<major>`, where `npm ci` has installed it."""
    found = sorted(PACKAGES.glob("postgresql-*/native/bin/postgres"))
    return {f"node-{program.parents[2].name.rpartition('-')[2]}": _with_clients(program.parent) for program in found}


def _with_clients(programs: Path) -> Path:
    server, name = within_reach(programs, programs.parents[1].name), f"{programs.parents[1].name}-programs"
    every = ground() / name
    every.mkdir(mode=0o755)
    for program in (*server.iterdir(), *(bundled() / client for client in CLIENTS)):
        (every / program.name).symlink_to(program)
    return every
