"""The page on reports: every field, from the schema."""

from collections.abc import Iterator

from docs.pages.report_schema import Schema, schema

HEAD = """# The report

<!-- Written by `make docs`. -->

The sanitizer writes a report only when every check has passed; without it no snapshot is taken and nothing is shared. It holds names and counts, never a value of a row.
`reports/<database>/<run_id>/report.json` in the stack's bucket; its SHA-256 and its signature are tags of the snapshot (`sanitized-snapshots:report-sha256`, `sanitized-snapshots:report-signature`) and stand in the announcement, for tags do not show in other accounts.
`report.html` beside it says the same to people: one page, made from the JSON alone, which loads nothing and runs nothing.
[report.schema.json](report.schema.json) is its JSON Schema. Fields may be added under the same number; where one changes its meaning, `schema` gets another.

## Its signature

The SHA-256 is signed with the stack's key (`pulumi stack output signingKey`; ECC_NIST_P256, ECDSA_SHA_256, the message a digest). Only the sanitizers' roles may sign; the run asks KMS whether they did before it takes, copies, shares or announces a snapshot, and compares the report's `rules_sha256` with the digest under which the rules were deployed, so whoever can only write to the bucket proves nothing. `report.signature` beside the report holds the signature (base64, DER).
Whoever is given a report checks it with what the owner has given out once, the key's public half:

```
aws kms get-public-key --key-id "$(pulumi stack output signingKey)" --output text --query PublicKey \\
    | base64 -d | openssl pkey -pubin -inform DER -out reports.pem          # the owner, once
python -m sanitizer verify-report report.json --public-key reports.pem      # needs `openssl`, and no AWS
python -m sanitizer verify-report report.json --key-arn arn:aws:kms:...     # asks KMS: kms:Verify
base64 -d report.signature > report.der                                     # without this program
openssl dgst -sha256 -verify reports.pem -signature report.der report.json
```

Exit codes: 0 the report is what was signed; 4 it is not; 2 and 13 nobody knows.

## Its fields

| field | means |
|---|---|
"""


def page() -> str:
    """The page."""
    return HEAD + "".join(f"| `{field}` | {meaning} |\n" for field, meaning in _fields(schema(), ""))


def _fields(told: Schema, path: str) -> Iterator[tuple[str, str]]:
    for name, field in told.get("properties", {}).items():
        yield from _field(field, f"{path}.{name}".lstrip("."))
    for suffix, inner in ((".*", told.get("additionalProperties")), ("[]", told.get("items"))):
        if inner:
            yield from _field(inner, path + suffix)


def _field(field: Schema, path: str) -> Iterator[tuple[str, str]]:
    if field.get("description"):
        yield path, field["description"]
    yield from _fields(field, path)
