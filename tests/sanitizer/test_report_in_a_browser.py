"""The report's page as somebody sees it: in a real browser, wide and narrow, light and dark, and on paper."""

import html
import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from sanitizer.report_page import page
from tests.browser import ABSENT, browse, chromium
from tests.sanitizer.test_report import a_report

pytestmark = pytest.mark.skipif(chromium() is None, reason=ABSENT)
DARK, LIGHT = "--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"
LONG = "a_name_as_long_as_postgresql_lets_it_be_which_is_63_characters_x"
# Runs in a copy of the page that may run it: what nobody can tell from the elements alone.
MEASURE = """<script>
const box = each => { const it = each.getBoundingClientRect(); return [it.left, it.right, it.width, it.height].map(Math.round) };
const told = {
  width: document.documentElement.clientWidth, needed: document.documentElement.scrollWidth,
  background: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color,
  headings: [...document.querySelectorAll("h1, h2")].map(each => [each.textContent, ...box(each)]),
  tables: [...document.querySelectorAll("table")].map(box), wrappers: [...document.querySelectorAll(".wide")].map(box),
  rows: [...document.querySelectorAll("tr")].map(box),
  bars: [...document.querySelectorAll(".bar")].map(box), texts: [...document.querySelectorAll("svg text")].map(box),
  pictures: [...document.querySelectorAll("svg")].map(box)};
document.body.innerHTML = ""; document.body.append(Object.assign(document.createElement("pre"), {textContent: JSON.stringify(told)}));
</script>"""


def long_report() -> bytes:
    """Many tables, and names of all the characters that databases take."""
    told = json.loads(a_report())
    table = {"rows": 1234567, "strategy": "rewrite", "columns": {LONG: "email", "note": "json: {" + "$.x: keep, " * 40 + "}"}}  # fmt: skip
    told["databases"]["shop"]["tables"] |= {f"{LONG}.{LONG}{number}": table for number in range(25)}
    return json.dumps(told).encode()


def measured(content: bytes, folder: Path, *options: str, width: int = 1200) -> dict[str, Any]:
    """Sizes and colours of the page, as the browser lays it out."""
    shown = page(content).decode()
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    assert len(policy.findall(shown)) == 1
    copy = folder / "measured.html"
    copy.write_text(policy.sub("", shown).replace("</body>", MEASURE + "</body>"))
    dumped = browse(copy, folder, "--dump-dom", *options, size=(width, 1600))
    found = re.search(r"<pre>(.*)</pre>", dumped, re.DOTALL)
    assert found, dumped[:2000]
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the different lines of a picture."""
    width, height = struct.unpack(">II", png[16:24])
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    raw = zlib.decompress(data)
    line = len(raw) // height
    return width, height, {raw[start : start + line] for start in range(0, len(raw), line)}


def test_the_page_can_be_seen(tmp_path: Path) -> None:
    """The page itself: its title, its tables and pictures are there, and the screenshot is not blank."""
    path, picture = tmp_path / "report.html", tmp_path / "report.png"
    path.write_bytes(page(a_report()))
    seen = browse(path, tmp_path, "--dump-dom")
    assert "<title>Sanitized snapshot of orders</title>" in seen
    assert (seen.count("<svg"), seen.count("<table") > 5) == (2, True)
    browse(path, tmp_path, f"--screenshot={picture}")
    width, height, lines = pixels(picture.read_bytes())
    assert (width, height) == (1200, 1600)
    assert len(lines) > 300


@pytest.mark.parametrize("width", [1200, 520])
@pytest.mark.parametrize("content", [a_report(), long_report()], ids=["short", "long"])
def test_nothing_runs_over_the_edge(tmp_path: Path, content: bytes, width: int) -> None:
    """Headings, tables and pictures are visible and within the page, whatever the names and on whatever screen."""
    told = measured(content, tmp_path, width=width)
    assert told["needed"] <= told["width"] <= width
    assert told["headings"][0][0] == "Sanitized snapshot of orders"
    for left, right, wide, high in [*(each[1:] for each in told["headings"]), *told["wrappers"], *told["pictures"]]:
        assert 0 <= left < right <= told["width"]
        assert min(wide, high) > 10
    assert len(told["tables"]) == len(told["wrappers"]) > 5
    assert all(wide > 100 and high > 30 for _, _, wide, high in told["tables"])
    assert max(high for _, _, _, high in told["rows"]) < 400
    labels, values = told["texts"][::2], told["texts"][1::2]
    for label, bar, value in zip(labels, told["bars"], values, strict=True):
        assert label[1] <= bar[0] <= bar[1] <= value[0] < value[1] <= told["width"]
    assert max(wide for _, _, wide, _ in told["bars"]) > 100


def lightness(colour: str) -> float:
    """Of `rgb(r, g, b)`, 0 to 255."""
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_the_page_is_light_or_dark_as_the_reader_likes(tmp_path: Path) -> None:
    """And can be read in both."""
    light, dark = measured(a_report(), tmp_path, LIGHT), measured(a_report(), tmp_path, DARK)
    assert lightness(light["background"]) - lightness(light["ink"]) > 150
    assert lightness(dark["ink"]) - lightness(dark["background"]) > 150


def test_the_page_can_be_printed(tmp_path: Path) -> None:
    """Also a long one: on several sheets."""
    path, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    for content, least in ((a_report(), 1), (long_report(), 3)):
        path.write_bytes(page(content))
        browse(path, tmp_path, f"--print-to-pdf={paper}")
        assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) >= least
