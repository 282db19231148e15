"""Measures what masking costs against other ways of doing it: `make bench`."""

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench import results as stored
from bench.contenders import Contender, ours, statements
from bench.grounds import GROUNDS, Ground
from bench.growth import PlanningFailed, many_tables, planned, with_columns, with_connections
from bench.page import page, table
from bench.peers import PeerFailed, PeerMissing, peers
from bench.results import Results, Samples
from bench.tables import KINDS, RULES, filled

HERE = Path(__file__).parent
PARTS = ("contenders", "peers", "rows", "columns", "connections", "tables")
TABLE = "users"
EXAMPLES = """examples:
  make bench
  make bench ARGS="--rows 300000 --only postgresql"
  make bench ARGS="--parts contenders,peers --rounds 5"
  make bench ARGS="--parts tables --tables 5000 --rounds 1"
  make bench ARGS="--rules people"          names, phones and texts instead of hashes

Every round gives each contender a fresh copy of the same server. Results: bench/results/ENGINE.json and bench/results.md; parts that are not
measured anew keep their earlier results. bench/README.md tells what the figures mean."""


class Bench:
    """The measurements of one engine."""

    def __init__(self, ground: Ground, options: argparse.Namespace) -> None:
        self.ground, self.options = ground, options
        self.kind = KINDS[ground.name]
        self.rules = RULES[options.rules]
        self.results = _earlier(ground, options)

    def measure(self) -> Results:
        """All parts that were asked for."""
        for part in self.options.parts:
            if part in ("contenders", "rows", "columns", "connections", "tables"):
                getattr(self, f"_{part}")()
        return self.results

    def _contenders(self) -> None:
        """Every way of masking the same table, interleaved."""
        others = statements(self.kind, TABLE, self.rules)
        tools = peers(self.ground.engine, TABLE) if "peers" in self.options.parts else []
        data = self.ground.build(filled(self.kind, TABLE, self.options.rows))
        self.results.contenders = self._rounds(data, [ours(self.kind, {TABLE: self.rules}), *others, *tools])
        self.ground.discard(data)

    def _rows(self) -> None:
        growth: dict[str, Samples] = {}
        for rows in sorted({max(1, self.options.rows // share) for share in (9, 3, 1)}):
            data = self.ground.build(filled(self.kind, TABLE, rows))
            floor = statements(self.kind, TABLE, self.rules)[-1]
            growth[str(rows)] = self._rounds(data, [ours(self.kind, {TABLE: self.rules}), floor])
            self.ground.discard(data)
        self.results.growth["rows"] = growth

    def _columns(self) -> None:
        data = self.ground.build(filled(self.kind, TABLE, self.options.rows))
        self._grown("columns", data, with_columns(self.kind, TABLE, self.rules))

    def _connections(self) -> None:
        tables = [f"{TABLE}_{number}" for number in range(4)]
        data = self.ground.build(
            [text for name in tables for text in filled(self.kind, name, max(1, self.options.rows // 4))]
        )
        self._grown("connections", data, with_connections(self.kind, tables, self.rules))

    def _tables(self) -> None:
        growth: dict[str, Samples] = {}
        for number in sorted({max(1, self.options.tables // share) for share in (10, 3, 1)}):
            data = self.ground.build(many_tables(self.ground.engine, number))
            growth[str(number)] = self._rounds(data, [planned(number)])
            self.ground.discard(data)
        self.results.growth["tables"] = growth

    def _grown(self, name: str, data: Path, points: Iterable[tuple[int, Contender]]) -> None:
        """Interleaved too: a point is a contender here."""
        every = {str(number): contender for number, contender in points}
        growth: dict[str, Samples] = {number: {} for number in every}
        for _ in range(self.options.rounds):
            for number, contender in every.items():
                _add(growth[number], self._once(data, contender))
        self.ground.discard(data)
        self.results.growth[name] = growth

    def _rounds(self, data: Path, contenders: Sequence[Contender]) -> Samples:
        """Every contender once in every round, in another order each time; one that cannot run is left out, with the reason."""
        samples: Samples = {}
        order = random.Random(1)  # noqa: S311 - an order, and the same in every benchmark
        for _ in range(self.options.rounds):
            for contender in order.sample(list(contenders), len(contenders)):
                if contender.name not in self.results.left_out:
                    _add(samples, self._once(data, contender))
        return samples

    def _once(self, data: Path, contender: Contender) -> dict[str, float]:
        with self.ground.place(data) as place:
            try:
                seconds = contender.run(place)
            except (PeerMissing, PeerFailed, PlanningFailed) as exc:
                self.results.left_out[contender.name] = str(exc)
                seconds = {}
        for name, each in seconds.items():
            sys.stdout.write(f"  {self.ground.name}  {name:<28} {each:10.2f}\n")
            sys.stdout.flush()
        return seconds


def _add(samples: Samples, seconds: dict[str, float]) -> None:
    for name, each in seconds.items():
        samples.setdefault(name, []).append(each)


def _earlier(ground: Ground, options: argparse.Namespace) -> Results:
    """New results, with what was measured before of parts that are not measured now."""
    new = Results(ground.name, ground.version(), options.rows, options.rounds, options.rules, ground.settings)
    path = options.output / "results" / f"{ground.name}.json"
    if path.exists():
        before = stored.read(path)
        new.contenders, new.growth = before.contenders, before.growth
        if "contenders" not in options.parts:
            new.rows, new.rounds, new.rules = (
                before.rows,
                before.rounds,
                before.rules,
            )  # those stand above the contenders
    return new


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints, writes."""
    options = _parser().parse_args(arguments)
    every = []
    for name in options.only or GROUNDS:
        sys.stdout.write(f"{name}: {options.rows:,} rows, {options.rounds} round(s)\n")
        ground = GROUNDS[name]()
        try:
            results = Bench(ground, options).measure()
        finally:
            ground.close()
        results.write(options.output / "results")
        every.append(results)
        sys.stdout.write(f"\n{table(results)}\n\n")
    written = [stored.read(path) for path in sorted((options.output / "results").glob("*.json"), reverse=True)]
    (options.output / "results.md").write_text(page(written))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000, help="of the table; %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="medians are taken over so many; %(default)s")
    parser.add_argument("--tables", type=int, default=5_000, help="the most tables that are planned; %(default)s")
    parser.add_argument(
        "--only", choices=list(GROUNDS), action="append", help="an engine; all that are here if not given"
    )
    parser.add_argument("--rules", choices=list(RULES), default="facts", help="how the columns are masked; %(default)s")
    parser.add_argument(
        "--parts", type=_parts, default=PARTS, help=f"some of {','.join(PARTS)}, with commas; all if not given"
    )
    parser.add_argument("--output", type=Path, default=HERE, help="where results go; bench/")
    return parser


def _parts(text: str) -> tuple[str, ...]:
    given = tuple(text.split(","))
    unknown = [part for part in given if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown part {unknown[0]}; write some of {','.join(PARTS)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
