"""One comment of a pull request that is always current: what the other targets left in build/*.md, in place of the last one."""

import json
import os
import sys

from workflows.tools import BUILD, call

MARKER = "<!-- sanitized-snapshots: this comment is written anew by every run -->"
PARTS = ("masking-diff.md", "preview-*.md")
LIMIT_CHARACTERS = 65_000  # GitHub takes 65,536
CUT = "\n\nCut here: the page of the run has the rest.\n"
OURS = f'.[] | select(.user.type == "Bot" and (.body | startswith({json.dumps(MARKER)}))) | .id'


def main() -> int:
    """0; ends with gh's words when it refuses."""
    missing = [name for name in ("GITHUB_REPOSITORY", "PULL_REQUEST", "GH_TOKEN") if not os.environ.get(name)]
    if missing:
        sys.exit(
            f"{', '.join(missing)} must be set: the repository, the pull request's number, a token that may comment"
        )
    issues = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    parts = [path.read_text() for pattern in PARTS for path in sorted(BUILD.glob(pattern))]
    if not parts:
        sys.exit("build/ holds nothing to say: make masking-diff or make preview first")
    given = json.dumps({"body": body(parts)}).encode()
    comments = f"{issues}/{os.environ['PULL_REQUEST']}/comments"
    found = call("gh", "api", "--paginate", comments, "--jq", OURS).decode().split()
    place = ["--method", "PATCH", f"{issues}/comments/{found[0]}"] if found else ["--method", "POST", comments]
    call("gh", "api", *place, "--input", "-", given=given)
    return 0


def body(parts: list[str]) -> str:
    """The comment; each part has the same room, and is cut where it needs more."""
    room = (LIMIT_CHARACTERS - len(MARKER)) // len(parts) - len(CUT)
    return "\n".join([MARKER, *(part if len(part) <= room else _cut(part, room) for part in parts)])


def _cut(part: str, room: int) -> str:
    """Whole lines only; a block that is open at the cut is closed."""
    lines = part[: room - 20].splitlines()[:-1]
    fences = [line for line in lines if line.startswith("```")]
    closing = [fences[-1].rstrip("abcdefghijklmnopqrstuvwxyz")] if len(fences) % 2 else []
    closing += ["</details>"] if "<details>" in part else []
    return "\n".join([*lines, *closing]) + CUT


if __name__ == "__main__":
    sys.exit(main())
