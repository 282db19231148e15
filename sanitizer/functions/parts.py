"""Functions that keep a part of a text, or its form, and replace the rest."""

from sanitizer.functions.declaration import Example, Function, Parameter
from sanitizer.functions.parameters import PHRASE, TEXT, one_of, scalar, whole

CHARACTERS = Parameter("characters", whole(1, 100), "how many stay; a text that has no more is replaced altogether")
WITH = Parameter(
    "with",
    scalar(
        "one character",
        {"type": "string", "minLength": 1, "maxLength": 1},
        lambda word: word if len(word) == 1 else None,
    ),
    "what stands for each of the others",
    "*",
)

PARTS = (
    Function(
        "keep_first",
        meaning="the first characters stay, the others become `*`; NULL stays NULL",
        classification="quasi_identifier",
        takes="text",
        parameters=(CHARACTERS, WITH),
        deterministic=True,
        example=Example("{keep_first: 2}", "SW1A 1AA", "SW******"),
    ),
    Function(
        "keep_last",
        meaning="the last characters stay, the others become `*`; NULL stays NULL",
        classification="quasi_identifier",
        takes="text",
        parameters=(CHARACTERS, WITH),
        deterministic=True,
        example=Example("{keep_last: 4}", "4539578763621486", "************1486"),
    ),
    Function(
        "scramble",
        meaning="each digit becomes a digit, A to Z a capital letter, a to z and all beyond ASCII a small one, everything else stays; NULL stays NULL",
        classification="sensitive",
        takes="text",
        deterministic=True,
        keyed=True,
        recognised="by shape",
        example=Example("scramble", "AB-1234 (Bell)", "XO-7182 (Csdk)"),
    ),
    Function(
        "regex",
        meaning="what matches is replaced, everywhere in the text; a text without a match becomes NULL; NULL stays NULL",
        classification="sensitive",
        takes="text",
        parameters=(
            Parameter("match", PHRASE, "a regular expression of the database", shown=False),
            Parameter("replace", TEXT, r"what it becomes; \1 is the first group", shown=False),
            Parameter("otherwise", one_of(("set_null", "keep")), "what a text without a match becomes", "set_null"),
        ),
        deterministic=True,
        keeps_null=False,
        recognised="not",
        example=Example(r"{regex: {match: '\d', replace: '0'}}", "Box 4711", "Box 0000"),
    ),
    Function(
        "lorem",
        meaning="Latin of the same length; NULL stays NULL",
        classification="sensitive",
        takes="text",
        deterministic=True,
        keyed=True,
        example=Example("lorem", "Please call Ann Bell back.", "enim ad minim veniam, quis"),
    ),
)
LATIN = (
    "lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. "
    "ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. "
)
