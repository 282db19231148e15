"""What may never be deployed, from the policies themselves."""

import importlib
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pulumi_policy import StackValidationPolicy

POLICY = Path(__file__).parents[2] / "policy"
ENFORCING = """\
```console
$ python3 -m venv policy/.venv && policy/.venv/bin/pip install --require-hashes --no-deps -r policy/requirements.txt
$ pulumi preview --policy-pack policy --policy-pack-config policy/config.prod.json
$ pulumi up --policy-pack policy --policy-pack-config policy/config.prod.json
```

In another program name the pack by its path (`--policy-pack ../sanitized-snapshots/policy`), or publish it once (`pulumi policy publish <organisation>`) and
enable it for the stacks of an organisation. Every policy is mandatory: a finding stops the preview, and the deployment. A configuration file gives options to a
policy by its name, and `enforcementLevel` (`advisory`, `mandatory`, `disabled`) to those that are to have another; `policy/config.prod.json` is a worked
example. An option that a policy does not have is a finding.

What is only known after deployment is no finding, what is missing is one. Policies that judge *each resource* do so before it is made or changed, with
what is known by then; those that judge *the whole stack* do so at the end of a preview and of a deployment, and also see what is made from what, so that a
first preview finds what it cannot name yet. No message holds a secret.\
"""


def page() -> str:
    """Every policy, by subject."""
    subjects = _pack().SUBJECTS
    lines = [
        "# Policies",
        "",
        "Generated from `policy/sanitizedpolicy` (`make docs`). A policy pack says what may never be deployed, on this program and on others: those that are",
        "about sanitized snapshots keep silent where there are none.",
        "",
        *ENFORCING.splitlines(),
        "",
        "| policy | severity | what it promises |",
        "|---|---|---|",
        *(
            f"| [`{each.name}`](#{each.name}) | {each.severity.value} | {each.description} |"
            for each in itertools.chain.from_iterable(subjects.values())
        ),
    ]
    for subject, told in subjects.items():
        lines += ["", f"## {subject}"]
        for each in told:
            lines += ["", *_policy(each.told, together=isinstance(each, StackValidationPolicy))]
    return "\n".join([*lines, ""])


def _pack() -> Any:
    """The pack's inner package, found as the pack finds it."""
    folder = str(POLICY)
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("sanitizedpolicy")


def _policy(told: Any, *, together: bool) -> Iterator[str]:
    yield from (f"### {told.name}", "", told.sentence, "")
    yield f"- severity: {told.severity.value}; judges {'the whole stack' if together else 'each resource'}"
    yield f"- looks at {', '.join(f'`{each}`' for each in told.types)}"
    for name, option in told.config.items():
        yield f"- option `{name}` ({option['type']}, default `{json.dumps(option['default'])}`): {option['description']}"
    yield f"- what to do: {told.remedy}."
