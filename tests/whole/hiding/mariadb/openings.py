"""What opens the copy or another server, and what the server notes of its own work."""

from tests.whole.hiding.places import Place, digest, words

ACCOUNTS = "mysql.global_priv"
USER = "CREATE USER :table IDENTIFIED BY PASSWORD ':marker'"


def account(name: str, *script: str, **given: object) -> Place:
    """What the server keeps of a password."""
    return Place(name, ";\n".join(script), **{"rules": "", "stored_in": ACCOUNTS, "form": digest, **given})  # type: ignore[arg-type]


PLACES = (
    account("password of an account", USER),
    account("password of an account that is locked", f"{USER} ACCOUNT LOCK"),
    account(
        "second password of an account",
        "CREATE USER :table IDENTIFIED VIA mysql_native_password USING '*0000000000000000000000000000000000000000' "
        "OR mysql_native_password USING ':marker'",
    ),
    account(
        "password that an account had",
        USER,
        "ALTER USER :table IDENTIFIED BY PASSWORD '*0000000000000000000000000000000000000000'",
        by_sql=False,
        stored_in="aria_log",
    ),
    account("password of an account that was dropped", USER, "DROP USER :table", by_sql=False, stored_in="aria_log"),
    account(
        "certificate that an account must show", "CREATE USER :table REQUIRE SUBJECT '/CN=:marker'", form=words
    )._replace(remedies=("ALTER USER :table REQUIRE NONE",)),
    Place(
        "password of another server",
        "CREATE SERVER :table FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', USER 'u', PASSWORD ':marker')",
        "",
        stored_in="mysql.servers",
        root=True,
    ),
    Place("log of statements", "SELECT ':marker'", "", stored_in="mysql.general_log", root=True),
    Place("log of slow statements", "SELECT ':marker', SLEEP(0.01)", "", stored_in="mysql.slow_log", root=True),
)
