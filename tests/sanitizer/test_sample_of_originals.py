"""What memory holds of originals, and which of them tell one row from others."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanitizer.as_words import all_words, as_words
from sanitizer.originals import Originals, Values


def sampled(*texts: str) -> Originals:
    originals = Originals()
    originals.add(Values("c", list(texts)))
    return originals


def test_memory_holds_no_original() -> None:
    """Only keyed hashes; those of another run are others."""
    one, other = sampled("Planted.1@posteo.example"), sampled("Planted.1@posteo.example")
    assert "planted" not in str(vars(one)).lower()
    assert vars(one)["_wholes"].isdisjoint(vars(other)["_wholes"])
    assert one.search(("a",), [b"nothing\n", b"planted.1@posteo.example\n"]) == {"a": 1}


@pytest.mark.parametrize(
    "text", ["", "Paris", "12345678", "2026-01-0", "Emmanuelle Fontaine", "12 rue Leblanc", "a b c d", "漢字漢字"]
)
def test_what_stands_elsewhere_by_chance_tells_nothing(text: str) -> None:
    """Short texts, short numbers, and the words that masking draws from."""
    assert not sampled(text)


def test_values_that_many_rows_share_tell_nothing() -> None:
    """Unless digits stand in them."""
    assert not sampled(*["Slovenia", "Czechia"] * 10)
    assert len(sampled(*["ask +33698765432"] * 10)) == 2
    assert len(sampled("Lindqvist", "Bergström")) == 2


def test_words_alone_tell_nothing_of_a_column_of_which_a_condition_leaves_rows() -> None:
    """Two persons may have one name; an address, or a number, is one person's."""
    originals = Originals()
    originals.add(Values("c", ["Lindqvist", "anna@posteo.example", "ask +33698765432"], partial=True))
    cells = [b"lindqvist\n", b"Anna@posteo.example\n", b"ask +33698765432\n"]
    assert [sum(originals.search(("a",), [cell]).values()) for cell in cells] == [0, 1, 1]


def test_single_words_are_anybodys_where_few_of_them_stand() -> None:
    """Of names that are words of the language too, few stand in other columns as whole values by chance; of a copy of the column, all do."""
    names = [f"Lindqvi{a}{b}" for a in "abcdefgh" for b in "stuvwxyz"]
    originals = sampled(*names)
    as_values = [name.encode() + b"\n" for name in names]
    assert originals.search(("a",), as_values[:4]) == {}
    assert originals.search(("a",), as_values[:4] * 2) == {}
    assert originals.search(("a",), as_values[:5]) == {"a": 5}
    assert originals.search(("a",), as_values[:1], masked={"a"}) == {"a": 1}
    assert originals.search(("a", "b"), [b"x\x1f" + as_values[0]], masked={"a"}) == {}
    assert originals.search(("a",), [b"a cold " + name for name in as_values]) == {}
    assert originals.search(("a",), [b"a cold " + as_values[0]], masked={"a"}) == {"a": 1}
    for form in (
        b'{"n": "%s", "m": 2}\n',
        b"{x,%s,y}\n",
        b"(1,%s)\n",
        b"<n>%s</n>\n",
        b'"%s"\n',
        b'{\\"n\\": \\"%s\\"}\n',
    ):
        assert originals.search(("a",), [form % name.encode() for name in names[:9]]) == {"a": 9}, form
    assert originals.search((), [b"of t\x1f{" + b",".join(name.encode() for name in names) + b"}\n"]) == {"of t": 64}
    assert sampled("Lindqvist", "Bergman").search(("a",), [b"lindqvist\n", b"Bergman\n"]) == {"a": 2}
    assert sampled("Lindqvist", "Bergman").search(("a",), [b"lindqvist\n"]) == {}
    assert sampled("administrator", "ann7", "bob1234", "eve9876").search(("a",), [b"administrator\n"]) == {}


@pytest.mark.parametrize(
    ("original", "cell", "count"),
    [
        ("one two three four five", b"so: ONE-two, three; four; five!", 1),
        ("one two three four five", b"one two three four six", 0),
        ("one two three four five", b"one two three four\x1ffive", 0),
        ("one two three four five", b"one two three one two three four five", 1),
        ("Lindqvist", b"Lindqvistson", 0),
        ("DE89 3704 0044 0532 0130 00", b"DE89370400440532013000", 1),
        ("G\u00f6ran Lindqvist", "G\u00f6ran  Lindqvist".encode(), 1),
        ("G\u00f6ran Lindqvist", rb"x\\nG\u00f6ran\tLindqvist", 1),
        ("G\u00f6ran Lindqvist", rb"G\\303\\266ran Lindqvist", 1),
        (r"C:\new\table", rb"C:\\new\\table", 1),
        ("10.20.33.155", b"from 10.20.33.155:443", 1),
        ("10.20.33.155", b"10 20 33 155 77", 1),
        ("10.20.33.155", b"10.20.34.155", 0),
        ("12345 6789", b"no. 12345-6789", 1),
        ("12345 6789", b"12345 x 6789", 0),
    ],
)
def test_originals_are_found_as_words(original: str, cell: bytes, count: int) -> None:
    """However they are quoted and parted, in one cell."""
    names = ("a", "b")[: 1 + cell.count(b"\x1f")]
    assert sum(sampled(original).search(names, [cell + b"\n"]).values()) == count


@given(st.text(st.characters(min_codepoint=0xA0, max_codepoint=0x17F) | st.sampled_from("aZ ß\u2019"), max_size=8))
def test_letters_of_western_languages_are_read_as_all_others_are(text: str) -> None:
    """A shorter way must not lead elsewhere: beside a letter of another alphabet they go the long one."""
    assert as_words(f"{text} ж".encode()) == [*as_words(text.encode()), "ж".encode()]


ENCODINGS: list[Callable[[bytes], bytes]] = [
    base64.b64encode,
    base64.urlsafe_b64encode,
    base64.encodebytes,
    lambda text: text.hex().encode(),
    lambda text: base64.b64encode(text.hex().encode()),
]


@given(st.binary(max_size=120), st.binary(max_size=120), st.sampled_from(ENCODINGS))
def test_whatever_stands_around_it_an_encoded_original_is_read(
    before: bytes, after: bytes, encode: Callable[[bytes], bytes]
) -> None:
    """And nothing that is no encoding makes the search fail."""
    all_words(before)
    cell = b"say: " + encode(before + b" ask anna@posteo.example " + after) + b"."
    words = b" ".join(all_words(cell))
    assert b"anna posteo example" in words, cell
    assert all_words(cell)[: len(as_words(cell))] == as_words(cell)


def test_what_is_encoded_is_found_in_places_of_any_size() -> None:
    """All rows of the first megabytes are read so, and some of what follows, wherever it stands."""
    originals = sampled(*[f"planted.{number}@posteo.example" for number in range(300)])
    encoded = [base64.b64encode(b"was planted.%d@posteo.example" % (number % 300)) + b"\n" for number in range(100_000)]
    filler = [b"nothing\n"] * 800_000
    assert originals.search(("a",), encoded[:7])["a"] == 7
    assert originals.search(("a",), filler[:100_000] + encoded[:7])["a"] == 7
    assert originals.search(("a",), filler + encoded)["a"] > 500
