"""The engines, by RDS's names for them: the one place that knows there are several."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple, Protocol

from sanitizer.dialect import Dialect, DraftingDialect, Target
from sanitizer.mysql.dialect import open_server as open_mysql
from sanitizer.mysql.session import KEY_TABLE
from sanitizer.postgresql.dialect import open_server as open_postgres
from sanitizer.postgresql.expressions import KEY_SETTING


class Open(Protocol):
    """Opens a server of one engine."""

    def __call__(self, target: Target, *, read_only: bool = False) -> AbstractContextManager[Dialect]:
        """The server, for as long as it is needed.

        Raises: ConnectionFailed.
        """


class Engine(NamedTuple):
    """What the command line needs to know of an engine; `key` says how the masking key gets to the server."""

    port: int
    open_server: Open
    key: str
    open_to_draft: Callable[[Target], AbstractContextManager[DraftingDialect]] | None = None


_LOADED = f"it travels as the content of a file:\n--   {KEY_TABLE}"
ENGINES: dict[str, Engine] = {
    "postgres": Engine(
        5432,
        open_postgres,
        f"it is a parameter:\n--   SELECT set_config('{KEY_SETTING}', $1, false)",
        open_to_draft=partial(open_postgres, read_only=True),
    ),
    "mysql": Engine(3306, partial(open_mysql, flavour="mysql"), _LOADED),
    "mariadb": Engine(3306, partial(open_mysql, flavour="mariadb"), _LOADED),
}
