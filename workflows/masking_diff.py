"""What a branch changes in masking/*.yaml, as the comment of its pull request: build/masking-diff.md."""

import sys
from fnmatch import fnmatch
from pathlib import Path

from sanitizer.diff import Source, compare_files
from sanitizer.diff_shown import markdown
from sanitizer.errors import EXIT_CODES, RulesMistaken
from workflows import changed
from workflows.changed import Change
from workflows.tools import fenced, summarize, write

FOLDER = "masking"


def main() -> int:
    """0, or the sanitizer's code for rules that are mistaken; the comment tells the mistakes."""
    base = changed.base()
    if base is None:
        sys.exit("BASE is needed: what the branch is compared with, as in make masking-diff BASE=origin/main")
    commit = changed.fork_point(base)
    rules = [each for each in changed.changes(commit, FOLDER) if (each.new or each.old or "").endswith(".yaml")]
    told = [_told(change, base, commit) for change in rules]
    parts = ["## Masking rules\n", *(part for part, _ in told)] if told else [f"No file in `{FOLDER}/` changed.\n"]
    stacks = [each.new or each.old or "" for each in changed.changes(commit) if _is_a_stack(each)]
    if stacks:
        parts.append(
            f"Read {', '.join(f'`{stack}`' for stack in stacks)}: which rules a database has (`masking`, `sql`) stands there.\n"
        )
    text = "\n".join(parts)
    write("masking-diff.md", text)
    summarize(text)
    sys.stdout.write(text)
    return max((code for _, code in told), default=0)


def _is_a_stack(change: Change) -> bool:
    return fnmatch(change.new or change.old or "", "Pulumi.*.yaml")


def _told(change: Change, base: str, commit: str) -> tuple[str, int]:
    old, new = change.old, change.new
    before = Source(f"{base}:{old}", lambda: changed.content(commit, str(old))) if old else None
    after = Source(new, lambda: Path(str(new)).read_bytes()) if new else None
    try:
        return markdown(compare_files(before, after)), 0
    except RulesMistaken as exc:
        return fenced("\n".join([exc.message, *map(str, exc.findings)])), EXIT_CODES[RulesMistaken]


if __name__ == "__main__":
    sys.exit(main())
