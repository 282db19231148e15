"""The rooms that know engines know the same ones."""

from components.parameters import PARAMETERS
from handlers.engines import ENGINES, major, supported
from sanitizer import engines
from sanitizer.mysql.flavours import MARIADB, MYSQL


def test_a_run_takes_what_the_sanitizer_masks() -> None:
    """Neither a database that no container can mask, nor one that could be masked and is refused."""
    assert ENGINES.keys() == engines.ENGINES.keys() == PARAMETERS.keys()
    assert {flavour.name: flavour.versions for flavour in (MYSQL, MARIADB)} == {
        name: engine.versions for name, engine in ENGINES.items() if engine.versions
    }


def test_families_are_named_as_rds_names_them() -> None:
    """A parameter group of another family cannot be used."""
    found = (major("postgres", "15.10"), major("mysql", "8.0.40"), major("mariadb", "10.11.10"))
    assert [each and each.family for each in found] == ["postgres15", "mysql8.0", "mariadb10.11"]


def test_what_is_supported_is_told_in_words() -> None:
    """A refusal names what would have been taken."""
    assert supported() == (
        "Amazon RDS for PostgreSQL (postgres), Amazon RDS for MySQL 8.0 to 8.4 (mysql), "
        "Amazon RDS for MariaDB 10.6 to 11.8 (mariadb)"
    )
