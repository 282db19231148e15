"""Each masking function as a PostgreSQL expression over one column."""

from psycopg import sql

from sanitizer.functions import KEEP
from sanitizer.postgresql.expressions import composed, formats, measures, parts, people, plain
from sanitizer.postgresql.expressions.cell import KEY_SETTING, Cell, Expression, Row

EXPRESSIONS: dict[str, Expression] = {
    **plain.EXPRESSIONS,
    **people.EXPRESSIONS,
    **formats.EXPRESSIONS,
    **parts.EXPRESSIONS,
    **measures.EXPRESSIONS,
}


def masked(cell: Cell) -> sql.Composable:
    """What the value becomes. Where nobody can say whether the condition holds, the value is masked."""
    if cell.rule.function.name == KEEP:
        return cell.value
    expression = EXPRESSIONS[cell.rule.function.name](cell)
    if cell.rule.where is None:
        return expression
    return sql.SQL("CASE WHEN coalesce((\n{}\n), true) THEN {} ELSE {} END").format(
        sql.SQL(cell.rule.where), expression, cell.value
    )


def masked_column(row: Row, name: str) -> sql.Composable:
    """What the column becomes."""
    return masked(Cell(sql.Identifier(name), row.columns[name], row.rules[name], row))


EXPRESSIONS.update(composed.expressions(masked))

__all__ = ["EXPRESSIONS", "KEY_SETTING", "Cell", "Row", "masked", "masked_column"]
