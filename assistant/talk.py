"""What kind of message it is, told by its words alone: a question, or what people say around questions. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.masking import only_a_phone

_GREETING = re.compile(
    r"^(你好|您好|在吗|在不在|hi|hello|嗨|哈喽|早上好|上午好|下午好|晚上好|有人吗|有人在吗)[啊呀吗呢么的，。！!?？~ ]*$"
)
_THANKS = re.compile(
    r"^(谢谢|多谢|谢了|感谢|好的?|知道了|明白了?|嗯+|行|可以了|没有了|没事了|ok|再见|拜拜)[你您啊呀了哈啦的，。！!~ ]*(谢谢|多谢|再见)?[你您啊呀了哈啦，。！!~ ]*$"
)
_YES = re.compile(r"(?:是|对|嗯|就是|没错|好|行)[的呀啊嗯对是，,。！!~ ]*")
_NO = re.compile(r"(?:不|没有|别的|另外的?|另一件)(?:是|对|了|事)?[的呀啊，,。！!~ ]*")
_IDENTITY = re.compile(
    r"你是谁|你叫[什啥]|你多大|你会[干做][什啥]|你能[干做][什啥]|谁开发|什么模型|哪个模型|用的.{0,4}模型|你是.{0,4}(机器人|ai|人工智能|真人)|chatgpt|deepseek|提示词|system prompt|忽略.{0,8}(指令|规则|要求)"
)
_PERSON = re.compile(r"转人工|人工客服|人工服务|找真人|找个人|要人工|接人工|人工$")


class Talk(StrEnum):
    """What kind of message it is."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    IDENTITY = "identity"
    PERSON = "person"
    CONTACT = "contact"
    OPEN_TOPIC = "open topic"
    EMPTY = "empty"


def talk_of(text: str) -> Talk:
    """Return what kind of message ``text``, in small letters of one width, is; an open topic is told by others."""
    if not re.search(r"\w", text):
        return Talk.EMPTY
    if only_a_phone(text):
        return Talk.CONTACT
    checks = (
        (_GREETING, Talk.GREETING), (_THANKS, Talk.THANKS), (_IDENTITY, Talk.IDENTITY), (_PERSON, Talk.PERSON),
    )  # fmt: skip
    nothing_asked = Talk.EMPTY if says_yes(text) or says_no(text) else Talk.QUESTION
    return next((talk for pattern, talk in checks if pattern.search(text)), nothing_asked)


def says_yes(text: str) -> bool:
    """Return whether ``text`` is nothing but a yes."""
    return _YES.fullmatch(text) is not None


def says_no(text: str) -> bool:
    """Return whether ``text`` is nothing but a no."""
    return _NO.fullmatch(text) is not None
