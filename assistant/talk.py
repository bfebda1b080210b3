"""What kind of message it is, told by its words alone: a question, or what people say around questions. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.masking import only_a_phone

_CALLED = r"(?:你们?|您|老师|师傅|同志|大妹子|妹子|妹妹|大姐|姐|大哥|哥|姑娘|小伙子?|领导|亲|各位)"
_GREETING = re.compile(
    rf"(?:(?:{_CALLED}?(?:你好|您好)|在吗|在不在?|hi|hello|嗨|哈喽|喂|哎|早上好|上午好|下午好|晚上好|有人吗|有人在吗|(?:我想?|想)?(?:问|咨询|打听|请教)一?下?个?(?:事|问题)儿?)"
    rf"{_CALLED}?[啊呀吗呢么的，,。！!?？~ ]*)+"
)
_THANKS = re.compile(
    rf"(?:(?:谢谢|多谢|谢了|感谢|辛苦|麻烦|好的?|好嘞|好咧|妥|中|知道|明白|懂|嗯呢?|嗯哪|行|可以|没有|没事|不用|ok|再见|拜拜|那就这样|先这样){_CALLED}*[啊呀呢了哈啦的，,。！!~ ]*)+"
)
_YES = re.compile(r"(?:是|对|嗯|就是|没错|好|行|嗯哪|嗯呢|可不|中)[的呀啊嗯哪呢对是头，,。！!~ ]*")
_NO = re.compile(r"(?:不|没有|别的|另外的?|另一件)(?:是|对|了|事)?[的呀啊，,。！!~ ]*")
_IDENTITY = re.compile(
    r"你是谁|你叫[什啥]|你多大|你会[干做][什啥]|你能[干做][什啥]|谁开发|什么模型|哪个模型|用的.{0,4}模型|你是.{0,4}(机器人|机器|ai|人工智能|真人|人还是)|(?:你|是).{0,6}(?:chatgpt|deepseek)|提示词|system prompt|忽略.{0,8}(指令|规则|要求)"
)
_PERSON = re.compile(r"转人工|人工客服|人工服务|找真人|找个人|要人工|接人工|人工$")
_CLAUSES = re.compile(r"\W+")
# Of a reply, not of a word in it (红标啥意思): each clause says nothing else.
_UNCLEAR = re.compile(
    r"(?:[我俺你您这那说讲的写字还也都太真是老了能再请给]{0,6}"
    r"(?:[听看整弄]得?不(?:太|大)?(?:懂|明白)|没(?:太)?[听看整弄](?:懂|明白)|[说讲][得的]?(?:简单|明白|清楚|通俗|直白)一?点|"
    r"[啥什]么?意思|不[识认]字|太长)[啊呀吗呢吧嘛的了不没行成儿]{0,3})+"
)
_WHOM = re.compile(
    r"(?:那|那么|我|俺|咱|该|应该|得|要|能|可以|到底|又|这事儿?|这种事|[，, ])*(?:找|问|去|到|上|打|归|是)(?:谁|哪|什么|啥|多少)"
    r"(?:个|儿|里|一?家|部门|单位|地方|科室|窗口|电话|号码?|管|问|办|找|去)*[啊呀呢吗的？?。! ]*"
)
_LETTERS, _CHINESE = re.compile(r"[^\W\d_]{2,}"), re.compile(r"[\u3400-\u9fff]")
LEAST_WORDS, LONGEST_TALK = 3, 40
"""Fewer words without a Chinese character may be a name (ISO 56005); a longer message asks something."""


class Talk(StrEnum):
    """What kind of message it is."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    IDENTITY = "identity"
    PERSON = "person"
    UNCLEAR = "the reply was not understood"
    ELSEWHERE = "whom to ask instead"
    CONTACT = "contact"
    OPEN_TOPIC = "open topic"
    EMPTY = "empty"
    NOT_CHINESE = "not Chinese"


def talk_of(text: str) -> Talk:
    """Return what kind of message ``text``, in small letters of one width, is; an open topic is told by others."""
    if not re.search(r"\w", text):
        return Talk.EMPTY
    if only_a_phone(text):
        return Talk.CONTACT
    if len(text) <= LONGEST_TALK and _GREETING.fullmatch(text):
        return Talk.GREETING
    if len(text) <= LONGEST_TALK and _THANKS.fullmatch(text):
        return Talk.THANKS
    if not _CHINESE.search(text) and len(_LETTERS.findall(text)) >= LEAST_WORDS:
        return Talk.NOT_CHINESE
    if all(map(_UNCLEAR.fullmatch, filter(None, _CLAUSES.split(text)))):
        return Talk.UNCLEAR
    checks = ((_IDENTITY, Talk.IDENTITY), (_PERSON, Talk.PERSON))
    nothing_asked = Talk.EMPTY if says_yes(text) or says_no(text) else Talk.QUESTION
    return next((talk for pattern, talk in checks if pattern.search(text)), nothing_asked)


def says_yes(text: str) -> bool:
    """Return whether ``text`` is nothing but a yes."""
    return _YES.fullmatch(text) is not None


def says_no(text: str) -> bool:
    """Return whether ``text`` is nothing but a no."""
    return _NO.fullmatch(text) is not None


def asks_whom(text: str) -> bool:
    """Return whether ``text`` asks nothing but who else is the one to ask (那我该找哪个部门)."""
    return _WHOM.fullmatch(text) is not None
