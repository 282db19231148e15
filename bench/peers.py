"""The tools that others would take, from PyPI, each in a virtual environment of its own below build/.

Each masks the same columns as near as it can, in place, and is not asked to leave no dead rows: what follows is not timed.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.contenders import Contender, Seconds, stopwatch
from bench.grounds import DATABASE, Place

ENVIRONMENTS = Path(__file__).parent.parent / "build" / "bench"


class PeerMissing(Exception):
    """The tool cannot be installed here."""


class PeerFailed(Exception):
    """The tool ended with an error."""


class Peer(NamedTuple):
    """A tool: its requirement, its file of rules by engine, its command line and environment."""

    name: str
    requirement: str
    rules: Mapping[str, str]
    arguments: Callable[[Place, Path], list[str]]
    less: str = ""  # what it does not do

    @property
    def label(self) -> str:
        """Its name in the results."""
        return f"{self.name} ({self.less})" if self.less else self.name


def _pynonymizer(place: Place, rules: Path) -> list[str]:
    options = {"postgres": "postgres", "mariadb": "mysql"}
    tls = f"--ssl --ssl-ca={place.target.ca_file}"
    place_options = ["--mysql-cmd-opts", tls] if place.engine == "mariadb" else []
    return [
        "--db-type", options[place.engine], "--db-host", "127.0.0.1", "--db-port", str(place.target.port), "--db-name", DATABASE,
        "--db-user", place.target.user, "--db-password", place.target.password, "--strategy", str(rules), "--only-step", "ANONYMIZE_DB",
        *place_options,
    ]  # fmt: skip


def _pganonymize(place: Place, rules: Path) -> list[str]:
    return [
        "--schema", str(rules), "--dbname", DATABASE, "--user", place.target.user, "--password", place.target.password,
        "--host", place.target.host, "--port", str(place.target.port),
    ]  # fmt: skip


_PYNONYMIZER = """
tables:
  {table}:
    columns:
      email: unique_email
      username: unique_login
      full_name: name
      phone: phone_number
      profile: ('{{}}')
      birth_date: {birth_date}
      notes: (NULL)
      last_ip: (NULL)
"""
PEERS = (
    Peer(
        "pynonymizer",
        "pynonymizer==2.5.0",
        {
            "postgres": _PYNONYMIZER.replace("{birth_date}", "date_of_birth"),
            "mariadb": _PYNONYMIZER.replace("{birth_date}", "date_of_birth"),
        },
        _pynonymizer,
    ),
    Peer(
        "pganonymize",
        "pganonymize==0.13.0",
        {
            "postgres": """
tables:
  - {table}:
      primary_key: id
      fields:
        - email: {{provider: {{name: md5}}, append: "@example.com"}}
        - username: {{provider: {{name: md5}}}}
        - full_name: {{provider: {{name: fake.name}}}}
        - phone: {{provider: {{name: fake.phone_number}}}}
        - birth_date: {{provider: {{name: fake.date_of_birth}}}}
        - notes: {{provider: {{name: clear}}}}
"""
        },
        _pganonymize,
        "6 of 8 columns",  # its writer knows neither inet nor what to do with a whole document
    ),
)


def peers(engine: str, table: str) -> list[Contender]:
    """Those that speak to the engine."""
    return [Contender(peer.label, _run(peer, table)) for peer in PEERS if engine in peer.rules]


def _run(peer: Peer, table: str) -> Callable[[Place], Seconds]:
    def run(place: Place) -> Seconds:
        program = _installed(peer)
        rules = ENVIRONMENTS / f"{peer.name}-{place.engine}.yaml"
        rules.write_text(peer.rules[place.engine].format(table=table))
        tls = {"PGSSLMODE": "verify-ca", "PGSSLROOTCERT": str(place.target.ca_file)}
        with stopwatch() as watch:
            ended = subprocess.run(
                [program, *peer.arguments(place, rules)],
                env={**os.environ, **tls},
                check=False,
                capture_output=True,
                text=True,
            )
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip().splitlines()
            raise PeerFailed(f"{peer.name} ended with {ended.returncode}: {' '.join(said[-3:])[-300:]}")
        return {peer.label: watch.seconds}

    return run


def _installed(peer: Peer) -> Path:
    """The tool's program; its environment is made when it is first asked for."""
    environment = ENVIRONMENTS / peer.name
    program = environment / "bin" / peer.name
    if not program.exists():
        for command in (
            [sys.executable, "-m", "venv", environment],
            [environment / "bin" / "pip", "install", "--quiet", peer.requirement],
        ):
            made = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
            if made.returncode:
                said = made.stderr.strip().splitlines()
                raise PeerMissing(f"{peer.requirement} cannot be installed here: {' '.join(said[-2:])[-300:]}")
    return program
