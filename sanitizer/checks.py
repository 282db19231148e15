"""What verify found, and how often it looked."""

from sanitizer.errors import Finding


class Checks:
    """Counts the checks by kind while it makes them; and, by column, the rows that a condition left as they were.

    `unread` says of each view that was not searched whole why it was not.
    """

    def __init__(self) -> None:
        self.made: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.unread: list[str] = []
        self.findings: list[Finding] = []

    def expect(self, kind: str, violations: int, finding: Finding) -> None:
        """One check made; a finding if anything violates it."""
        self.made[kind] = self.made.get(kind, 0) + 1
        if violations:
            self.findings.append(finding._replace(problem=f"{violations} {finding.problem}"))

    def add(self, others: "Checks") -> None:
        """What others made besides."""
        for kind, made in others.made.items():
            self.made[kind] = self.made.get(kind, 0) + made
        self.left.update(others.left)
        self.unread += others.unread
        self.findings += others.findings
