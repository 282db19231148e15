"""What a branch changes: told in the comment of its pull request, and in the stacks that it deploys."""

import json
from pathlib import Path

import pytest

from docs.pages import pull_request_comment
from tests.workflows.conftest import Repository


def test_a_change_of_the_rules_becomes_the_comment(repository: Repository, tmp_path: Path) -> None:
    """A real change of a rules file, `make masking-diff`, and what the reviewer reads; main's own changes are not in it."""
    repository.edit("masking/shop.yaml", "phone: {phone: FR}", "phone: keep")
    repository.edit("masking/shop.yaml", "('smtp_host', 'webhook_url')", "('smtp_host')")
    repository.commit("a change")
    repository.git("checkout", "--quiet", "main")
    repository.edit("masking/orders.yaml", "phone: {phone: DE}", "phone: hash")
    repository.commit("meanwhile")
    repository.git("checkout", "--quiet", "change")
    done = repository.make("masking-diff", BASE="main", GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    assert (done.code, done.error) == (0, "")
    comment = """\
## Masking rules

### `main:masking/shop.yaml → masking/shop.yaml`

**1 newly kept**: readable in every sanitized snapshot from now on. SQL statements changed: read them, no rule says what they keep.

| | where | before | after | an invented value | was read as | is read as |
|---|---|---|---|---|---|---|
| **newly kept** | **`shop public.customers.phone`** | **`{phone: FR}`** | **`keep`** | **`+44 20 7946 1234`** | **`+44 7700 900195 (for example by {phone: GB})`** | **`+44 20 7946 1234`** |

**Statements of `shop sql.after`**

```diff
-UPDATE public.settings SET value = 'disabled' WHERE key IN ('smtp_host', 'webhook_url');
+UPDATE public.settings SET value = 'disabled' WHERE key IN ('smtp_host');
```
"""
    assert done.out == comment
    assert (repository.path / "build/masking-diff.md").read_text() == comment
    assert (tmp_path / "summary").read_text() == comment


def test_the_comment_that_the_page_shows_has_a_change_of_each_kind() -> None:
    """The invented change still changes the shop's rules: a generated page that shows nothing would be current too."""
    shown = pull_request_comment.page()
    for part in ("| **newly kept** |", "| masked differently |", "| added |", "```diff"):
        assert part in shown


def test_a_stack_that_may_name_other_rules_is_named(repository: Repository) -> None:
    """Which rules a database has stands in its stack's file: the comment does not keep quiet about that."""
    repository.edit("Pulumi.prod.yaml", "masking/orders.yaml", "masking/shop.yaml")
    repository.commit("other rules")
    told = repository.make("masking-diff", BASE="main").out
    assert told.startswith("No file in `masking/` changed.")
    assert "Read `Pulumi.prod.yaml`" in told


def test_new_moved_and_removed_rules_files_are_told(repository: Repository) -> None:
    """A file that nobody committed yet is new; one that only moved changes nothing; one that went is all removed."""
    repository.git("mv", "masking/orders.yaml", "masking/sales.yaml")
    repository.commit("moved")
    repository.write("masking/new.yaml", "databases: {hr: {tables: {public.people: {name: keep}}}}\n")
    (repository.path / "masking/shop.yaml").unlink()
    told = repository.make("masking-diff", BASE="main").out
    assert "### `main:masking/orders.yaml → masking/sales.yaml`\n\nNo rule changed.\n" in told
    assert "| **newly kept** | **`hr public.people.name`** |" in told
    assert "| removed | `crm` |" in told
    assert "| removed | `shop` |" in told


def test_mistakes_in_rules_are_in_the_comment_and_fail(repository: Repository) -> None:
    """Every mistake with its line; make fails (the sanitizer's 10), the comment is written all the same."""
    repository.edit("masking/shop.yaml", "phone: {phone: FR}", "phone: nul")
    repository.edit("masking/orders.yaml", "locale: keep", "locale: kep")
    done = repository.make("masking-diff", BASE="main")
    assert done.code == 2  # make's own
    assert "Error 10" in done.error
    written = (repository.path / "build/masking-diff.md").read_text()
    assert "masking/shop.yaml:11: databases.shop.tables.public.customers.phone: `nul` is no masking function" in written
    assert "`kep` is no masking function" in written


def test_a_branch_without_changes_says_so(repository: Repository) -> None:
    """No rules file changed: one sentence; a BASE that is not there is told with git's words."""
    assert repository.make("masking-diff", BASE="main").out == "No file in `masking/` changed.\n"
    done = repository.make("masking-diff", BASE="origin/none")
    assert done.code != 0
    assert "origin/none" in done.error
    assert "BASE is needed" in repository.make("masking-diff", BASE="").error


@pytest.mark.parametrize(
    ("changed", "stacks"),
    [
        ([], []),
        (["Pulumi.prod.yaml"], ["prod"]),
        (["Pulumi.local.yaml"], []),
        (["masking/orders.yaml"], ["prod"]),
        (["masking/shop.yaml"], ["qa"]),
        (["masking/unused.yaml"], []),
        (["policy/config.qa.json"], ["qa"]),
        (["policy/config.none.json"], []),
        (["components/task.py"], ["prod", "qa"]),
        (["handlers/plan.py"], ["prod", "qa"]),
        (["a-new-room/module.py"], ["prod", "qa"]),
        (["requirements.txt"], ["prod", "qa"]),
        (["Pulumi.yaml"], ["prod", "qa"]),
        (["README.md", "docs/operations.md", "tests/test_pages.py", "requirements-dev.txt", ".github/x.yml"], []),
        (["README.md", "masking/shop.yaml", "Pulumi.prod.yaml"], ["prod", "qa"]),
    ],
)
def test_the_stacks_that_a_change_deploys(repository: Repository, changed: list[str], stacks: list[str]) -> None:
    """A stack's own answers and rules touch it alone; code touches all; words and tests none; what is unknown, all."""
    repository.git("checkout", "--quiet", "main")
    qa = (repository.path / "Pulumi.prod.yaml").read_text().replace("masking/orders.yaml", "./masking/shop.yaml")
    repository.write("Pulumi.qa.yaml", qa)
    repository.commit("a second stack")
    repository.git("checkout", "--quiet", "-B", "change")
    for file in changed:
        repository.write(file)
    if changed:
        repository.commit("a change")
    done = repository.make("stacks", BASE="main", GITHUB_OUTPUT=str(repository.programs / "output"))
    assert (done.code, done.error) == (0, "")
    assert json.loads(done.out) == stacks
    assert (repository.programs / "output").read_text() == f"stacks={json.dumps(stacks)}\n"


def test_every_stack_where_there_is_nothing_to_compare_with(repository: Repository) -> None:
    """A start by hand has no BASE, a branch's first push one of zeros; a stack that was removed is not deployed."""
    repository.write("Pulumi.qa.yaml", "config: {}\n")
    repository.commit("a second stack")
    for base in ("", "0" * 40):
        assert repository.make("stacks", BASE=base).out == '["prod", "qa"]\n'
    (repository.path / "Pulumi.prod.yaml").unlink()
    repository.commit("gone")
    assert repository.make("stacks", BASE="main").out == '["qa"]\n'
    repository.write("Pulumi.$(reboot).yaml", "config: {}\n")
    assert "a stack's name holds" in repository.make("stacks", BASE="main").error


@pytest.mark.parametrize(
    "base", ["$(shell touch planted)", "main; touch planted", "`touch planted`", "--output=planted"]
)
def test_a_branch_name_is_never_run(repository: Repository, base: str) -> None:
    """What comes by environment is text to make, to the shell and to git, whoever chose it."""
    for target in ("stacks", "masking-diff"):
        assert repository.make(target, BASE=base).code != 0
    assert repository.make("preview", STACK=base).code != 0
    assert repository.make("image", IMAGE=base).code != 0
    assert not (repository.path / "planted").exists()
