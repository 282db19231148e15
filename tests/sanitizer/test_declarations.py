"""The tables that other things are made from are complete and agree with each other."""

import pytest

from sanitizer import errors
from sanitizer.functions import FUNCTIONS, KEEP
from sanitizer.options import EXAMPLES
from sanitizer.postgresql.expressions import EXPRESSIONS
from sanitizer.postgresql.predicates import PREDICATES
from sanitizer.words import LISTS, LOCALES, WORDS, words


def test_every_masking_function_has_an_expression_and_a_predicate() -> None:
    """Whoever declares a function must say how it is written in SQL, and how verify recognises its output."""
    assert set(EXPRESSIONS) == set(PREDICATES) == set(FUNCTIONS) - {KEEP}


def test_every_error_has_its_own_exit_code() -> None:
    """10 to 19 if and only if nothing was changed; 20 to 29 means destroy; the help names each."""
    kinds = {kind for base in (errors.NothingChanged, errors.DestroyDatabase) for kind in base.__subclasses__()} | {
        errors.UsageError
    }
    assert set(errors.EXIT_CODES) == kinds
    assert len(set(errors.EXIT_CODES.values())) == len(kinds)
    for kind, code in errors.EXIT_CODES.items():
        assert (10 <= code <= 19) == issubclass(kind, errors.NothingChanged)
        assert (20 <= code <= 29) == issubclass(kind, errors.DestroyDatabase)
        assert f"{code} " in EXAMPLES
        assert f"{kind.__name__} " in (errors.__doc__ or "")


def test_an_unknown_error_class_means_destroy() -> None:
    """No new class can be taken for success, or for nothing changed."""

    class Novel(errors.SanitizerError):
        pass

    assert errors.exit_code(Novel("")) == errors.UNEXPECTED_EXIT_CODE == 70


@pytest.mark.parametrize("locale", LOCALES)
def test_word_lists_are_long_enough_and_short_enough(locale: str) -> None:
    """Many different words, each within its list's limit and PostgreSQL's `name`; the source is named in every file."""
    for name, limit in LISTS.items():
        listed = words(name, locale)
        assert 50 <= len(listed) <= limit.words
        assert len(set(listed)) == len(listed)
        assert all(0 < len(word) <= limit.characters and len(word.encode()) <= 63 for word in listed)
        assert (WORDS / locale / f"{name}.txt").read_text().startswith("# Faker ")
    assert "Permission is hereby granted" in (WORDS / "LICENSE").read_text()
