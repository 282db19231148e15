"""Functions made of other values or other rules: choices, templates, elements of arrays, paths of JSON."""

from sanitizer.functions.declaration import Arguments, Example, Function, Parameter
from sanitizer.functions.nested import NESTED, PATHS
from sanitizer.functions.parameters import CHOICES, TEMPLATE


def _longest_choice(arguments: Arguments) -> int:
    return max(len(choice.value) for choice in arguments["choices"])


COMPOSED = (
    Function(
        "choice",
        meaning="one of the given values, drawn by the keyed hash; NULL stays NULL",
        classification="quasi_identifier",
        parameters=(Parameter("choices", CHOICES, "the values", shown=False),),
        deterministic=True,
        keyed=True,
        length=_longest_choice,
        example=Example("{choice: {north: 3, south: 1}}", "Yorkshire", "north"),
    ),
    Function(
        "template",
        meaning="a text made of other columns of the row, as they are after masking; cut to what the column holds; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        parameters=(Parameter("text", TEMPLATE, "columns stand in braces", shown=False),),
    ),
    Function(
        "each",
        meaning="each element of an array by the rule of its own; NULL stays NULL",
        classification="sensitive",
        takes="array",
        parameters=(Parameter("rule", NESTED, "what an element becomes"),),
        deterministic=True,
        keyed=True,
        example=Example("{each: first_name}", "{Ann,Bob}", "{Cheryl,Kelsey}", "text[]"),
    ),
    Function(
        "json",
        meaning="each path by a rule of its own; keys that no path names stop the run, or `unlisted: keep` or `unlisted: set_null`; keys themselves stay",
        classification="sensitive",
        takes="json",
        parameters=(Parameter("paths", PATHS, "`$.key`, `$.key.inner`, `$.list[*].key`"),),
        deterministic=True,
        keyed=True,
        example=Example(
            "{json: {$.phone: phone, $.tags: keep, unlisted: set_null}}",
            '{"tags": ["new"], "phone": "07946 123456", "note": "call Ann"}',
            '{"note": null, "tags": ["new"], "phone": "+1 242-555-0121"}',
            "jsonb",
        ),
    ),
)
