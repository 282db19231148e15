"""What the copy would open, or do."""

from tests.whole.hiding.places import Place, name, verifier

SERVER = "CREATE SERVER :table FOREIGN DATA WRAPPER dblink_fdw"


def opening(name: str, plants: str, stored_in: str, **given: object) -> Place:
    """What is taken away without a rule."""
    return Place(name, plants, "", (), stored_in, **given)  # type: ignore[arg-type]


PLACES = (
    opening(
        "password of a role", "CREATE ROLE :table LOGIN PASSWORD ':marker'", "pg_authid", by_sql=False, form=verifier
    ),
    opening(
        "setting of a role",
        "CREATE ROLE :table; ALTER ROLE :table SET application_name = 'token=:marker'",
        "pg_db_role_setting",
    ),
    opening("setting of a database", "ALTER DATABASE crm SET app.secret = ':marker'", "pg_db_role_setting", root=True),
    opening(
        "setting of a role in a database",
        "CREATE ROLE :table; ALTER ROLE :table IN DATABASE shop SET application_name = 'password=:marker'",
        "pg_db_role_setting",
    ),
    opening(
        "user mapping of a foreign server",
        f"{SERVER}; CREATE USER MAPPING FOR CURRENT_USER SERVER :table OPTIONS (password ':marker')",
        "pg_user_mapping",
    ),
    opening(
        "user mapping for everybody",
        f"{SERVER}; CREATE USER MAPPING FOR PUBLIC SERVER :table OPTIONS (password ':marker')",
        "pg_user_mapping",
    ),
    opening(
        "secret option of a foreign server",
        "CREATE SERVER :table FOREIGN DATA WRAPPER away OPTIONS (token ':marker')",
        "pg_foreign_server",
    ),
    opening(
        "secret option of a foreign table",
        "CREATE FOREIGN TABLE :table (m text) SERVER away OPTIONS (uri 'https://:marker:secret@away/')",
        "pg_foreign_table",
    )._replace(rules="public.:table: {m: keep}"),
    opening(
        "subscription",
        "CREATE SUBSCRIPTION :table CONNECTION 'host=localhost password=:marker' PUBLICATION p WITH (connect = false, slot_name = 'away'); "
        "ALTER SUBSCRIPTION :table OWNER TO shop_admin",
        "pg_subscription",
        by_sql=False,
        root=True,
    ),
    opening(
        "replication slot", "SELECT pg_create_physical_replication_slot(':marker', true)", "pg_replslot", root=True
    )._replace(form=name),
)
