"""`pulumi preview` and `pulumi up` of one stack, the policy pack enforced; a preview goes to build/preview-STACK.md too."""

import os
import sys
from pathlib import Path

from workflows.stacks import stacks
from workflows.tools import fenced, follow, summarize, write

PACK = "policy"
ACTIONS = {"preview": ("--diff",), "up": ("--yes",)}
LINES_SHOWN = 400


def main(action: str) -> int:
    """Pulumi's exit code."""
    stack = os.environ.get("STACK", "")
    if stack not in stacks(Path()):
        sys.exit(f"STACK is {stack or 'needed'}; stacks here: {', '.join(stacks(Path()))}. make {action} STACK=...")
    code, said = follow(*command(action, stack))
    if action == "preview":
        text = page(stack, code, said)
        write(f"preview-{stack}.md", text)
        summarize(text)
    return code


def command(action: str, stack: str) -> list[str]:
    """The command line; the policy pack gets the stack's own settings where there are any."""
    settings = Path(PACK) / f"config.{stack}.json"
    pack = ["--policy-pack", PACK, *(["--policy-pack-config", str(settings)] if settings.exists() else [])]
    return ["pulumi", action, "--stack", stack, "--non-interactive", "--color", "never", *ACTIONS[action], *pack]


def page(stack: str, code: int, said: str) -> str:
    """The preview in Markdown: its end, where the counts and the policies are, if it is long."""
    lines = said.splitlines()
    verdict = "ready to deploy" if code == 0 else f"**FAILED** (exit code {code})"
    cut = (
        f"The last {LINES_SHOWN} of {len(lines)} lines; the log of the job has them all.\n"
        if len(lines) > LINES_SHOWN
        else ""
    )
    block = fenced("\n".join(lines[-LINES_SHOWN:]))
    return f"## Stack `{stack}`: {verdict}\n\n{cut}<details><summary>pulumi preview</summary>\n\n{block}\n</details>\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
