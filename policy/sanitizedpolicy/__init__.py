"""The policies of the pack. One sentence, one message, one test each."""

from sanitizedpolicy.graph import graph_keeps_them_apart
from sanitizedpolicy.groups import component_lists_are_disjoint, functions_carry_disjoint_lists
from sanitizedpolicy.inspected import isolation_was_inspected

POLICIES = [
    component_lists_are_disjoint,
    functions_carry_disjoint_lists,
    graph_keeps_them_apart,
    isolation_was_inspected,
]
