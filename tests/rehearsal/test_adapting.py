"""What a master user may not run is left out, and told; everything else stays, on its line."""

import pytest

from rehearsal.adapting import Adapter, Place
from rehearsal.sql_pieces import pieces

PLACE = Place(
    "postgres",
    frozenset({"postgres", "template1"}),
    frozenset({"row_security", "default_tablespace"}),
    frozenset({"pg_cron"}),
)


def adapted(text: str) -> tuple[str, dict[str, list[int]]]:
    adapter = Adapter(PLACE)
    return b"".join(
        adapter.text(piece) for piece in pieces(text.encode().splitlines(keepends=True))
    ).decode(), adapter.told


LEFT_OUT = (
    "COMMENT ON EXTENSION citext IS 'x';\n",
    "CREATE OR REPLACE PROCEDURAL LANGUAGE plpgsql;\n",
    "CREATE EVENT TRIGGER e ON ddl_command_end\n   EXECUTE FUNCTION public.f();\n",
    "CREATE SUBSCRIPTION s CONNECTION 'host=x password=y' PUBLICATION p WITH (connect = false);\n",
    "CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert');\n",
    "CREATE TABLESPACE fast OWNER postgres LOCATION '/x';\n",
    "SET default_tablespace = fast;\n",
    "SET transaction_timeout = 0;\n",
    "SET SESSION AUTHORIZATION 'app';\n",
    "DROP DATABASE shop;\n",
    "CREATE ROLE postgres;\n",
    "ALTER ROLE postgres WITH SUPERUSER PASSWORD 'md5abc';\n",
    "GRANT pg_read_server_files TO app;\n",
    "GRANT postgres TO app GRANTED BY postgres;\n",
    "REVOKE ALL ON SCHEMA public FROM rdsadmin;\n",
    "CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;\n",
    "CREATE DATABASE postgres;\n",
)


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_the_master_user_may_not_do_is_left_out_and_told(text: str) -> None:
    """Nothing of it reaches psql but its line breaks; why and where is told."""
    written, told = adapted(text)
    assert written == "\n" * text.count("\n")
    assert list(told.values()) == [[1]]
    assert "password" not in str(told)


STAYS = (
    "SET row_security = off;\n",
    "SET default_tablespace = '';\n",
    "CREATE FUNCTION f() RETURNS void AS $$ BEGIN END $$ LANGUAGE plpgsql;\n",
    "CREATE FUNCTION f() RETURNS void\n    LANGUAGE plpgsql\n    AS $$ BEGIN END $$;\n",
    "CREATE PUBLICATION p FOR TABLE public.t;\n",
    "ALTER ROLE app SET search_path TO 'public';\n",
    "GRANT pg_monitor TO app;\n",
    "INSERT INTO t VALUES ('COMMENT ON EXTENSION');\n",
    "COPY t FROM stdin;\nSET SESSION AUTHORIZATION x;\n\\.\n",
)


@pytest.mark.parametrize("text", STAYS)
def test_what_the_master_user_may_do_stays_as_it_is(text: str) -> None:
    """Nothing is left out that could be run."""
    assert adapted(text) == (text, {})


REWRITTEN = {
    "ALTER ROLE app WITH SUPERUSER INHERIT NOREPLICATION LOGIN NOBYPASSRLS PASSWORD 'x';": "ALTER ROLE app WITH INHERIT LOGIN PASSWORD 'x';",
    "GRANT a TO b WITH INHERIT TRUE GRANTED BY postgres;": "GRANT a TO b WITH INHERIT TRUE;",
    "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'xx_XX.utf8';": (
        "CREATE DATABASE \"shop\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';"
    ),
}


@pytest.mark.parametrize("text", REWRITTEN)
def test_what_rds_takes_in_other_words_is_written_in_them(text: str) -> None:
    """Roles without the powers that RDS gives nobody, grants without a grantor, databases with a locale that is there."""
    assert adapted(text)[0] == REWRITTEN[text]


def test_what_belongs_to_something_left_out_is_left_out_too() -> None:
    """A publication that was not made has no owner to be given."""
    assert adapted("CREATE PUBLICATION p FOR ALL TABLES;\nALTER PUBLICATION p OWNER TO app;\n")[0] == "\n\n"
