"""A real browser, where one is installed: Chromium without a window."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
ABSENT = "chromium is not installed"  # as tests say that skip themselves
ABSENCE = "no Chromium is installed here; on Debian and Ubuntu: apt-get install chromium"


def chromium() -> str | None:
    """The browser's command."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def browse(page: Path, folder: Path, *options: str, size: Sequence[int] = (1200, 1600)) -> str:
    """What the browser writes to its standard output about a page; it may reach no network."""
    command = chromium()
    assert command is not None, ABSENCE
    fixed = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    fixed += [f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND"]
    told = [command, *fixed, f"--window-size={size[0]},{size[1]}", *options, page.as_uri()]
    environment = {**os.environ, "HOME": str(folder)}
    ran = subprocess.run(told, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
