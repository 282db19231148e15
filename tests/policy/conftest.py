"""The pack's inner package is imported as the pack imports it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "policy"))
