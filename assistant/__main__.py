"""``python -m assistant``."""

from __future__ import annotations

import gc

# Importing makes some hundred thousand objects that stay; looking for garbage among them takes a third of the time.
gc.disable()
from assistant.cli import main  # noqa: E402

gc.freeze()
gc.enable()
main()
