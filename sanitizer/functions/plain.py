"""Functions that say what a column becomes without looking like anything: keep, clear, replace, hash."""

from sanitizer.functions.declaration import Example, Function, Parameter
from sanitizer.functions.parameters import DOMAIN, PHRASE, SQL, TEXT

KEEP, SET_NULL, FIXED, EMAIL, HASH, EXPRESSION = "keep", "set_null", "fixed", "email", "hash", "sql"
EMAIL_LOCAL_PART = 20

PLAIN = (
    Function(
        KEEP,
        meaning="the value stays as it is",
        classification="none",
        parameters=(Parameter("reason", PHRASE, "why it may be shared", default=None, shown=False),),
        deterministic=True,
        unique=True,
    ),
    Function(
        SET_NULL,
        meaning="every row becomes NULL",
        classification="sensitive",
        unique=True,
        keeps_null=False,
        example=Example("set_null", "anything", None),
    ),
    Function(
        FIXED,
        meaning="every row gets the given value: `{fixed: value}`",
        classification="secret",
        parameters=(Parameter("value", TEXT, "the value, of the column's type", shown=False),),
        keeps_null=False,
        length=lambda arguments: len(arguments["value"]),
        example=Example("{fixed: disabled}", "sk_live_51H7", "disabled"),
    ),
    Function(
        HASH,
        meaning="32 hexadecimal digits of the keyed hash; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        deterministic=True,
        keyed=True,
        unique=True,
        output_characters=32,
        example=Example("hash", "Ann Bell", "cd17807de9d1296a4cf800dcb322a483"),
    ),
    Function(
        EMAIL,
        meaning="20 hexadecimal digits of the keyed hash at example.com, which never receives mail; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        parameters=(
            Parameter(
                "domain",
                DOMAIN,
                "another domain: take one of your own or a reserved one, where mail reaches no stranger",
                "example.com",
            ),
        ),
        deterministic=True,
        keyed=True,
        unique=True,
        output_characters=32,
        length=lambda arguments: EMAIL_LOCAL_PART + 1 + len(arguments["domain"]),
        example=Example("email", "ann.bell@posteo.de", "a54bbe8afc7d5618b49b@example.com"),
    ),
    Function(
        EXPRESSION,
        meaning="the given SQL expression; `{column}` in it is the value. What it writes is nobody's promise but its reviewer's",
        classification="sensitive",
        parameters=(Parameter("expression", SQL, "an expression over the row as it was", shown=False),),
        keeps_null=False,
        recognised="not",
        example=Example('{sql: "upper(left({column}, 1))"}', "Ann Bell", "A"),
    ),
)
