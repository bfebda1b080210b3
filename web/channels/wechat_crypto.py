"""The platform's signatures and its AES envelope ("WXBizMsgCrypt"), on ``cryptography``. Pure.

Signature: SHA-1 over the sorted, joined strings. Envelope: AES-256-CBC, key = Base64 of EncodingAESKey, IV = its first
16 bytes, PKCS#7 padding to 32 bytes; inside: 16 random bytes, length (4 bytes, network order), message, receive id.
Source: developers.weixin.qq.com, 消息加解密说明; developer.work.weixin.qq.com/document/path/90968.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 32
_HEAD_BYTES = 20
MAX_SKEW_S = 300


class RefusedError(Exception):
    """A request that is not the platform's, or not fresh; the text names the check that failed, never content."""


def signature(*parts: str) -> str:
    """Return the platform's (not our choice) signature of ``parts``: 40 hexadecimal digits."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Compare in constant time.

    :raises RefusedError: when the signature is another.
    """
    if not hmac.compare_digest(given.encode(), signature(*parts).encode()):
        raise RefusedError("signature")


def check_fresh(timestamp: str, now_s: float) -> None:
    """Check that a request was signed within ``MAX_SKEW_S`` seconds of now.

    :raises RefusedError: when it was not, or the timestamp is no number.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and abs(int(timestamp[:15]) - now_s) <= MAX_SKEW_S):
        raise RefusedError("timestamp")


class Envelope:
    """Encrypts and decrypts for one account.

    :param aes_key: EncodingAESKey, 43 characters.
    :param receive_id: AppID of an Official Account, CorpID of 企业微信.
    """

    def __init__(self, *, aes_key: str, receive_id: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        self._receive_id = receive_id.encode()

    def open(self, encrypted: str) -> bytes:
        """Return the message in an envelope.

        :raises RefusedError: when it is not Base64, not whole, wrongly padded or meant for another account.
        """
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise RefusedError("base64") from error
        if not sealed or len(sealed) % 16:
            raise RefusedError("length")
        decryptor = self._cipher().decryptor()
        plain = _unpadded(decryptor.update(sealed) + decryptor.finalize())
        if len(plain) < _HEAD_BYTES:
            raise RefusedError("length")
        (length,) = struct.unpack("!I", plain[16:_HEAD_BYTES])
        end = _HEAD_BYTES + length
        if end > len(plain):
            raise RefusedError("length")
        if not hmac.compare_digest(plain[end:], self._receive_id):
            raise RefusedError("receive id")
        return plain[_HEAD_BYTES:end]

    def seal(self, message: bytes) -> str:
        """Return ``message`` in an envelope, as Base64."""
        plain = secrets.token_bytes(16) + struct.pack("!I", len(message)) + message + self._receive_id
        pad = BLOCK_BYTES - len(plain) % BLOCK_BYTES
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _unpadded(padded: bytes) -> bytes:
    pad = padded[-1]
    if not 1 <= pad <= min(BLOCK_BYTES, len(padded)) or padded[-pad:] != bytes([pad]) * pad:
        raise RefusedError("padding")
    return padded[:-pad]
