"""Everything that can go wrong and that a caller may see.

AssistantError
├── SettingsError          a setting is missing or contradicts another
├── QueryError             the query is empty or too long
├── NotFoundError          no such reply, session, document, ticket, account or curated answer
├── ConflictError          the record's state does not allow what was asked
│   └── StaleVersionError  somebody else changed the record since it was read
├── IndexNotReadyError     the index is missing, broken or being built
│   └── IndexFailedError   it could neither be opened nor built: somebody must look
├── ChatModelError         the configured chat model failed (never reaches a visitor: the extractive answer does)
└── AccessError            a key or a login is unknown, revoked or over its limit
├── ForbiddenError     the role does not allow it
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


class ConflictError(AssistantError):
    """The record's state does not allow what was asked."""


class StaleVersionError(ConflictError):
    """Somebody else changed the record since it was read.

    :param found: the version that the caller saw.
    :param wanted: the version that is stored.
    """

    def __init__(self, *, found: int, wanted: int) -> None:
        super().__init__(f"found version {found}, wanted {wanted}: read the record again")
        self.wanted = wanted


class IndexNotReadyError(AssistantError):
    """The index is missing, broken, built with another embedding, or being built."""


class IndexFailedError(IndexNotReadyError):
    """The index could neither be opened nor built; waiting does not help."""


class ChatModelError(AssistantError):
    """The chat model failed, timed out or answered nothing usable."""


class AccessError(AssistantError):
    """An API key is unknown or revoked."""


class ForbiddenError(AccessError):
    """The role of whoever asks does not allow it."""


class RateLimitedError(AccessError):
    """Too many requests.

    :param retry_after_s: seconds until the next request will be served.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"found too many requests, try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
