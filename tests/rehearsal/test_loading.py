"""Dumps are loaded into real servers by their own psql, as a master user that is no superuser.

Opens with what happened elsewhere: an error message of psql that had a customer's row in it; a table whose owner could not own it, because the schema was another's.
"""

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.dump import read
from rehearsal.installations import installations, known_parameters
from rehearsal.loading import HELPER, Loaded, NotLoaded, load
from rehearsal.on_postgres import Postgres
from rehearsal.postgres import Server
from rehearsal.production import Production


class Loader:
    """A server of one kind; each dump gets a database of its own."""

    def __init__(self, directory: Path, programs: Path) -> None:
        self.server, self.programs = Server(directory, programs), programs
        self.password = secrets.token_urlsafe(12)
        self.server.create("postgres", self.password, "postgres")
        self.numbers = iter(range(1, 1000))

    def load(self, file: Path, text: str, without: frozenset[str] = frozenset()) -> tuple[Production, Loaded]:
        file.write_text(text)
        database = f"own_{next(self.numbers)}"
        self.server.superuser_sql(f"CREATE DATABASE {database} OWNER postgres")
        host, port, engine = self.server.host, self.server.port, Postgres(self.programs)
        into = Production("x", engine, "postgres", database, self.password, host, port, self.server.ca_file)
        parameters = known_parameters(self.programs)
        return into, load(read(file), into, self.server, without=without, parameters=parameters)


@pytest.fixture(scope="module", params=list(installations()))
def loader(request: pytest.FixtureRequest) -> Iterator[Loader]:
    with tempfile.TemporaryDirectory(prefix="loading-tests-") as folder:
        made = Loader(Path(folder) / "server", installations()[request.param])
        yield made
        made.server.destroy()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own.sql"


OWNED = """
CREATE SCHEMA warehouse;
ALTER SCHEMA warehouse OWNER TO {keeper};
CREATE TABLE warehouse.shelf (id int PRIMARY KEY, label text);
ALTER TABLE warehouse.shelf OWNER TO {packer};
CREATE TABLE public.parcel (id int, shelf int);
ALTER TABLE public.parcel OWNER TO {packer};
COPY warehouse.shelf (id, label) FROM stdin;
1\tit's; here
\\.
ALTER TABLE ONLY public.parcel ADD CONSTRAINT on_a_shelf FOREIGN KEY (shelf) REFERENCES warehouse.shelf(id);
GRANT SELECT ON TABLE public.parcel TO {reader};
ALTER DEFAULT PRIVILEGES FOR ROLE {packer} IN SCHEMA public GRANT SELECT ON TABLES TO {reader};
"""


def test_owners_and_grantees_that_are_not_there_are_made(loader: Loader, file: Path) -> None:
    """Tables belong to whom the dump says, also in the schema of another role; nothing of the loading's own help stays."""
    names = {name: f"{name}_{secrets.token_hex(3)}" for name in ("keeper", "packer", "reader")}
    into, loaded = loader.load(file, OWNED.format(**names))
    assert loaded.made_roles == tuple(sorted(names.values()))
    with into.connect() as connection:
        owners = dict(
            connection.execute(
                "SELECT tablename, tableowner FROM pg_tables WHERE tablename IN ('shelf', 'parcel')"
            ).fetchall()
        )
        assert owners == {"shelf": names["packer"], "parcel": names["packer"]}
        label = connection.execute("SELECT label FROM warehouse.shelf").fetchone()
        assert label == ("it's; here",)
        logins = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname LIKE '%\\_______'"
        ).fetchall()
        assert logins == []
        assert connection.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [HELPER]).fetchone() == (0,)
        readable = connection.execute(
            "SELECT has_schema_privilege(%s, 'warehouse', 'CREATE')", [names["packer"]]
        ).fetchone()
        assert readable == (False,)


def test_cluster_dump_makes_its_databases_and_roles(loader: Loader, file: Path) -> None:
    """What pg_dumpall writes: roles with passwords and powers, a database with an owner, \\connect between them."""
    name = f"own_{secrets.token_hex(4)}"
    text = f"""\\restrict abc
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER INHERIT LOGIN;
CREATE ROLE {name};
ALTER ROLE {name} WITH SUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'invented' VALID UNTIL 'infinity';
CREATE DATABASE {name} WITH TEMPLATE = template0 ENCODING = 'UTF8' LC_COLLATE = 'xx_XX.utf8' LC_CTYPE = 'xx_XX.utf8';
ALTER DATABASE {name} OWNER TO {name};
\\connect {name}
CREATE TABLE public.t (a int);
ALTER TABLE public.t OWNER TO {name};
INSERT INTO public.t VALUES (1), (2);
\\unrestrict abc
"""
    into, loaded = loader.load(file, text)
    assert loaded.made_roles == ()
    assert {str(table): rows for table, rows in into.tables().items() if table.database == name} == {
        f"{name}.public.t": 2
    }
    with into.connect() as connection:
        powers = connection.execute("SELECT rolsuper, rolcanlogin FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    assert powers == (False, True)


def test_extensions_that_rds_makes_are_there_for_the_rest_of_the_dump(loader: Loader, file: Path) -> None:
    """Trusted ones by the master user, others by RDS for it, in the schema that the dump has just made."""
    into, _ = loader.load(
        file,
        "CREATE SCHEMA ext;\nCREATE EXTENSION citext;\nCREATE EXTENSION pageinspect WITH SCHEMA ext;\n"
        "CREATE TABLE t (a citext);\nCREATE VIEW v AS SELECT ext.get_raw_page('t', 0) AS page;\n",
    )
    with into.connect() as connection:
        owners = connection.execute(
            "SELECT extname, extowner::regrole::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
        ).fetchall()
    assert ("citext", "postgres") in owners
    assert ("pageinspect", "rdsadmin") in owners


FAILING = {
    "INSERT INTO public.people VALUES ('ada.secret@example.org', 'secret twelve');": (":5: INSERT INTO public.people: SQLSTATE 22", "does not fit"),
    "COPY public.people (email, age) FROM stdin;\nada.secret@example.org\t1\nada.secret@example.org\tsecret twelve\n\\.": (
        ":7: COPY public.people: SQLSTATE 22P02", "does not fit",
    ),
    "INSERT INTO public.people VALUES ('ada.secret@example.org', 1);\nALTER TABLE public.people\n ADD CONSTRAINT c CHECK (email = 'x');": (
        ":6: ALTER TABLE public.people ADD CONSTRAINT c CHECK: SQLSTATE 23514", "break a constraint",
    ),
    "CREATE TABLE t (place public.geometry);": ("type \"public.geometry\" does not exist", "not on this server"),
    "DO $$ BEGIN RAISE EXCEPTION 'ada.secret@example.org'; END $$;": (":5: DO: SQLSTATE P0001", "psql says"),
    "CREATE ROLE x SUPERUSER_OF 'ada.secret@example.org';": (":5: CREATE ROLE x SUPERUSER_OF", "newer PostgreSQL"),
    "\\connect nowhere": (":5:", "psql says"),
}  # fmt: skip


@pytest.mark.parametrize("statement", FAILING)
def test_error_says_where_what_and_the_remedy_without_data(loader: Loader, file: Path, statement: str) -> None:
    """File and line (for COPY the row's), the statement's first words, the error; no value of the data."""
    head = "--\n-- Dumped from database version 15.3\n--\nCREATE TABLE public.people (email text, age int);\n"
    with pytest.raises(NotLoaded) as refused:
        loader.load(file, head + statement + "\n")
    place, remedy = FAILING[statement]
    assert place in str(refused.value)
    assert remedy in str(refused.value)
    assert "secret" not in str(refused.value)
    assert loader.password not in str(refused.value)


def test_lines_are_the_dumps_after_an_extension_that_rds_made(loader: Loader, file: Path) -> None:
    """What the loading itself tells psql does not move the lines that it reports."""
    text = "CREATE SCHEMA x;\nCREATE EXTENSION\n  pageinspect WITH SCHEMA x;\nSELECT 1;\nSELECT no_such_column;\nSELECT 2;\nSELECT 3;\n"
    with pytest.raises(NotLoaded, match=r"own\.sql:5: SELECT no_such_column: SQLSTATE 42703"):
        loader.load(file, text)
