"""MariaDB's hiding places."""

from tests.whole.hiding.mariadb import columns, openings, rows, statistics, structure
from tests.whole.hiding.places import Place

PLACES: tuple[Place, ...] = (
    *columns.PLACES,
    *rows.PLACES,
    *statistics.PLACES,
    *structure.PLACES,
    *openings.PLACES,
    *statistics.REMAINS,
)
