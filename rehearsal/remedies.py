"""What to do about an error of a run: the words of the runbook."""

import re

from handlers import errors, sanitizing


def remedy(error: str, cause: str) -> str:
    """What to do about the error of that name; where the sanitizer ended with a code of its own, about that."""
    code = re.search(r"the sanitizer ended with (\d+)", cause)
    known = sanitizing.MEANINGS.get(int(code[1])) if code else None
    return (known or errors.remedy(error)).todo
