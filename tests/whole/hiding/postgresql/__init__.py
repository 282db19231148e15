"""PostgreSQL's hiding places."""

from tests.whole.hiding.places import Place
from tests.whole.hiding.postgresql import columns, copies, openings, remains, rows, statistics, structure

PLACES: tuple[Place, ...] = (
    *columns.PLACES, *rows.PLACES, *copies.PLACES, *statistics.PLACES, *structure.PLACES, *openings.PLACES,
    *remains.PLACES,
)  # fmt: skip
