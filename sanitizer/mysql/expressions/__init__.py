"""Each masking function as an expression over one column, for one SELECT. Nothing is created on the server."""

from sanitizer.functions import KEEP
from sanitizer.mysql.expressions import composed, formats, measures, parts, people, plain
from sanitizer.mysql.expressions.cell import Cell, Expression, Row, joins_key
from sanitizer.mysql.native import native_column
from sanitizer.mysql.writing import quote

EXPRESSIONS: dict[str, Expression] = {
    **plain.EXPRESSIONS,
    **people.EXPRESSIONS,
    **formats.EXPRESSIONS,
    **parts.EXPRESSIONS,
    **measures.EXPRESSIONS,
}


def masked(cell: Cell) -> str:
    """What the value becomes. Where nobody can say whether the condition holds, the value is masked."""
    if cell.rule.function.name == KEEP:
        return cell.value
    expression = EXPRESSIONS[cell.rule.function.name](cell)
    if cell.rule.where is None:
        return expression
    return f"CASE WHEN (\n{cell.rule.where}\n) IS FALSE THEN {cell.value} ELSE {expression} END"


def masked_column(row: Row, name: str) -> str:
    """What the column becomes."""
    return masked(Cell(quote(name), native_column(row.columns[name]), row.rules[name], row))


EXPRESSIONS.update(composed.expressions(masked))

__all__ = ["EXPRESSIONS", "Cell", "Row", "joins_key", "masked", "masked_column"]
