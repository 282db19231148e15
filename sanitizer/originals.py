"""Whether originals are found anywhere after masking: a sample of them as keyed hashes in memory, and all that can be read, as words.

A text is the list of its words: runs of letters and digits, whatever their case and their form in Unicode. So a value is found whole, inside a longer
text, in documents, arrays, binary values, addresses of pages and HTML, however it is quoted there. Base64 and hex are
read, and the usual digests of some values are looked for as well; what is cut, compressed, encrypted or put together otherwise is not found.
"""

import hashlib
import json
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple

from sanitizer.as_words import all_words, as_words
from sanitizer.encodings import FEWEST_DIGITS, encoded
from sanitizer.functions.nested import Paths
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Rule
from sanitizer.schema import Schema
from sanitizer.words import LISTS, LOCALES, words

SAMPLED_CHARACTERS = 2000
VIEW_ROWS, VIEW_SECONDS = 100_000, 30
OF_TABLES = "What it shows of tables was searched there"
SEPARATOR = b"\x1f"
ROW_SEPARATOR = SEPARATOR + b"\x1e"
FEWEST_CHARACTERS = 6
MOST_WORDS = 40
# Of so many values of a column, none longer than an e-mail address may be, digests and encodings are looked for too: who keeps such keeps them of all.
ENCODED_VALUES, ENCODED_CHARACTERS = 20, 254
ADDRESS = "@"
DIGESTS = frozenset({"hash", "uuid"})
# One word of a value is looked up everywhere, the whole of it only around that; of short numbers three, or two, for they stand everywhere alone.
FEWEST_ANCHOR_CHARACTERS = 4
NUMBERS = (3, 2)
# So much of a column's sample must differ before a value without a digit tells one row from others: countries and states do not.
MOSTLY_DIFFERENT = 0.8
# Of a column of which a sample of rows holds fewer values, rows that hold one are looked for.
SPARSE = 0.1
# A single word of letters may be anybody's (Winter, Carpenter, administrator). Where it stands in what rules do not change, so many different ones of
# a column's sample, as whole values, are no chance.
FEWEST_WORDS, SHARE_OF_WORDS = 5, 0.02
BATCH_BYTES = 1 << 14
# What is encoded is read in the first MiB of a place, then in one batch of so many: an application that encodes one row encodes all.
DECODED_BATCHES, DECODED_ONE_IN = 64, 128

_WHOLE_VALUES = re.compile(rb"[\\\x00-\x1f\"{}\[\]()<>,:;|=]+")
_TELEPHONE = re.compile(r"\+[ ()/.-]*(?:[0-9][ ()/.-]*){9,15}\Z")


class Values(NamedTuple):
    """Texts of one masked column (or of one path in its documents) from before masking."""

    column: str
    texts: list[str]
    partial: bool = False  # a condition leaves some rows, which may hold the names and words of others by right


class Texts(NamedTuple):
    """All texts of one place after masking, and how a session reads them: a row at a time, or several with ROW_SEPARATOR between them; SEPARATOR stands
    between the cells of a row. A cell may hold either, escaped or as it is.

    Where there are no columns, the first cell is a name. `size_bytes` is an estimate. What a view shows may take any time to find out, and
    may be refused: of one, VIEW_ROWS rows are read at most, and VIEW_SECONDS long.
    """

    place: str
    columns: tuple[str, ...]
    queries: tuple[Any, ...]
    rows: int = 0
    size_bytes: int = 0
    is_view: bool = False


class Originals:
    """A sample of originals, of which memory holds keyed hashes only; the key is made for this run and goes with it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._wholes: set[bytes] = set()
        self._encoded: set[bytes] = set()
        self._words: dict[bytes, str] = {}  # single words, each of a masked column
        self._sampled: Counter[str] = Counter()  # values that tell one row from others, by masked column
        self._anchors: dict[int, set[_Anchor]] = {many: set() for many in (1, *NUMBERS)}  # by how many words they are
        # By an anchor's hash: how many words of the value stand before it, and how many there are.
        self._around: dict[int, tuple[tuple[int, int], ...]] = {}

    def __len__(self) -> int:
        return len(self._wholes) + len(self._words)

    def add(self, values: Values) -> None:
        """Remembers the values that tell one row from others; what masking itself may write tells nothing."""
        split = {tuple(as_words(text.encode())[:MOST_WORDS]): text for text in values.texts}
        differ = len(split) >= MOSTLY_DIFFERENT * len(values.texts)
        common = Counter(word for found in split for word in set(found))
        telling = []
        for found, text in split.items():
            digits = sum(byte in b"0123456789" for byte in b"".join(found))
            if _telling(found) and (digits or (ADDRESS in text if values.partial else differ)):
                telling.append(text)
                key = self._remember(found, common)
                if digits or len(found) > 1:
                    self._wholes.add(key)
                else:
                    self._words.setdefault(key, values.column)
                if digits >= FEWEST_DIGITS:
                    self._wholes.add(self._remember((b"".join(found),), common))  # as it is written without spaces
        self._sampled[values.column] += len(telling)
        for text in [text for text in telling if len(text) <= ENCODED_CHARACTERS][:ENCODED_VALUES]:
            for form in encoded(text):
                self._encoded.add(self._remember(tuple(as_words(form)), common))

    def _remember(self, found: tuple[bytes, ...], common: Counter[bytes]) -> bytes:
        before, anchor, many = _rarest(found, common)
        known = self._around.get(anchor, ())
        if not known:
            self._anchors[many].add(_Anchor(anchor))
        if (before, len(found)) not in known:
            self._around[anchor] = known + _only(before, len(found))
        return self._keyed(found)

    def _keyed(self, found: Iterable[bytes]) -> bytes:
        return hashlib.blake2b(b" ".join(found), key=self._key, digest_size=16).digest()

    def search(
        self, columns: tuple[str, ...], rows: Iterable[bytes], masked: Collection[str] = frozenset()
    ) -> Counter[str]:
        """How many cells hold an original, by column, or by what the first cell names; "" where nobody can tell which cell it is.

        `masked` are the columns that rules change.
        """
        found: Counter[str] = Counter()
        words: dict[tuple[str, str], set[bytes]] = defaultdict(set)  # by where they are, and where they were
        for name, cell in self._suspected(columns, rows):
            if self._holds(all_words(cell), self._words if name in masked else ()):
                found[name] += 1
            else:
                for key in self._whole_words(cell):
                    words[name, self._words[key]].add(key)
        for (name, column), different in words.items():
            if len(different) >= max(min(FEWEST_WORDS, self._sampled[column]), SHARE_OF_WORDS * self._sampled[column]):
                found[name] += len(different)
        return found

    def _suspected(self, columns: tuple[str, ...], rows: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
        """The cells of rows in which a word of an original stands."""
        for number, batch in enumerate(_batches(rows)):
            split = as_words if number >= DECODED_BATCHES and number % DECODED_ONE_IN else all_words
            if self._may_hold(split(b"".join(batch))):
                for row in chain.from_iterable(_rows(rows, columns) for rows in batch):
                    if self._may_hold(split(row)):
                        yield from _cells(row, columns)

    def _whole_words(self, cell: bytes) -> Iterator[bytes]:
        """The keys of single words that stand between quotation marks, brackets and the like, or alone."""
        if self._words:
            for value in _WHOLE_VALUES.split(cell):
                found = as_words(value)
                if len(found) == 1 and (key := self._keyed(found)) in self._words:
                    yield key

    def _may_hold(self, found: list[bytes]) -> bool:
        if not self._anchors[1].isdisjoint(found):
            return True
        sought = [many for many in NUMBERS if self._anchors[many]]
        numbers = [*filter(bytes.isdigit, found)] if sought else []
        return any(not self._anchors[many].isdisjoint(_runs(numbers, many)) for many in sought)

    def _holds(self, found: list[bytes], words: Collection[bytes]) -> bool:
        runs = (
            found[start : start + many]
            for anchors in (found, *(_runs(found, many) for many in NUMBERS))
            for at, anchor in enumerate(anchors)
            for start, many in ((at - before, many) for before, many in self._around.get(hash(anchor), ()))
            if start >= 0
        )
        return any(key in self._wholes or key in self._encoded or key in words for key in map(self._keyed, runs))


class _Anchor:
    """What a set finds in place of the words that have this hash (Python's, which is keyed): it holds nothing of them."""

    __slots__ = ("_hash",)

    def __init__(self, found: int) -> None:
        self._hash = found

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return hash(other) == self._hash


@cache
def _only(before: int, many: int) -> tuple[tuple[int, int]]:
    """One object for the many values of one word."""
    return ((before, many),)


def _runs(found: Sequence[bytes], many: int) -> Iterator[tuple[bytes, ...]]:
    """So many words side by side, wherever they stand."""
    return zip(*(islice(found, start, None) for start in range(many)), strict=False)


def _rarest(found: tuple[bytes, ...], common: Counter[bytes]) -> tuple[int, int, int]:
    """Where in a value the word stands, or the numbers, that are the least likely to be found by chance; their hash; and how many words they are."""
    if len(found) == 1:
        return 0, hash(found[0]), 1
    words = [
        at
        for at, word in enumerate(found)
        if len(word) >= (FEWEST_CHARACTERS if word.isdigit() else FEWEST_ANCHOR_CHARACTERS)
    ]
    for many in () if words else NUMBERS:
        runs = [(at, run) for at, run in enumerate(_runs(found, many)) if all(map(bytes.isdigit, run))]
        if runs:
            at, run = max(runs, key=lambda each: len(b"".join(each[1])))
            return at, hash(run), many
    at = min(words or range(len(found)), key=lambda at: _chance(found[at], common))
    return at, hash(found[at]), 1


def _chance(word: bytes, common: Counter[bytes]) -> tuple[bool, int, int]:
    """Less, the rarer the word is where the values come from, and the longer; what masking writes comes last."""
    return word in _invented(), common[word], -len(word)


def sampled(
    columns: Sequence[str], values: int, read: Callable[[Collection[str]], tuple[Sequence[Sequence[Any]], bool]]
) -> dict[str, list[Any]]:
    """Values of each column, of those too that are NULL or empty nearly everywhere.

    `read` gives up to `values` rows from all over the table, or any in which one of the given columns has a value; and whether these are all.
    """

    def few(some: Iterable[str]) -> list[str]:
        return [column for column in some if _many(found[column]) < SPARSE * values]

    rows, all_read = read(())
    found = {column: _values(rows, at) for at, column in enumerate(columns)}
    sparse = few(columns)
    while sparse and not all_read:
        rows, all_read = read(sparse)
        for column in sparse:
            found[column] = max(found[column], _values(rows, columns.index(column)), key=_many)
        most = max(sparse, key=lambda column: _many(found[column]))  # the others have rows of their own next
        sparse = few(column for column in sparse if column != most)
    return found


def _values(rows: Iterable[Sequence[Any]], at: int) -> list[Any]:
    return [row[at] for row in rows if row[at] is not None]


def _many(values: Iterable[Any]) -> int:
    return sum(map(bool, values))


def parts(values: Values, rule: Rule) -> Iterator[Values]:
    """The texts inside documents, by path, and keys that are addresses, without those that the rule keeps; other values as they are."""
    leaves: dict[str, list[str]] = {}
    for text in values.texts:
        try:
            document = json.loads(text)
        except ValueError:
            leaves.setdefault("", []).append(text)
            continue
        for steps, leaf in _leaves(document, ()):
            if not _is_kept(rule, steps):
                leaves.setdefault(str(steps), []).append(leaf)
    return (values._replace(texts=texts) for texts in leaves.values())


def _leaves(value: Any, steps: tuple[str | None, ...]) -> Iterator[tuple[tuple[str | None, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if ADDRESS in key or _TELEPHONE.match(key):
                yield (*steps, key), key
            yield from _leaves(inner, (*steps, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, (*steps, None))
    elif isinstance(value, str):
        yield steps, value


def _is_kept(rule: Rule, steps: tuple[str | None, ...]) -> bool:
    for paths in rule.arguments.values():
        if isinstance(paths, Paths):
            covering = [inner for path, inner in paths.rules if steps[: len(path.steps)] == path.steps]
            return not (covering[0].changes and is_sought(covering[0])) if covering else paths.unlisted == "keep"
    return False


def may_be_written(rule: Rule) -> bool:
    """Whether an original that looks like an output may be one: a word from a list, an address at example.com. Digests look like tokens."""
    if rule.inner:
        return any(may_be_written(each) for each in rule.inner if each.changes)
    return rule.function.recognised == "exactly" and rule.function.name not in DIGESTS


def pointing_at_kept(schema: Schema, rules: DatabaseRules, table: TableName) -> frozenset[str]:
    """Columns that say which row of another table, by a key that the rules keep there."""
    return frozenset(
        column
        for key in schema.keys_of.get(table, ())
        if key.referenced in rules.listed
        for column, theirs in zip(key.columns, key.referenced_columns, strict=True)
        if (rule := rules.listed[key.referenced].columns.get(theirs)) and not rule.changes
    )


def is_sought(rule: Rule) -> bool:
    """Whether the rule leaves none of its originals as they were, wherever its condition lets it write, nor says that they stand elsewhere."""
    elements = rule.nested or rule
    return not (rule.common or elements.common) and all(
        each.arguments.get("otherwise") != "keep" for each in (rule, *rule.inner)
    )


def _rows(rows: bytes, columns: tuple[str, ...]) -> list[bytes]:
    """One by one; all as one where nobody can tell them apart, because what separates them stands in a cell."""
    each = rows.split(ROW_SEPARATOR)
    return each if all(row.count(SEPARATOR) == len(columns) - 1 for row in each) else [rows]


def _cells(row: bytes, columns: tuple[str, ...]) -> Iterable[tuple[str, bytes]]:
    cells = row.rstrip(b"\n").split(SEPARATOR)
    names = columns or (cells.pop(0).decode("utf-8", "replace"),) * len(cells)
    if len(cells) != len(names):  # a separator stands in a cell
        names, cells = ("",), [row]
    return zip(names, cells, strict=True)


def _batches(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch, size = [], 0
    for row in rows:
        batch.append(row)
        size += len(row)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _telling(found: tuple[bytes, ...]) -> bool:
    joined = b"".join(found)
    if len(set(joined)) == 1:  # 000-000-0000, the UUID of zeros, xxxxxx: nobody's
        return False
    if joined.isdigit():
        return len(joined) >= FEWEST_DIGITS
    invented = all(word.isdigit() or word in _invented() for word in found)
    return len(joined.decode("utf-8", "replace")) >= FEWEST_CHARACTERS and not invented


@cache
def _invented() -> frozenset[bytes]:
    """All words that masking draws from lists."""
    listed = (word for locale in LOCALES for name in LISTS for word in words(name, locale))
    return frozenset(part for word in listed for part in as_words(word.encode()))
