"""Forms are recognised by LIKE and by the characters in between: exactly what a regular expression would recognise."""

import random
import re

import pytest
from psycopg import sql

from sanitizer.postgresql.predicates.formats import CARD, IBANS, PHONES
from sanitizer.postgresql.predicates.seen import is_of_form, runs
from tests.sanitizer import once
from tests.sanitizer.workbench import Workbench

pytestmark = once
CLASSES = {"#": ("[0-9]", "07"), "A": ("[A-Z]", "AZ"), "*": ("[0-9a-f]", "0f")}
AWKWARD = ["%#_\\A**'#", "é#é", "#", "\\%", "_", "A#A#A", "100%#", "a#", "(##) [A]{2}", "\n#"]
OTHERS = ("", "0", "9", "a", "f", "g", "A", "Z", "%", "_", "\\", "é", "\n", "٣", "'")


def texts_of(form: str) -> list[str]:
    """Some of the form, and their neighbours: one character of each is another, is gone, or is one too many."""
    some = random.Random(form)
    fitting = ["".join(some.choice(CLASSES[each][1]) if each in CLASSES else each for each in form) for _ in range(3)]
    near = [text[:at] + other + text[at + 1 :] for text in fitting for at in range(len(text)) for other in OTHERS]
    return [*fitting, *near, *(f"{text}0" for text in fitting), *(f"{text}\n" for text in fitting), ""]


@pytest.mark.parametrize("form", [*AWKWARD, *PHONES.values(), *IBANS.values(), CARD])
def test_a_form_is_recognised_exactly(bench: Workbench, form: str) -> None:
    """No text too many, no text too few; NULL is one."""
    pattern = "".join(CLASSES[each][0] if each in CLASSES else re.escape(each) for each in form)
    texts = texts_of(form)
    value = sql.SQL('(x COLLATE "C")')
    query = sql.SQL("SELECT x, {} FROM unnest(%s::text[]) AS x").format(is_of_form(value, runs(form)))
    told = bench.connection().execute(query.as_string().replace("%", "%%").replace("%%s", "%s").encode(), (texts,))
    assert dict(told.fetchall()) == {text: re.fullmatch(pattern, text) is not None for text in texts}
    null = sql.SQL("SELECT {} FROM (SELECT NULL::text AS x) AS n").format(is_of_form(value, runs(form)))
    assert bench.value(null.as_string()) is True
