"""Keeps what a consumer would get: the shared snapshot's data directory, with its report and rules, and how to start a server on it."""

import os
import pwd
import secrets
import shutil
from pathlib import Path

from rehearsal.account import ACCOUNT
from rehearsal.installations import lasting, server_user
from rehearsal.on_postgres import Postgres
from rehearsal.outcome import Result
from rehearsal.postgres import Server
from rehearsal.stage import Stage

SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
ssl = off
shared_buffers = '32MB'
{libraries}"""
WHO_MAY_ENTER = """\
host  all  rdsadmin  all           reject
host  all  all       127.0.0.1/32  scram-sha-256
"""
README = """\
# {snapshot}

The sanitized snapshot of a rehearsal, as the account sees it that it is shared with: a data directory of PostgreSQL {version}.
`report.html` says what was masked by which rule (`rules.yaml`), `report.json` says it to programs. What `email` and `hash` made is pseudonymised, not anonymous; what the rules keep is as it was.

Start a server on it{as_user}:

    {as_prefix}{bin}/pg_ctl -D {data} -o "-p {port}" -l {log} -w start

Log in. A consumer gives the master user a password of their own after restoring, and so was done here: it is in the file `password`.

    PGPASSWORD="$(cat {password})" {bin}/psql -h 127.0.0.1 -p {port} -U {master} {database}

No other role can log in: give one a password with `ALTER ROLE ... LOGIN PASSWORD ...`. Stop the server:

    {as_prefix}{bin}/pg_ctl -D {data} -m fast -w stop
"""
PORT = 54320


def refusal(directory: Path) -> str | None:
    """Why nothing can be kept in the directory."""
    if directory.is_dir() and any(directory.iterdir()):
        return f"--keep {directory}: it is not empty; name a directory that is empty or does not exist yet"
    if directory.exists() and not directory.is_dir():
        return f"--keep {directory}: it is a file; name a directory"
    above = next(parent for parent in (directory.absolute(), *directory.absolute().parents) if parent.exists())
    return (
        None if os.access(above, os.W_OK) else f"--keep {directory}: {above} cannot be written to; name another place"
    )


def keep(stage: Stage, result: Result, rules: bytes, directory: Path) -> None:
    """Put everything into the directory.

    Raises: ServerError
    """
    directory = directory.absolute()
    engine = stage.engine
    assert isinstance(engine, Postgres)  # noqa: S101 - of another engine nothing is kept
    programs = engine.programs
    password = secrets.token_urlsafe(18)
    server = Server.from_snapshot(
        stage.rds.snapshot_directory(result.identifier, ACCOUNT), stage.folder / "kept", programs
    )
    try:
        server.start()  # as a restore does: what the snapshot was in the middle of is brought to its end
        server.set_password(stage.contents.master, password)
        server.stop()
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o711 if server_user() else 0o700)
        _settle(server.data)
        copy_bytes(server.data, directory / "data")
    finally:
        server.destroy()
    (directory / "report.json").write_bytes(result.report_bytes)
    (directory / "report.html").write_bytes(result.page)
    (directory / "rules.yaml").write_bytes(rules)
    (directory / "password").touch(mode=0o600)
    (directory / "password").write_text(password + "\n")
    (directory / "README.md").write_text(_readme(stage, result, directory, lasting(programs)))


def copy_bytes(source: Path, target: Path) -> None:
    """The bytes, for whoever runs the rehearsal; root, who may start no server, gets them for the user who ran ours."""
    shutil.copytree(source, target)
    user = server_user()
    if user is not None:
        owner = pwd.getpwnam(user)
        for path in (target, *target.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    target.chmod(0o700)


def _settle(data: Path) -> None:
    """Settings for a server of one's own, in the place of the emulated RDS's."""
    before = (data / "postgresql.conf").read_text()
    libraries = "".join(line + "\n" for line in before.splitlines() if line.startswith("shared_preload_libraries"))
    (data / "postgresql.conf").write_text(SETTINGS.format(libraries=libraries))
    (data / "pg_hba.conf").write_text(WHO_MAY_ENTER)
    for name in ("server.key", "server.crt", "postmaster.opts"):
        (data / name).unlink(missing_ok=True)


def _readme(stage: Stage, result: Result, directory: Path, programs: Path) -> str:
    user = server_user()
    return README.format(
        snapshot=result.identifier, version=stage.rds.engine_version, bin=programs, data=directory / "data",
        log=directory / "data" / "server.log", port=PORT, password=directory / "password", master=stage.contents.master,
        database=stage.contents.initial, as_prefix=f"runuser -u {user} -- " if user else "",
        as_user=f" (root may not; the directory is {user}'s, who must be able to enter the folders above it)" if user else "",
    )  # fmt: skip
