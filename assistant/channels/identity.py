"""Platform ids of visitors: a keyed hash to recognise them by, and a sealed form for answers that are sent later."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from assistant.errors import SettingsError

KEY_BYTES = 32


class Identity:
    """Hashes and seals.

    :param key: the installation's secret, at least 16 bytes. With another key every visitor is a stranger again.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise SettingsError(f"found a secret key of {len(key)} bytes, wanted 16 or more")
        self._hash_key = hmac.digest(key, b"visitor", "sha256")
        self._sealer = Fernet(base64.urlsafe_b64encode(hmac.digest(key, b"address", "sha256")))

    def visitor(self, door: str, platform_id: str) -> str:
        """Return 64 hexadecimal digits that stand for somebody at one door."""
        return hmac.digest(self._hash_key, f"{door}\n{platform_id}".encode(), "sha256").hex()

    def seal(self, platform_id: str) -> str:
        """Return the id in a form that only this installation can open."""
        return self._sealer.encrypt(platform_id.encode()).decode()

    def unseal(self, sealed: str) -> str | None:
        """Return the id, None when it was sealed with another key."""
        try:
            return self._sealer.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def load_key(setting: str, path: Path) -> bytes:
    """Return the installation's secret: the setting, or else the file at ``path``, made when it is missing.

    :raises SettingsError: when the file is too short to be a key.
    """
    if setting:
        return setting.encode()
    if not path.exists():
        _write_once(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise SettingsError(f"found {len(key)} bytes in {path}, wanted {KEY_BYTES}; delete it to make a new one")
    return key


def _write_once(path: Path, key: bytes) -> None:
    """Write beside and link: of several processes that start at once, one key wins and is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_bytes(key)
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
