"""A team's own data, from a dump to the copy that a consumer reads: three schemas that this project did not invent.

The tables are those of well-known sample databases (Pagila, Northwind, Chinook), written anew with invented people in them, as pg_dump and pg_dumpall 15 wrote them:
domains, enums, partitions, a materialized view, triggers, tsvector, bytea, tables that refer to themselves, owners, roles, several databases.
Opens with what happened elsewhere: rules that were tried on a schema made for the trial, and met the first real one in production.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from rehearsal import outcome
from rehearsal.account import CONSUMER_ACCOUNT
from rehearsal.dump import read
from rehearsal.own_data import OwnData
from rehearsal.production import Production
from rehearsal.stage import PROJECT, Stage

SAMPLES = Path(__file__).parent / "samples"


class Sample(NamedTuple):
    """What stands in a dump: people, counted rows, and things that must work in the consumer's copy."""

    personal: str  # in the dump, and nowhere in the copy
    rows: dict[str, int]
    database: str
    works: tuple[str, ...]  # each query answers true


SCHEMAS = {
    "pagila": Sample(
        r"Wanderholt|Brandeloux|Amaranta|Dagobert|Quillfeather\d|quillfeather@|Pemberwick|Invented Street|\+33 5 55|8cb2237d0679",
        {"pagila.public.customer": 50, "pagila.public.payment": 200, "pagila.public.staff": 2, "pagila.public.film": 40},
        "pagila",
        (
            "SELECT count(*) = 50 AND count(email) = count(DISTINCT email) FROM customer",
            "SELECT count(*) = 100 FROM rental r JOIN customer c USING (customer_id) WHERE r.rental_id <= 100",
            "SELECT bool_and(b.email IS NOT DISTINCT FROM c.email) FROM best_customers b JOIN customer c USING (customer_id)",
            "SELECT film_in_stock(1) = 1 AND group_concat(title) <> '' FROM film",
        ),
    ),
    "northwind": Sample(
        r"Thistlewood|Marchbanks|Rosalind|Kettledrum|Lanternlight|Copperfield|\+351 21|\+33 1 44",
        {"northwind.sales.customers": 24, "northwind.sales.employees": 9, "northwind.sales.orders": 120},
        "northwind",
        (
            "SELECT count(*) = 120 FROM sales.orders JOIN sales.customers USING (customer_id)",
            "SELECT count(*) = 7 FROM sales.employees e JOIN sales.employees boss ON e.reports_to = boss.employee_id",
        ),
    ),
    "chinook": Sample(
        r"Bellweather|bellweather|Evaristo|evaristo|Applegarth|Leopoldine|leopoldine|Starling Court|Moonbeam|\+351 22|\+33 4 78",
        {"chinook.public.customer": 59, "chinook.public.invoice_line": 150, "chinook-mail.public.newsletter": 59},
        "chinook",
        ("SELECT count(*) = 100 FROM invoice JOIN customer USING (customer_id)",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_of_others_goes_from_dump_to_consumer_with_drafted_rules(name: str, tmp_path: Path) -> None:
    """Nothing is written by hand: the draft passes the run's checks, the planted people are gone, the rows are all there."""
    sample, dump = SCHEMAS[name], SAMPLES / f"{name}.sql"
    personal = re.compile(sample.personal)
    assert set(sample.personal.split("|")) == {
        each for each in sample.personal.split("|") if re.search(each, dump.read_text())
    }
    contents = OwnData(read(dump), drafts=tmp_path)
    with Stage(contents=contents) as stage:
        before = outcome.look_at_source(stage)
        assert contents.masking == tmp_path / f"{name}.masking.yaml"
        checking = [sys.executable, "-m", "sanitizer", "check", str(contents.masking)]
        subprocess.run(checking, check=True, cwd=PROJECT)
        ended = stage.run()
        assert ended["status"] == "SUCCEEDED", ended
        result = outcome.look_at_result(stage)
        with outcome.as_consumer(stage, result.arn) as copy:
            assert personal.search(stage.rds.server(copy.identifier, CONSUMER_ACCOUNT).dump()) is None
            counted = {str(table): rows for table, rows in copy.tables().items()}
            assert {table: counted[table] for table in sample.rows} == sample.rows
            assert counted == {str(table): rows for table, rows in stage.production.tables().items()}
            _assert_shown(contents, stage, copy, result, personal)
            with copy.connect(sample.database) as connection:
                assert [
                    query for query in sample.works if connection.execute(query.encode()).fetchone() != (True,)
                ] == []
        assert personal.search(result.report_bytes.decode()) is None
        assert personal.search(result.page.decode()) is None
        assert list(stage.ours()) == [result.identifier]
        assert outcome.look_at_source(stage) == before


def _assert_shown(
    contents: OwnData, stage: Stage, copy: Production, result: outcome.Result, personal: re.Pattern[str]
) -> None:
    """Sample rows show masked values only, until somebody asks for production's beside them."""
    masked = contents.samples(stage.production, copy, result.report)
    assert masked.rows
    assert personal.search(str(masked.rows)) is None
    contents.rows = 1
    both = contents.samples(stage.production, copy, result.report)
    assert personal.search(str([before for _, before, _ in both.rows]))
    assert personal.search(str([after for _, _, after in both.rows])) is None
