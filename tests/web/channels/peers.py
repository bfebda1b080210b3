"""The sending side, on wechatpy and not on our own code: what the platforms would post, and what they read back."""

from __future__ import annotations

import hashlib
import itertools
import time
from dataclasses import dataclass, field

import httpx
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto
from wechatpy.utils import WeChatSigner

TOKEN = "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx2c2769f8efd9abc2"
CORP_ID = "wx5823bf96d3bd56c7"
OPEN_ID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
RECEIVER = "gh_10f6c3c3ac5a"

_numbers = itertools.count(6054768590064713728)


def text_xml(content: str, *, sender: str = OPEN_ID, msg_id: int | None = None) -> str:
    """Return a text message in the form that the platform documents."""
    return f"""<xml>
  <ToUserName><![CDATA[{RECEIVER}]]></ToUserName>
  <FromUserName><![CDATA[{sender}]]></FromUserName>
  <CreateTime>{int(time.time())}</CreateTime>
  <MsgType><![CDATA[text]]></MsgType>
  <Content><![CDATA[{content}]]></Content>
  <MsgId>{msg_id or next(_numbers)}</MsgId>
</xml>"""


def other_xml(fields: str, *, sender: str = OPEN_ID, created: int | None = None) -> str:
    """Return a message with the given inner fields."""
    return (
        f"<xml><ToUserName><![CDATA[{RECEIVER}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{created or int(time.time())}</CreateTime>{fields}</xml>"
    )


def plain_signature(timestamp: str, nonce: str, token: str = TOKEN) -> str:
    """Return the signature as the documents describe it."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce])).encode()).hexdigest()


@dataclass
class Platform:
    """Posts messages to one callback and reads the passive replies."""

    client: httpx.Client
    path: str
    mode: str = "plain"  # plain | compatible | safe | wecom
    nonces: itertools.count[int] = field(default_factory=lambda: itertools.count(1372623149))

    def request(
        self, xml: str, *, timestamp: int | None = None, nonce: str | None = None
    ) -> tuple[dict[str, str], bytes]:
        """Return the query parameters and the body of one delivery."""
        stamp = str(timestamp or int(time.time()))
        nonce = nonce or str(next(self.nonces))
        if self.mode == "plain":
            return {"signature": plain_signature(stamp, nonce), "timestamp": stamp, "nonce": nonce}, xml.encode()
        sealed = xmltodict.parse(self.crypto().encrypt_message(xml, nonce, stamp))["xml"]
        params = {"msg_signature": sealed["MsgSignature"], "timestamp": stamp, "nonce": nonce}
        body = f"<xml><ToUserName><![CDATA[{RECEIVER}]]></ToUserName><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
        if self.mode == "wecom":
            return params, body.encode()
        params |= {"signature": plain_signature(stamp, nonce), "encrypt_type": "aes"}
        if self.mode == "compatible":
            body = xml.replace("</xml>", f"<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>")
        return params, body.encode()

    def post(self, xml: str, **values: object) -> httpx.Response:
        """Deliver a message once."""
        params, body = self.request(xml, **values)  # type: ignore[arg-type]
        return self.deliver(params, body)

    def deliver(self, params: dict[str, str], body: bytes) -> httpx.Response:
        """Deliver a prepared request."""
        return self.client.post(self.path, params=params, content=body, headers={"Content-Type": "text/xml"})

    def ask(self, content: str, *, sender: str = OPEN_ID, msg_id: int | None = None) -> str:
        """Deliver a text message and return the text of the passive reply; empty when there is none."""
        return self.read(self.post(text_xml(content, sender=sender, msg_id=msg_id)))

    def read(self, response: httpx.Response) -> str:
        """Return the text of a passive reply."""
        assert response.status_code == 200, response.text
        if response.text in ("success", ""):
            return ""
        found = xmltodict.parse(response.text)["xml"]
        if self.mode != "plain":
            signed = (found["MsgSignature"], found["TimeStamp"], found["Nonce"])
            found = xmltodict.parse(self.crypto().decrypt_message(response.text, *signed))["xml"]
        assert found["MsgType"] == "text"
        assert found["FromUserName"] == RECEIVER
        return str(found["Content"])

    def crypto(self) -> WeChatCrypto | WecomCrypto:
        """Return wechatpy's envelope."""
        if self.mode == "wecom":
            return WecomCrypto(TOKEN, AES_KEY, CORP_ID)
        return WeChatCrypto(TOKEN, AES_KEY, APP_ID)


def signer(*parts: str) -> str:
    """Return wechatpy's signature."""
    made = WeChatSigner()
    made.add_data(*parts)
    return str(made.signature)
