"""The errors of ``index/``.

::

    IndexError_                 nothing here is a Python ``IndexError``
    ├── IndexMissingError       no generation has been built yet
    ├── IndexBrokenError        the current generation cannot be read, or is of another format
    ├── IndexBusyError          another process is building
    ├── EmbedderError           the embedding model cannot be loaded
    └── EmbedderMismatchError   the generation was built with another embedding model

Every message says what was found, what was wanted, and what to do.
"""

from __future__ import annotations

REBUILD = "run: python -m assistant index"


class IndexError_(Exception):  # noqa: N801, N818 - the trailing underscore keeps it apart from the builtin
    """Base of everything that ``index/`` raises on purpose."""


class IndexMissingError(IndexError_):
    """No generation has been built in this data folder."""


class IndexBrokenError(IndexError_):
    """The current generation is damaged, incomplete, or of another format version."""


class IndexBusyError(IndexError_):
    """Another process holds the build lock of this data folder."""


class EmbedderError(IndexError_):
    """The embedding model's folder is missing or is not what its configuration says."""


class EmbedderMismatchError(IndexError_):
    """The generation was built with one embedding model and is opened with another."""
