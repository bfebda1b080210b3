"""``python -m assistant``."""

from __future__ import annotations

import gc
import os

# Read by the numeric libraries when they are imported: a second thread for one question takes it from another's.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Importing makes some hundred thousand objects that stay; looking for garbage among them takes a third of the time.
gc.disable()
from assistant.cli import main  # noqa: E402

gc.freeze()
gc.enable()
main()
