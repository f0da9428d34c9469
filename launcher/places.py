"""Where things are kept."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Everything that a command leaves behind, besides the virtual environment; may be deleted at any time.
STATE = Path(os.environ.get("NB_STATE") or ROOT / ".local").resolve()
ENVIRONMENT = ROOT / ".venv"
WINDOWS = os.name == "nt"
