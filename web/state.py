"""What the running server holds: the parts, and the assistant once its index is open."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from assistant.errors import IndexFailedError, IndexNotReadyError
from assistant.indexes import Progress
from assistant.service import Assistant
from assistant.wiring import Components
from web.helpers import Answering
from web.metrics import Metrics

log = structlog.get_logger(__name__)


class State:
    """Starts at once and becomes ready when the index is; requests before that are told to come back.

    :ivar answering: who answers whole questions.
    :param when_prepared: called once, when the index is open or has failed to open.
    """

    def __init__(
        self,
        *,
        components: Components,
        progress: Progress | None = None,
        when_prepared: Callable[[], None] = lambda: None,
    ) -> None:
        self.components = components
        self.settings = components.settings
        self.metrics = Metrics()
        self.answering = Answering(self.settings)
        self._progress = progress
        self._when_prepared = when_prepared
        self._assistant: Assistant | None = None
        self._failure: str | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open or build the index in the background."""
        self._thread = threading.Thread(target=self._prepare, name="prepare-index", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when the index is open or has failed to open."""
        if self._thread is not None:
            self._thread.join()

    def _prepare(self) -> None:
        try:
            self.components.indexes.ensure(self._progress)
            self._assistant = self.components.assistant()
            # Ready already; but who asks first should not wait for what all can share.
            self.components.indexes.retriever().warm()
            self._assistant.warm()
        except Exception as error:  # noqa: BLE001 - the last stop of a thread: readiness reports it
            self._failure = f"{type(error).__name__}: {error}"
            log.error("index not ready", error=self._failure)
        finally:
            self._when_prepared()

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
        return self._assistant is not None

    @property
    def assistant(self) -> Assistant:
        """The assistant.

        :raises IndexNotReadyError: while the index loads.
        :raises IndexFailedError: when it could neither be opened nor built; says why.
        """
        if self._assistant is not None:
            return self._assistant
        if self._failure is not None:
            raise IndexFailedError(f"{self._failure}; run: python -m assistant index, then restart")
        raise IndexNotReadyError("the index is loading, try again in some seconds")
