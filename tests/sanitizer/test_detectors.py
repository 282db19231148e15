"""Kept columns that hold what nobody may have are told apart from those that only look a little like it."""

import pytest

from sanitizer import detectors
from sanitizer.detectors import detect
from sanitizer.kinds import NATIONAL_ID
from sanitizer.recognisers import OFFICIAL_NUMBERS
from tests.sanitizer import once
from tests.sanitizer.workbench import Workbench

PERSONAL = {
    "e-mail addresses": ["ann.bell@posteo.de", "call ben.cole@web.example at noon"],
    "phone numbers": ["+49 30 901820", "ring +33 1 42 68 53 00, please"],
    "numbers of payment cards": ["4111 1111 1111 1111", "5500-0000-0000-0004"],
    "bank accounts": ["DE89 3704 0044 0532 0130 00", "pay to GB29NWBK60161331926819"],
    "official numbers": ["2 95 10 99 126 111 93", "295109912611193"],
    "network addresses": ["81.2.69.142", "2a00:1450:4007::68"],
    "secrets, or digests of them": [
        "sk_live_51H7abcdef",
        "-----BEGIN RSA PRIVATE KEY-----",
        "https://hooks.slack.com/services/T0/B0/x",
        "https://a.example/cb?v=2&token=0a1b2c3d",
    ],
    "names of persons": ["Emmanuelle Fontaine", "James Smith"],
}
HARMLESS = {
    "codes of orders": [f"2026-{number:06}" for number in range(300)],
    "states": ["new", "paid", "in transit"] * 50,
    "versions": ["10.2.1", "1.2.3-beta"] * 9,
    "masked addresses": ["95f380014a12ef8ceda3@example.com", "nobody@shop.invalid"],
    "digests": ["d41d8cd98f00b204e9800998ecf8427e"] * 9,
    "identifiers": ["0b9f1f5e-1c2d-4c3b-8a7f-6d5e4c3b2a10"] * 9,
    "titles": ["Blue Chair", "Large Table", "James Bond mug"],
    "moments": ["2026-01-02 03:04:05", "2026-01-03 13:04:05"],
    "web addresses": ["https://shop.example/orders/4711", "https://shop.example/orders/4712"],
    "long numbers": [str(7_000_000_000_000_001 + 97 * number) for number in range(300)],
    "prices": ["12.50 EUR", "1 200,00 EUR"],
}


ALONE = {
    "e-mail addresses": "call ben.cole@web.example at noon",
    "secrets, or digests of them": "sk_live_51H7abcdef",
    "bank accounts": "pay to GB29NWBK60161331926819",
    "phone numbers": "ring +33 1 42 68 53 00, please",
    "numbers of payment cards": "4111 1111 1111 1111",
    "network addresses": "2a00:1450:4007::68",
    "names of persons": "Emmanuelle Fontaine",
    "stdnum.fr.nir": "295109912611193",
    "stdnum.es.dni": "54362315K",
    "stdnum.es.nie": "X2482300W",
    "stdnum.de.idnr": "36574261809",
    "stdnum.it.codicefiscale": "RCCMNL83S18D969H",
    "stdnum.nl.bsn": "111222333",
    "stdnum.be.nn": "85073003328",
    "stdnum.pl.pesel": "44051401359",
    "stdnum.gb.nhs": "9434765870",
    "stdnum.se.personnummer": "880320-0016",
    "stdnum.fi.hetu": "131052-308T",
    "stdnum.no.fodselsnummer": "15108695088",
    "stdnum.ch.ssn": "756.9217.0769.85",
    "stdnum.br.cpf": "390.533.447-05",
    "stdnum.tr.tckimlik": "17291716060",
}


def test_no_detector_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finds a value that no other one finds; a new one without a value fails."""
    official = iter(each.__name__ for each in OFFICIAL_NUMBERS)
    named = [next(official) if each.kind is NATIONAL_ID else each.kind.many for each in detectors.DETECTORS]
    assert sorted(named) == sorted(ALONE)
    assert [name for name in named if not detect([ALONE[name]])] == []
    for name, detector in zip(named, detectors.DETECTORS, strict=True):
        others = tuple(each for each in detectors.DETECTORS if each is not detector)
        with monkeypatch.context() as patch:
            patch.setattr(detectors, "DETECTORS", others)
            assert detect([ALONE[name]]) is None, name


@pytest.mark.parametrize("kind", PERSONAL)
def test_what_is_personal_is_detected(kind: str) -> None:
    """By form and check digit, alone and among others."""
    found = detect(PERSONAL[kind])
    assert found
    assert (found.kind.many, found.hits) == (kind, len(PERSONAL[kind]))


@pytest.mark.parametrize("column", HARMLESS)
def test_what_is_harmless_is_not(column: str) -> None:
    """Though parts of it look like something."""
    assert detect(HARMLESS[column]) is None


def test_a_few_addresses_among_many_texts_are_enough() -> None:
    """One in twenty; not one in a hundred."""
    assert detect(["nothing"] * 19 + ["ann.bell@posteo.de"])
    assert not detect(["nothing"] * 99 + ["ann.bell@posteo.de"])


@once
def test_kept_columns_of_people_fail_the_run_unless_a_rule_says_why(bench: Workbench) -> None:
    """In texts, documents and arrays; with place, kind and number, never the value."""
    bench.sql("""
        CREATE TABLE t (id int, m text, d jsonb, a text[], c text, n text); CREATE TABLE s (m text);
        INSERT INTO t SELECT i, 'planted' || i || '@posteo.example', '{"a": "sk_live_planted"}', '{planted@posteo.example}', 'new', NULL FROM generate_series(1, 9) i;
        INSERT INTO s SELECT m FROM t""")
    rules = "tables:\n  public.t: {id: keep, m: KEPT, d: keep, a: keep, c: keep, n: keep}\n  public.s: truncate\n"
    outcome = bench.sanitize(rules.replace("KEPT", "keep"))
    assert outcome.code == 23, outcome.lines
    assert "planted" not in str(outcome)
    told = "rules.yaml:2: 9 of 9 sampled values of {} of public.t seem to be or hold {}, and it is kept | keep"
    assert told.format("m", "e-mail addresses") in outcome.problems
    assert told.format("a", "e-mail addresses") in outcome.problems
    assert told.format("d", "secrets, or digests of them") in outcome.problems
    assert len(outcome.findings) == 3
    bench.forget()
    excused = rules.replace("KEPT", "{keep: {reason: invented}}").replace(
        "d: keep, a: keep", "d: set_null, a: set_null"
    )
    assert bench.sanitize(excused).code == 0
