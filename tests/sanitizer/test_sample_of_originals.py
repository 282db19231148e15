"""What memory holds of originals, and which of them tell one row from others."""

import pytest

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
    ],
)
def test_originals_are_found_as_words(original: str, cell: bytes, count: int) -> None:
    """However they are quoted and parted, in one cell."""
    names = ("a", "b")[: 1 + cell.count(b"\x1f")]
    assert sum(sampled(original).search(names, [cell + b"\n"]).values()) == count
