"""The settings, read once from the environment (and ``.env``) and validated at start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.channels.accounts import WechatAccount, WecomApp
from assistant.channels.messages import DESK_CLOSED
from assistant.desk.hours import WorkingHours


def second_core() -> int:
    """Return 1 where there is a second core to answer on, else 0."""
    return int((os.cpu_count() or 1) > 1)


class Settings(BaseSettings):
    """Everything that can be set; the environment variable is ``ASSISTANT_`` + the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="folder for all run-time data")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default is SQLite in data_dir")
    public_url: str = Field(default="", description="address that links in bot replies start with")

    embedding_model: str | None = Field(
        default=None, description="local folder or hub name; default is the shipped one"
    )
    embedding_query_instruction: str = ""

    chat_model: str | None = Field(
        default=None, description="model name, e.g. deepseek-chat or qwen3; none = extractive"
    )
    chat_model_base_url: str | None = Field(default=None, description="any OpenAI-compatible endpoint")
    chat_model_api_key: SecretStr = SecretStr("")
    chat_model_timeout_s: float = Field(default=15.0, gt=0, le=120, description="longest time for a whole answer")
    chat_model_silence_s: float = Field(default=5.0, gt=0, le=120, description="longest wait for its next word")
    chat_model_max_tokens: int = Field(default=900, gt=0, le=4096)
    chat_model_max_evidence_chars: int = Field(default=6000, ge=500, le=100_000, description="evidence in a prompt")
    chat_model_retries: int = Field(default=1, ge=0, le=5)
    chat_model_rest_after: int = Field(default=3, ge=1, description="failures in a row until it is left alone")
    chat_model_rest_s: float = Field(default=60.0, gt=0, description="how long it is left alone then")

    desk_name: str = Field(default="", description="the desk that handoffs name; default is general advice")
    region: str = Field(default="通辽", description="the region whose local texts apply beside the national ones")
    session_expiry_minutes: int = Field(default=60, gt=0)
    anonymous_requests_per_minute: int = Field(default=120, gt=0)
    desk_hours: str = Field(default="09:00-12:00,14:00-17:00", description="spans in which the desk is staffed")
    desk_holidays: str = Field(default="", description="days off on weekdays, e.g. 2027-01-01,2027-02-08")
    desk_extra_days: str = Field(default="", description="weekend days that are worked")
    ticket_due_hours: float = Field(default=6.0, gt=0, le=200, description="working hours until a ticket is due")
    desk_closed_text: str = Field(default=DESK_CLOSED, max_length=120, description="said to 转人工 out of hours")
    wechat_accounts: dict[str, WechatAccount] = Field(default={}, description="JSON: name → Official Account")
    wecom_apps: dict[str, WecomApp] = Field(default={}, description="JSON: name → app of 企业微信")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="hashes and seals platform ids; default is a file in data_dir"
    )
    golden_questions: Path | None = Field(
        default=None, description="question file that is asked before a text goes live"
    )
    keep_conversations_days: int = Field(default=180, gt=0, description="then visitors' words are deleted")
    helpers: int = Field(
        default_factory=second_core, ge=0, le=64, description="processes that answer beside the server, 400 MB each"
    )
    answer_threshold: float = Field(default=0.4, ge=0, le=1, description="least probability at which we answer")

    @model_validator(mode="after")
    def _chat_model_has_endpoint(self) -> Self:
        if self.chat_model and not self.chat_model_base_url:
            raise ValueError(
                "found chat_model without chat_model_base_url; set ASSISTANT_CHAT_MODEL_BASE_URL, "
                "for example http://127.0.0.1:11434/v1 for Ollama"
            )
        return self

    @model_validator(mode="after")
    def _desk_hours_can_be_read(self) -> Self:
        WorkingHours.parse(self.desk_hours, self.desk_holidays, self.desk_extra_days)
        return self

    @property
    def resolved_database_url(self) -> str:
        """The database URL in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'assistant.db').resolve()}"
