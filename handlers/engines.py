"""The engines whose databases get sanitized snapshots, by RDS's names for them: the one place that knows there are several.

Aurora is another engine to RDS (`aurora-mysql`, `aurora-postgresql`), and not among them.
"""

from typing import NamedTuple

Version = tuple[int, ...]


class Engine(NamedTuple):
    """What a run has to know of an engine."""

    spoken: str
    parts: int  # so many parts of a version make it a major version: RDS names parameters and options by those
    versions: tuple[Version, Version] | None  # the oldest and the newest major version; None where any is taken
    extended_support: bool  # RDS keeps old versions for a price, and upgrades those that nobody pays for


ENGINES = {
    "postgres": Engine("PostgreSQL", 1, None, extended_support=True),
    "mysql": Engine("MySQL", 2, ((8, 0), (8, 4)), extended_support=True),
    "mariadb": Engine("MariaDB", 2, ((10, 6), (11, 8)), extended_support=False),
}


class Major(NamedTuple):
    """A major version of one of the engines."""

    engine: str
    version: Version

    @property
    def family(self) -> str:
        """RDS's name for its parameters, such as postgres15 or mariadb10.11."""
        return self.engine + ".".join(map(str, self.version))

    @property
    def no_options(self) -> str:
        """The option group that RDS has for it, without any option."""
        return f"default:{self.engine}-{'-'.join(map(str, self.version))}"


def major(engine: str, version: str) -> Major | None:
    """The major version of a database; None where it is none that gets sanitized snapshots."""
    known = ENGINES.get(engine)
    if known is None:
        return None
    parts = tuple(int(part) for part in version.split(".")[: known.parts])
    supported = known.versions is None or known.versions[0] <= parts <= known.versions[1]
    return Major(engine, parts) if supported else None


def supported() -> str:
    """The engines and versions, in words."""
    return ", ".join(f"Amazon RDS for {engine.spoken}{_span(engine)} ({name})" for name, engine in ENGINES.items())


def _span(engine: Engine) -> str:
    spoken = (".".join(map(str, version)) for version in engine.versions or ())
    return f" {' to '.join(spoken)}" if engine.versions else ""
