"""Official Accounts and WeCom apps as the settings name them."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

WECHAT_API = "https://api.weixin.qq.com"
WECOM_API = "https://qyapi.weixin.qq.com"


def _aes_key(value: SecretStr) -> SecretStr:
    """Check for 43 characters of Base64, the platform's form of 32 bytes without the last ``=``."""
    try:
        found = len(base64.b64decode(value.get_secret_value() + "=", validate=True))
    except binascii.Error:
        found = 0
    if len(value.get_secret_value()) != 43 or found != 32:
        raise ValueError(
            "found an EncodingAESKey that is not 43 characters of Base64, copy it from the platform's page"
        )
    return value


AesKey = Annotated[SecretStr, AfterValidator(_aes_key)]
Token = Annotated[SecretStr, Field(min_length=3)]


class WechatAccount(BaseModel):
    """An Official Account; with ``aes_key`` every message must be encrypted (compatible and safe mode)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: Annotated[str, Field(min_length=1)]
    token: Token
    aes_key: AesKey | None = None
    secret: SecretStr | None = None
    customer_service: bool = False
    api_base: str = WECHAT_API

    @model_validator(mode="after")
    def _sending_needs_secret(self) -> Self:
        if self.customer_service and self.secret is None:
            raise ValueError("found customer_service without secret; messages are sent with the account's AppSecret")
        return self


class WecomApp(BaseModel):
    """An app of 企业微信; always encrypted. With ``secret`` it may send messages by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    corp_id: Annotated[str, Field(min_length=1)]
    agent_id: int
    token: Token
    aes_key: AesKey
    secret: SecretStr | None = None
    message_type: Literal["text", "markdown"] = "text"
    api_base: str = WECOM_API

    @model_validator(mode="after")
    def _markdown_is_sent(self) -> Self:
        if self.message_type == "markdown" and self.secret is None:
            raise ValueError("found message_type markdown without secret; passive replies of 企业微信 are text only")
        return self
