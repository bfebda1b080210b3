"""Messages that we send by ourselves: the platforms' APIs, over httpx."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from assistant.channels.accounts import WechatAccount, WecomApp

TIMEOUT_S = 8.0
_TOKEN_MARGIN_S = 300
# The token ran out early or was replaced: worth one more try with a new one.
_TOKEN_ERRORS = frozenset({40001, 40014, 41001, 42001})
# Busy or over a per-minute limit: worth trying later. Every other code stays as it is however often it is tried.
_PASSING_ERRORS = frozenset({-1, 45009, 45011, 45033, 45047, 6000, 60020})


class SendError(Exception):
    """A message could not be sent; ``final`` when trying again cannot help. The text holds codes, never content."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


class Sender(Protocol):
    """Sends one text to one visitor."""

    def send(self, address: str, text: str) -> None:
        """Send.

        :raises SendError: when the platform did not take it.
        """


class _Api:
    """Calls with an access token that is fetched when needed and kept until shortly before it ends."""

    def __init__(self, *, client: httpx.Client, fetch: Callable[[], httpx.Response]) -> None:
        self._client = client
        self._fetch = fetch
        self._token = ""
        self._token_ends_s = 0.0

    def post(self, url: str, body: dict[str, Any]) -> None:
        code = self._post(url, body)
        if code in _TOKEN_ERRORS:
            self._token = ""
            code = self._post(url, body)
        if code != 0:
            raise SendError(f"errcode {code}", final=code not in _PASSING_ERRORS | _TOKEN_ERRORS)

    def _post(self, url: str, body: dict[str, Any]) -> int:
        # The platform shows \\uXXXX as it stands, so the body must be UTF-8 itself.
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        params = {"access_token": self._current_token()}
        found = _answer(lambda: self._client.post(url, params=params, content=content, headers=headers))
        return int(found.get("errcode", 0))

    def _current_token(self) -> str:
        if not self._token or time.monotonic() > self._token_ends_s:
            found = _answer(self._fetch)
            if not found.get("access_token"):
                raise SendError(f"no access token, errcode {found.get('errcode')}", final=False)
            self._token = str(found["access_token"])
            self._token_ends_s = time.monotonic() + float(found.get("expires_in", 7200)) - _TOKEN_MARGIN_S
        return self._token


def _answer(call: Callable[[], httpx.Response]) -> dict[str, Any]:
    try:
        found = call().raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise SendError(type(error).__name__, final=False) from error
    if not isinstance(found, dict):
        raise SendError("answer is no object", final=False)
    return found


class WechatSender:
    """Customer-service messages (客服消息) of an Official Account."""

    def __init__(self, *, account: WechatAccount, client: httpx.Client) -> None:
        self._account = account
        self._client = client
        self._api = _Api(client=client, fetch=self._fetch_token)

    def send(self, address: str, text: str) -> None:
        """See :class:`Sender`."""
        body = {"touser": address, "msgtype": "text", "text": {"content": text}}
        self._api.post(f"{self._account.api_base}/cgi-bin/message/custom/send", body)

    def _fetch_token(self) -> httpx.Response:
        # The stable token may be fetched by several workers without one ending the other's.
        secret = self._account.secret.get_secret_value() if self._account.secret else ""
        body = {"grant_type": "client_credential", "appid": self._account.app_id, "secret": secret}
        return self._client.post(f"{self._account.api_base}/cgi-bin/stable_token", json=body)


class WecomSender:
    """App messages of 企业微信; the platform itself drops a repeated one."""

    def __init__(self, *, app: WecomApp, client: httpx.Client) -> None:
        self._app = app
        self._client = client
        self._api = _Api(client=client, fetch=self._fetch_token)

    def send(self, address: str, text: str) -> None:
        """See :class:`Sender`."""
        kind = self._app.message_type
        body = {
            "touser": address, "msgtype": kind, "agentid": self._app.agent_id, kind: {"content": text},
            "enable_duplicate_check": 1, "duplicate_check_interval": 600,
        }  # fmt: skip
        self._api.post(f"{self._app.api_base}/cgi-bin/message/send", body)

    def _fetch_token(self) -> httpx.Response:
        secret = self._app.secret.get_secret_value() if self._app.secret else ""
        params = {"corpid": self._app.corp_id, "corpsecret": secret}
        return self._client.get(f"{self._app.api_base}/cgi-bin/gettoken", params=params)


def http_client() -> httpx.Client:
    """Return the client that senders share; no redirects, short timeouts."""
    return httpx.Client(timeout=TIMEOUT_S)
