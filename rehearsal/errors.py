"""What goes wrong in a rehearsal.

RehearsalError
├── AwsError        the emulated AWS refuses, as AWS would
└── ServerError     a real database server could not be started, reached or copied
"""


class RehearsalError(Exception):
    """A rehearsal cannot go on."""


class AwsError(RehearsalError):
    """The emulated AWS refuses a call; `code` is the error's name on the wire."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class ServerError(RehearsalError):
    """A real database server could not be started, reached or copied."""
