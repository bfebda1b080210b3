"""Passwords and one-time tokens: Argon2id for what people choose, SHA-256 for what we draw at random."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assistant.desk import messages
from assistant.errors import QueryError

MIN_CHARS, MAX_CHARS = 10, 128
_FEWEST_DIFFERENT = 5


class Passwords:
    """Hashes and checks passwords.

    :param hasher: Argon2id with the library's recommended cost unless given.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str, *, name: str) -> str:
        """Return the hash of a new password of the account ``name``.

        :raises QueryError: when it is too short, too long, too even, or the name itself.
        """
        if not MIN_CHARS <= len(password) <= MAX_CHARS:
            raise QueryError(messages.password_length(MIN_CHARS, MAX_CHARS))
        if len(set(password)) < _FEWEST_DIFFERENT or name.lower() in password.lower():
            raise QueryError(messages.PASSWORD_TOO_EASY)
        return self._hasher.hash(password)

    def fits(self, password: str, stored: str | None) -> bool:
        """Return whether ``password`` is the stored one; takes as long when nothing is stored."""
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token; it is random, so a plain hash says nothing about it."""
    return hashlib.sha256(token.encode()).hexdigest()
