"""Bad input to the real command: a clear message with its place and the next step, the exit code of its kind, nothing changed."""

import time
from functools import partial
from pathlib import Path

import psycopg
import pytest

from rehearsal.certificates import Authority
from sanitizer.__main__ import main
from sanitizer.errors import ConnectionFailed
from sanitizer.postgresql.connection import Target, connect
from tests.sanitizer import once
from tests.sanitizer.workbench import PASSWORD, Outcome, Workbench, rows_of_everything

MARKER = "planted-marker"
T = f"CREATE TABLE t (id int PRIMARY KEY, m text UNIQUE); INSERT INTO t SELECT i, '{MARKER}' || i FROM generate_series(1, 9) i"
RULES = "tables: {public.t: {id: keep, m: email}}"


def check(outcome: Outcome, code: int, *said: str) -> None:
    """The exit code; each text somewhere in what was said; no value, password, key or traceback (every line was JSON)."""
    everything = str(outcome)
    assert outcome.code == code, outcome.lines
    assert outcome.lines[-1]["exit_code"] == code
    for text in said:
        assert text in everything
    for secret in (MARKER, PASSWORD, "5a5a5a", "Traceback"):
        assert secret not in everything
    assert outcome.report is None


@once
@pytest.mark.parametrize(
    ("rules", "code", "said"),
    [
        (
            "tables: {public.t: {id: keep, m: emial}}",
            10,
            ["rules.yaml:1", "`emial` is no masking function", "Did you mean `email`?"],
        ),
        ("tabels: {}", 10, ["`tabels` is no key here", "Did you mean `tables`?"]),
        (
            "tables: {public.t: {id: keep}}",
            11,
            ["database shop, table public.t, column m", "has no rule", "Give it one at"],
        ),
        ("tables: {public.t: {id: keep, m: keep, x: keep}}", 11, ["table public.t has no column x", "Remove the rule"]),
        (
            "tables: {public.t: {id: email, m: keep}}",
            11,
            ["column id of public.t is integer", "Use `set_null` or `fixed`"],
        ),
        ("databases: {crm: {tables: {}}}", 11, ["database shop", "has no rules", "database crm does not exist"]),
        (
            "tables: {public.t: {id: set_null, m: {fixed: x}}}",
            12,
            ["column id of public.t: it is NOT NULL", "unique index t_m_key"],
        ),
    ],
)
def test_wrong_rules_change_nothing(bench: Workbench, rules: str, code: int, said: list[str]) -> None:
    """Unknown key or rule, unlisted and missing columns and databases, wrong type, broken constraints."""
    bench.sql(T)
    before = list(rows_of_everything(bench))
    check(bench.run(bench.arguments("run", rules)), code, *said)
    assert list(rows_of_everything(bench)) == before
    assert bench.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'sanitizer_begun'", "postgres") == 0


@once
def test_a_server_that_cannot_be_reached_or_trusted_is_told_apart(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unreachable, wrong authority, wrong name, wrong password, unknown user: exit code 13 with its own remedy each."""
    bench.sql(T)
    before = list(rows_of_everything(bench))
    (tmp_path / "wrong").write_text("wrong")
    other = tmp_path / "other"
    other.mkdir()
    unknown = "the user or password was not accepted"
    cases = [
        ({"port": 1}, ["it cannot be reached", "Check --host and --port"]),
        ({"host": "no-such-host.invalid"}, ["it cannot be reached"]),
        ({"ca_file": Authority(other).ca_file}, ["its certificate was not accepted", "Check that --ca-file"]),
        ({"ca_file": None}, ["its certificate was not accepted"]),
        ({"password_file": tmp_path / "wrong"}, [unknown, "Check the secret"]),
        ({"user": "nobody"}, [unknown]),
    ]
    for options, said in cases:
        check(bench.perform(bench.arguments("run", RULES, **options)), 13, *said)
    with monkeypatch.context() as named:  # the right server under a name that is not in its certificate
        named.setattr("psycopg.connect", partial(psycopg.connect, hostaddr="127.0.0.1"))
        given = bench.arguments("run", RULES, host="orders.example")
        check(bench.perform(given), 13, "its certificate was not accepted")
    check(
        bench.run(bench.arguments("run", RULES, ca_file=Authority(other).ca_file)),
        13,
        "its certificate was not accepted",
    )
    assert list(rows_of_everything(bench)) == before


@once
def test_a_managed_password_may_count_a_little_later(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change RDS may refuse the new password for some seconds: it is tried again, for a while, and only then."""
    bench.sql("CREATE TABLE t (m text)")
    pauses: list[float] = []

    def change_it_at_last(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            bench.server.set_password("master", PASSWORD)

    monkeypatch.setattr(time, "sleep", change_it_at_last)
    target = Target(bench.server.host, bench.server.port, "master", PASSWORD, bench.server.ca_file, (1.0, 2.0, 3.0))
    bench.server.set_password("master", "not yet")
    connect(target, "shop").close()
    assert pauses == [1.0, 2.0]
    with pytest.raises(ConnectionFailed):
        connect(target._replace(password="never"), "shop")
    assert pauses == [1.0, 2.0, 1.0, 2.0, 3.0]


def test_a_failing_statement_is_told_by_number_and_sqlstate(bench: Workbench) -> None:
    """Bad SQL and SQL that trips over data: exit code 20, destroy; PostgreSQL's own words, which hold the value, stay out."""
    bench.sql(T)
    statements = f"\nsql:\n  before:\n    - SELECT 1\n    - INSERT INTO t VALUES (99, '{MARKER}1')"
    (bench.directory / "rules.yaml").unlink(missing_ok=True)
    outcome = bench.run(bench.arguments("run", RULES + statements))
    check(
        outcome,
        20,
        "statement of statement 2 of sql.before",
        "rules.yaml:5",
        "SQLSTATE 23505 (UniqueViolation), table public.t, constraint t_m_key",
    )
    assert "Destroy this database" in outcome.message
    bench.forget()
    outcome = bench.run(bench.arguments("run", RULES + f"\nsql: [SELEC '{MARKER}']"))
    check(outcome, 20, "statement 1 of sql.after", "SQLSTATE 42601 (SyntaxError), at character 1")


def test_a_table_that_cannot_be_masked_is_told_by_name_and_sqlstate(bench: Workbench) -> None:
    """A CHECK that masked values break, made by a statement, so that no trial can know it: exit code 21."""
    bench.sql(T)
    constraint = f"ALTER TABLE t ADD CONSTRAINT ours CHECK (m LIKE '{MARKER[:3]}%')"
    outcome = bench.run(bench.arguments("run", f'{RULES}\nsql: {{before: ["{constraint}"]}}'))
    check(
        outcome,
        21,
        "rewrite of public.t in database shop: SQLSTATE 23514 (CheckViolation), table public.t, constraint ours",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required"),
        (["burn"], "invalid choice"),
        (["check"], "required: RULES"),
        (["run"], "run needs --host (or SANITIZER_HOST), --user (or SANITIZER_USER), --rules"),
        (["run", "--port", "many"], "argument --port"),
        (["run", "--host", "h", "--user", "u", "--rules", "r"], "--secret-arn or --password-file is needed"),
        (
            ["run", "--host", "h", "--user", "u", "--rules", "r", "--password-file", "p"],
            "run needs --report (or SANITIZER_REPORT), --database",
        ),
        (
            ["explain", "--host", "h", "--user", "u", "--rules", "r", "--password-file", "p", "--ca-file", "/no/file"],
            "--ca-file /no/file does not exist",
        ),
        (
            ["explain", "--engine", "oracle", "--host", "h", "--user", "u", "--rules", "r", "--password-file", "p"],
            "--engine oracle is not known; write one of postgres, mysql, mariadb",
        ),
    ],
)
def test_a_wrong_command_line_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what is missing, with the environment variable that would do."""
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@once
def test_keys_that_are_missing_or_weak_are_refused(bench: Workbench) -> None:
    """Exit code 2; the file's content is not shown."""
    check(bench.perform(bench.arguments("run", RULES, key_file=None)), 2, "--masking-key or --key-file is needed")
    (bench.directory / "weak").write_text("secret123")
    outcome = bench.perform(bench.arguments("run", RULES, key_file=bench.directory / "weak"))
    check(outcome, 2, "must hold 64 hexadecimal digits")
    assert "secret123" not in str(outcome)
    check(
        bench.perform(bench.arguments("run", RULES, password_file=bench.directory / "none")),
        2,
        "cannot be read (FileNotFoundError)",
    )


@once
def test_every_option_may_come_from_the_environment(bench: Workbench) -> None:
    """As Step Functions passes them to the container, whose default action is `run`."""
    bench.sql(T)
    arguments = bench.arguments("run", RULES)
    environment = {
        f"SANITIZER_{name[2:].replace('-', '_').upper()}": value
        for name, value in zip(arguments[1::2], arguments[2::2], strict=True)
    }
    outcome = bench.run(["run"], environment)
    assert outcome.code == 0, outcome.lines
    assert outcome.report is not None
    assert {line["run_id"] for line in outcome.lines} == {"202601020300-abcd"}


@once
@pytest.mark.parametrize(
    "variable",
    [
        {"PGSERVICE": "elsewhere"},
        {"PGHOSTADDR": "192.0.2.1"},
        {"PGOPTIONS": "-c role=pg_monitor"},
        {"PGGSSENCMODE": "require"},
        {"PGTARGETSESSIONATTRS": "standby"},
    ],
    ids=str,
)
def test_only_the_options_say_where_and_how_it_connects(bench: Workbench, variable: dict[str, str]) -> None:
    """What PostgreSQL's own programs take from the environment sends a run to no other server, nor changes what its sessions do."""
    bench.sql("CREATE TABLE t (id int, m text)")
    outcome = bench.run(bench.arguments("run", "tables: {public.t: {id: keep, m: hash}}"), variable)
    assert outcome.code == 0, outcome.lines


def test_check_needs_no_database(bench_free: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Valid: 0; not valid: 10, with the mistakes."""
    assert main(["check", str(bench_free)]) == 0
    bench_free.write_text("tables: {a.b.t: keep}")
    assert main(["check", str(bench_free)]) == 10
    assert "is no table's name" in capsys.readouterr().err


@pytest.fixture
def bench_free(tmp_path: Path) -> Path:
    """A valid rules file."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


def test_help_shows_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who knows nothing finds the next step."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "python -m sanitizer check masking/orders.yaml" in said
    assert "11 drift" in said
