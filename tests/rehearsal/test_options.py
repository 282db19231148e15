"""What the rehearsal is asked for is checked before anything is started, and every mistake is told at once."""

from pathlib import Path

import pytest

from handlers import flow
from rehearsal import failing, mariadb, own_data
from rehearsal.installations import bundled, installations
from rehearsal.options import Mistaken, checked, parse


def mistakes(*arguments: str) -> list[str]:
    with pytest.raises(Mistaken) as mistaken:
        checked(parse(arguments))
    return mistaken.value.mistakes


@pytest.fixture
def dump(tmp_path: Path) -> str:
    file = tmp_path / "orders.sql"
    file.write_text("CREATE EXTENSION postgis;\nCREATE EXTENSION pg_cron;\nCREATE EXTENSION citext;\nSELECT 1;\n")
    return str(file)


def test_nothing_asked_for_is_the_shop_on_the_bundled_server() -> None:
    """Who asks for nothing gets what always was."""
    options = checked(parse([]))
    assert (options.engine.programs, options.dump, options.fail, options.keep) == (bundled(), None, None, None)


def test_another_engine_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it cannot do is told, and so is one that is not installed: in one line, with what to install."""
    monkeypatch.setattr(mariadb, "mariadb_installations", lambda: {"mariadb": mariadb.PROGRAM})
    monkeypatch.setattr(mariadb, "DUMP", Path(__file__))
    assert checked(parse(["--engine", "mariadb"])).engine.name == "mariadb"
    (told,) = mistakes("--engine", "mariadb", "--keep", "nowhere-yet")
    assert told == "--keep is for PostgreSQL; leave it or --engine mariadb out"
    monkeypatch.setattr(mariadb, "mariadb_installations", dict)
    (told,) = mistakes("--engine", "mariadb")
    assert told.endswith("on Debian and Ubuntu: apt-get install mariadb-server")
    assert "\n" not in told


def test_every_mistake_is_told_at_once(tmp_path: Path, dump: str) -> None:
    """Absent extensions by their line, rules by theirs, a directory that is not empty, programs that are none."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("tables:\n  public.t:\n    a: e-mail\n")
    told = mistakes("--dump", dump, "--masking", str(rules), "--keep", str(tmp_path), "--rows", "-1", "--fail", "Plan")
    for part in (
        "orders.sql:1: the extension postgis is not in", "--without-extension postgis", "orders.sql:2: the extension pg_cron",
        "rules.yaml:3", "it is not empty", "--keep and --fail", "--rows -1",
    ):  # fmt: skip
        assert any(part in mistake for mistake in told), (part, told)
    assert not any("citext" in mistake for mistake in told)


def test_extensions_may_be_left_out(dump: str) -> None:
    """Where no table needs them."""
    options = checked(parse(["--dump", dump, "--without-extension", "postgis", "--without-extension", "pg_cron"]))
    assert options.without == {"postgis", "pg_cron"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--masking", "masking/shop.yaml"], "--masking is for your own data"),
        (["--sql", "x.sql"], "--sql is for your own data"),
        (["--rows", "2"], "--rows is for your own data"),
        (["--dump", "nowhere.sql"], "nowhere.sql: it cannot be read"),
        (["--postgres-bin", "/nowhere"], "/nowhere has no postgres, initdb"),
        (["--keep", __file__], "it is a file"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], told: str) -> None:
    """Each with what to do."""
    assert any(told in mistake for mistake in mistakes(*arguments))


def test_rules_and_statements_exclude_each_other(tmp_path: Path, dump: str) -> None:
    """As in the stack's config."""
    assert any("--masking and --sql" in each for each in mistakes("--dump", dump, "--masking", "a", "--sql", dump))


@pytest.mark.parametrize("name", installations())
def test_any_postgresql_may_be_named_by_its_directory(name: str) -> None:
    """The programs are looked at, not the path's name."""
    assert checked(parse(["--postgres-bin", str(installations()[name])])).engine.programs == installations()[name]


def test_programs_of_another_version_are_refused(tmp_path: Path) -> None:
    """RDS is rehearsed with the versions that the sanitizer knows."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == folder.stat().st_uid and above != Path("/tmp"):
            above.chmod(above.stat().st_mode | 0o011)
    for name in ("postgres", "initdb", "pg_ctl", "pg_dumpall", "psql"):
        (folder / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'\n")
        (folder / name).chmod(0o755)
    assert any(
        "is PostgreSQL 9; RDS is rehearsed with 13 to 18" in each for each in mistakes("--postgres-bin", str(folder))
    )


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("orders.sql.gz", "orders"),
        ("My_Production Dump-2024.sql", "my-production-du"),
        ("2024-01-01.sql", "db-2024-01-01"),
        ("sweeper.sql", "db-sweeper"),
        ("a--b__c.dump.sql", "a-b-c"),
        ("production-data-x.sql", "production-data"),
    ],
)
def test_a_dumps_name_becomes_one_that_the_stack_takes(file: str, name: str) -> None:
    """Short, plain, and beginning with a letter, as RDS and the stack's config want it."""
    assert own_data.short_name(Path(file)) == name


def test_statements_of_a_file_are_a_list(tmp_path: Path) -> None:
    """As in the stack's `sql`: each one as it is written, comments with it."""
    file = tmp_path / "masks.sql"
    file.write_text("-- people\nUPDATE t SET a = ';';\nUPDATE t\n  SET b = NULL;\n")
    assert own_data.statements(file) == ("UPDATE t SET a = ';';", "UPDATE t\n  SET b = NULL;")
    file.write_text("UPDATE t SET a = 1;\n\\! x\n")
    with pytest.raises(ValueError, match=r"masks\.sql:2"):
        own_data.statements(file)


def test_every_state_of_the_run_can_be_made_to_fail() -> None:
    """A new step of the flow needs a failure that can be watched."""
    of_the_flow = {part.name for part in (flow.PLAN, *flow.BODY, *flow.FINALLY)}
    assert set(failing.FAILURES) == set(failing.STATES) == of_the_flow - {"Hold"}  # which stands for what others have
    assert all(failure.words for failure in failing.FAILURES.values())


@pytest.mark.parametrize(
    "rules",
    [
        {"databases": {"shop": {"tables": {}}}},
        {"databases": {"shop": {"tables": {}, "sql": ["SELECT 1"]}}},
        {"tables": {}, "sql": {"before": ["SELECT 1"]}},
        {"sql": ["SELECT 1"]},
    ],
)
def test_any_rules_can_be_made_to_fail(rules: dict[str, object]) -> None:
    """The failing statement is the last one, however the rules are written."""
    told = failing.with_statement(rules)
    inner = told["databases"]["shop"] if "databases" in told else told
    statements = inner["sql"] if isinstance(inner["sql"], list) else inner["sql"]["after"]
    assert statements[-1] == failing.STATEMENT
