"""Pieces of a page that needs nothing from elsewhere: every text is escaped here, once."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, ROW, LABEL, VALUE = 760, 26, 250, 120  # of a picture, in its own units; labels and values stand left and right
LONGEST_LABEL = 30


class Html(str):
    """Text that is a piece of a page already."""

    __slots__ = ()


class Bar(NamedTuple):
    """One line of a picture."""

    label: str
    size: float
    told: str


def shown(value: object) -> Html:
    """Any value as a piece of a page: escaped, numbers with commas."""
    if isinstance(value, Html):
        return value
    return Html(f"{value:,}" if isinstance(value, int) else escape(str(value)))


def element(tag: str, *content: object, of: str = "") -> Html:
    """An element around its content; `of` is its class."""
    kind = f' class="{of}"' if of else ""
    return Html(f"<{tag}{kind}>{''.join(map(shown, content))}</{tag}>")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], otherwise: str) -> Html:
    """A table whose numbers stand right; a sentence where there is no row."""
    every = list(rows)
    if not every:
        return element("p", otherwise, of="soft")
    numbers = [isinstance(value, int) for value in every[0]]
    head = [element("th", text, of="number" if number else "") for text, number in zip(headings, numbers, strict=True)]
    lines = [
        element("tr", *(element("td", each, of="number" if number else "") for each, number in zip(row, numbers, strict=True)))
        for row in every
    ]  # fmt: skip
    body = element("table", element("thead", element("tr", *head)), element("tbody", *lines))
    return element("div", body, of="wide")


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Names with what is said of them."""
    return element("dl", *(element(tag, text) for name, said in pairs for tag, text in (("dt", name), ("dd", said))))


def bars(title: str, every: Sequence[Bar]) -> Html:
    """A picture of sizes, the longest bar for the largest."""
    most = max((bar.size for bar in every), default=0) or 1
    room = WIDTH - LABEL - VALUE
    lines = []
    for place, bar in enumerate(every):
        top, length = place * ROW, room * bar.size / most
        lines.append(
            f'<text x="0" y="{top + 17}">{shown(_short(bar.label))}<title>{shown(bar.label)}</title></text>'
            f'<rect class="track" x="{LABEL}" y="{top + 4}" width="{room}" height="18"/>'
            f'<rect class="bar" x="{LABEL}" y="{top + 4}" width="{length:.1f}" height="18"/>'
            f'<text x="{LABEL + room + 10}" y="{top + 17}">{shown(bar.told)}</text>'
        )
    box = f'viewBox="0 0 {WIDTH} {max(1, len(every)) * ROW}"'
    return Html(f'<svg role="img" aria-label="{shown(title)}" {box}>{"".join(lines)}</svg>')


def document(title: str, style: str, *content: object) -> str:
    """A whole page. It may load nothing and run nothing: the browser is told so too."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(map(shown, content))
        + "\n</body>\n</html>\n"
    )


def _short(label: str) -> str:
    """Beginning and end: names of one place differ at the end."""
    return label if len(label) <= LONGEST_LABEL else f"{label[:10]}…{label[11 - LONGEST_LABEL :]}"
