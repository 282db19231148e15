"""What the rehearsal asks of a database engine, whichever it is: servers to emulate RDS with, and the words that clients use.

`on_postgres` and `on_mariadb` answer; `choices` is the one place that knows there are two.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Login(NamedTuple):
    """Where a server is, and whom it lets in."""

    host: str
    port: int
    user: str
    password: str
    ca_file: Path


class Content(NamedTuple):
    """A table, how many rows it holds, and a digest of them in any order; a table without a schema has an empty one."""

    schema: str
    table: str
    rows: int
    digest: str


class Server(Protocol):
    """A real server in a directory of its own; it answers at its host and port once it was started."""

    @property
    def host(self) -> str:
        """A name or address that the certificate holds for."""

    @property
    def port(self) -> int:
        """The port of the last start."""

    def create(self, master_user: str, master_password: str, database: str | None) -> None:
        """A new server with its master user and, where one is named, an empty database; it runs afterwards."""

    def start(self) -> None:
        """Start. Raises: ServerError."""

    def stop(self) -> None:
        """Stop in good order."""

    def destroy(self) -> None:
        """Stop at once and remove the directory."""

    def set_password(self, user: str, password: str) -> None:
        """Change a password."""

    def snapshot_to(self, path: Path) -> None:
        """Copy the running server's bytes, as they are now, into a new directory."""

    def dump(self) -> str:
        """Everything that SQL can read on the server."""


class Engine(Protocol):
    """An engine in the one version that is installed."""

    name: str  # RDS's
    spoken: str
    port: int
    license: str
    initial: str | None  # the database that RDS makes with an instance where nobody names one
    extended_support: bool
    refusals: tuple[type[Exception], ...]  # what a client gets that is not let in

    @property
    def version(self) -> str:
        """The server's version, like 17.5 or 10.11.6."""

    @property
    def major(self) -> str:
        """As much of it as RDS names parameters and options by."""

    @property
    def known_parameters(self) -> frozenset[str]:
        """The names of the settings that the server knows without any library loaded."""

    def new_server(self, directory: Path, parameters: Mapping[str, str], port: int) -> Server:
        """A server that is to listen on that port, not yet created."""

    def restored_server(self, snapshot: Path, directory: Path, parameters: Mapping[str, str], port: int) -> Server:
        """A server on a copy of a snapshot's bytes, not yet started."""

    def connect(self, login: Login, database: str | None) -> AbstractContextManager[Any]:
        """A session over verified TLS; what it did is committed at its end."""

    def ask(self, login: Login, database: str | None, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""

    def run(self, login: Login, database: str | None, script: str) -> None:
        """Run statements."""

    def databases(self, login: Login) -> list[str]:
        """Every database that people may enter."""

    def contents(self, login: Login, database: str) -> Iterator[Content]:
        """The tables with rows, as far as the user may read them; a partitioned table stands for its partitions."""

    def size_bytes(self, login: Login) -> int:
        """How much room the databases take."""
