"""Everything that can go wrong and that a caller may see.

    AssistantError
    ├── SettingsError          a setting is missing or contradicts another
    ├── QueryError             the query is empty or too long
    ├── NotFoundError          no such reply, session or document
    ├── IndexNotReadyError     the index is missing, broken or being built
    ├── ChatModelError         the configured chat model failed (never reaches a visitor: the extractive answer does)
    └── AccessError            a key is unknown, revoked or over its limit
        └── RateLimitedError
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of every public error of the assistant."""


class SettingsError(AssistantError):
    """A setting is missing or contradicts another."""


class QueryError(AssistantError):
    """The query is empty or longer than allowed."""


class NotFoundError(AssistantError):
    """There is no reply, session or document of that id."""


class IndexNotReadyError(AssistantError):
    """The index is missing, broken, built with another embedding, or being built."""


class ChatModelError(AssistantError):
    """The chat model failed, timed out or answered nothing usable."""


class AccessError(AssistantError):
    """An API key is unknown or revoked."""


class RateLimitedError(AccessError):
    """Too many requests.

    :param retry_after_s: seconds until the next request will be served.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"found too many requests, try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
