"""One connection to one database of a MySQL or MariaDB server."""

from sanitizer.checks import Checks
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, VerifyFailed
from sanitizer.measurement import Measurement
from sanitizer.mysql.catalog import read_schema
from sanitizer.mysql.catalog_queries import TABLES
from sanitizer.mysql.connection import Connection, told_as
from sanitizer.mysql.measure import measure
from sanitizer.mysql.refusals import database_refusals
from sanitizer.mysql.verify import verify_database
from sanitizer.mysql.writing import KEY, quote
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema
from sanitizer.steps import DESTROY, FAILURES, Step

# In memory: no file of the server holds the key.
KEY_TABLE = (
    f"CREATE TEMPORARY TABLE {quote(KEY)} ({quote(KEY)} CHAR(64) CHARACTER SET ascii COLLATE ascii_bin) ENGINE = MEMORY"
)


class MySqlSession:
    """Everything that is asked of, or done to, one database."""

    def __init__(self, connection: Connection, database: str) -> None:
        self.connection = connection
        self.database = database

    def schema(self) -> Schema:
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return read_schema(self.connection, self.database)

    def use_key(self, key: str) -> None:
        with told_as(MaskingFailed, "The masking key cannot be set", DESTROY):
            self.connection.run(KEY_TABLE)
            self.connection.load(quote(KEY), quote(KEY), key)

    def execute(self, step: Step) -> frozenset[TableName]:
        with told_as(FAILURES[step.phase], f"{step.strategy} of {step.place} in database {self.database}", DESTROY):
            if not step.atomic:
                for statement in step.statements:
                    self.connection.run(statement)
                return frozenset()
            self.connection.begin()
            for statement in step.statements:
                self.connection.run(statement)
            self.connection.commit()
            # Nothing tells which tables a statement wrote to, through views, triggers and routines: any may hold old rows now.
            tables = self.connection.rows(TABLES, (self.database,))
            return frozenset(TableName("", row["t"]) for row in tables)

    def measure(self, schema: Schema, rules: DatabaseRules) -> Measurement:
        with told_as(VerifyFailed, f"Counting in database {self.database}", DESTROY):
            return measure(self.connection, schema, rules)

    def refusals(self, schema: Schema, rules: DatabaseRules) -> list[Finding]:
        with told_as(ConnectionFailed, f"Looking at database {self.database}", "Try again"):
            return list(database_refusals(self.connection, schema, rules))

    def verify(self, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
        with told_as(VerifyFailed, f"Verifying database {self.database}", DESTROY):
            verify_database(self.connection, schema, rules, checks)
