"""What a visitor means: facets, small talk, an open topic, a follow-up, several questions in one message.

Pure: takes the words and the last turn, returns an :class:`Understanding`. Word lists are data below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from assistant import messages
from assistant.facets import facets_in, without_facets
from assistant.masking import mask_personal
from assistant.talk import Talk, asks_whom, says_no, says_yes, talk_of
from assistant.topics import OPEN_WORDS, SHARED_WORDS, TOPIC_WORDS, rights_named
from corpus.records import Facet

_POINTING = re.compile(r"^(那|那么|这个|那个|它|他们|这|还有|然后|另外|如果|要是|换成|换个|再问)|呢[？?]?$")
_OF_ANOTHER = re.compile(r"那?[^\W了]{1,8}的?呢\W*")
# The city itself, or where one stands; a banner, or a village that somebody lives in, is no wish for the city's own texts.
_LOCAL = re.compile(r"通辽|我们市|咱们?市|我市|本市|市里|本地|当地|我们这|俺们这|咱们?这|规划|十四五|重点工程")
_OUR_CITY = re.compile(r"通辽|我们市|咱们?市|我市|本市")
_NATION = re.compile(r"国务院|国家[^，。]{0,6}规划|全国")
_ASKING = re.compile(
    r"有[什么啥]+好处|有[什么啥]+用|能不能|可不可以|要不要|(?:还?需要|要|得|该|都)*(?:交|准备|带|拿)?(?:什么|啥|哪些|哪几样|几样|多少|几个)|需要"
)
_FILLER = re.compile(
    r"请问|想问一?下?|问一?下|咨询一?下?|我想|帮我|麻烦|你好|您好|老师|同志|一下|啊|呀|呢|吗|(?<![怎什这那多])么|嘛|吧|不$"
)


# What people say before they come to the point, above all when they speak instead of writing.
_LEAD_IN = re.compile(
    r"^(?:(?:喂|哎|嗯+|你好|您好|老师|同志|那个(?=我|就是|[，, ])|就是(?!说)|请问(?:一下|下)?|麻烦(?:问一?下|您)?|"
    r"我?(?:就是)?想(?:要)?(?:问问?|咨询|请教|打听|了解)(?:一?下)?(?:那个)?|(?:问|咨询|请教|打听)一?下)[，,、。 ]*)+"
)
# What was not meant, said beside what is: 不是问地址在哪，是公司搬家了. Its words would find again what was not meant.
_NOT_MEANT = re.compile(
    r"^(?:我|俺)?(?:问的|说的)?不是(?:问|说|要)?[^，,。]{1,20}[，,。 ]+(?:我|俺)?(?:问的|说的)?(?:就?是)(?:问|说|想问)?(?=[^，,。的]{2})|"
    r"^(?:我|俺)(?:问的|说的)?是(?:问|说|想问)?(?=[^，,。]{2,30}[，,。 ]+(?:又?不是|不问|没问))|(?<=[^，,。 ]{4})[，,。 ]+(?:又?不是(?:问|说)?|不问|没问)[^，,。是]{1,12}[。！!]?$"
)
_JOINING = re.compile(r"^(?:那么?(?!些|边|天|里)|还有|然后|另外|再问一?下?)[，,、 ]*")
# Two things asked about with one word: 版权登记和商标注册分别要多久.
_EACH = re.compile(r"^(?P<one>.{2,14}?)[和跟与、](?P<other>.{2,14}?)(?:分别|各自?)(?P<asked>.{2,})$")
# Where and when somebody is there, asked of nobody in particular: of this window.
_ASKS_WINDOW = re.compile(
    r"(?:那|你们?|您|咱们?|窗口)*(?:这|这边|那边)?(?:的)?(?:今天|明天|周末|中午|周[一二三四五六日])?(?:几点|啥时候|什么时候|多会儿)?(?:上班|下班|开门|关门|有人)(?:时间)?[吗不没啊呢，,。？?]*|"
    r"(?:那|你们?|您|咱们?)*(?:窗口)?(?:这|这边)?的?(?:电话|联系方式|地址)(?:是|有)?(?:多少|啥|什么|吗|没|没有)?[啊呢吗，,。？?]*|"
    r"(?:那|你们?|您|咱们?)*(?:窗口)?在(?:哪个?[楼屋]|几楼|哪儿?办公|哪条街)[啊呢吗，,。？?]*|"
    r"(?:那|你们?|您|咱们?|来|去|这|窗口)*(?:咨询|问事)(?:费|个事|一下)?(?:得|用)?[不要收交花]*(?:钱|费|免费)[吗不没么呢啊，,。？?]*"
)
WINDOW = "知识产权窗口"
_HOW = re.compile(r"怎么|咋|如何|想|能|可以|问题")
_ACTION = re.compile(r"申请|办理|登记|备案|注册|流程")


GOES_ON, PERHAPS, OPEN_GOES_ON = 1.0, -4.0, -3.0
"""Log odds from which a message goes on with the question before it, from which it may, and from which one does that names
nothing else (多少钱) or not of which right it is asked (公示异议期). Of 4,405 that do, held out, .93 reach the first and .998 the second; of 840 questions for other windows
.03 and .41: these are told whom to ask in the same breath."""
LONGEST_UNNAMED, LONGEST_OPEN = 24, 16
"""Where nothing tells, a message of at most so many characters goes on that names no matter, or what is done with any; a longer one
says of which right it is asked."""
TOPIC_SHOWN = 100
"""So many characters of what was asked before are offered to be asked with the message; a question may have 500."""
_GOES_ON_WITH = re.compile(messages.GOES_ON_WITH.format(topic="(?P<topic>.*)", asked="(?P<asked>.+)"))


def goes_on_with(topic: str, asked: str) -> str:
    """Return the question that ``asked`` is where a conversation goes on with ``topic``: written out, to be stored or tapped."""
    return messages.GOES_ON_WITH.format(topic=topic, asked=asked)


def told_apart(question: str) -> tuple[str, str]:
    """Return what a question goes on with, empty where it stands alone, and what it asks.

    >>> told_apart("接着“商标续展”问“多少钱”"), told_apart("多少钱")
    (('商标续展', '多少钱'), ('', '多少钱'))
    """
    match = _GOES_ON_WITH.fullmatch(question)
    return (match["topic"], match["asked"]) if match else ("", question)


@dataclass(frozen=True, slots=True)
class Previous:
    """What understanding needs of the last turn: its question and the passage that led its reply, what was asked back since, to
    be said yes to, and whether the visitor was told since that something is another window's matter; none need be there.
    """

    standalone_query: str
    asked_back: str = ""
    sent_away: bool = False
    read: str = ""

    @property
    def topic(self) -> str:
        """The question that the conversation went on with."""
        before, asked = told_apart(self.standalone_query)
        return before or asked

    @property
    def whole(self) -> str:
        """That and what was asked last."""
        return " ".join(filter(None, told_apart(self.standalone_query)))


@dataclass(frozen=True, slots=True)
class Understanding:
    """A message, read. ``parts`` are the questions in it, each able to stand alone; ``clauses`` refine the first.

    ``local`` says that it is about this city: its own texts then come first. ``perhaps`` is what it would ask if it went on
    with the question before; empty where it surely does or surely does not. ``added`` are the words of a follow-up that are
    neither facet nor filler. ``read`` is the passage that led the last reply, where it goes on with that.
    """

    talk: Talk
    standalone_query: str
    parts: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    facets: frozenset[Facet] = frozenset()
    follow_up: bool = False
    local: bool = False
    perhaps: str = ""
    added: str = ""
    read: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """What a message that goes on with another goes on with, and itself; nothing for any other."""
        return told_apart(self.standalone_query) if self.follow_up else ()

    @property
    def asked(self) -> str:
        """The message itself, without what it goes on with."""
        return told_apart(self.standalone_query)[1]


def topic_pattern(topic_words: Iterable[str], normalise: Callable[[str], str]) -> re.Pattern[str]:
    """Return what matches the general topic words and ``topic_words``, as they are and as ``normalise`` writes them."""
    words = {form for word in (*TOPIC_WORDS, *topic_words) for form in (word.lower(), normalise(word))}
    rests: dict[str, list[str]] = {}  # by what a word begins with: of a thousand words few are tried at each place
    for word in sorted(filter(None, words), key=len, reverse=True):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(each)})" for first, each in rests.items()))


class Understander:
    """Reads messages.

    :param topic_words: the corpus's own names for its topics, added to the general ones.
    :param normalise: the index's normalisation (simplified characters, everyday words rewritten), so that a topic is
        recognised however it is written.
    """

    def __init__(self, *, topic_words: Iterable[str] = (), normalise: Callable[[str], str] = str) -> None:
        self._normalise = normalise
        self._pattern = topic_pattern(topic_words, normalise)

    @property
    def _topic(self) -> re.Pattern[str]:
        """What names a topic; the longest name first."""
        return self._pattern

    def understand(self, query: str, previous: Previous | None = None) -> Understanding:
        """Read ``query`` in the light of the last turn, if there is one."""
        text = _plain(query)
        if previous is not None and previous.asked_back and says_yes(text):
            return self.understand(previous.asked_back)
        topic, asked = map(_plain, told_apart(query.strip()))
        if topic and asked:  # tapped, said yes to, or stored: a follow-up, written out
            return self._following(_without(_JOINING, asked), Previous(topic), _is_local(asked))
        if previous is not None and previous.sent_away and asks_whom(text) and not self.topics(text):
            return Understanding(Talk.ELSEWHERE, text, (text,))
        if previous is not None and previous.asked_back and says_no(text):
            return Understanding(Talk.OPEN_TOPIC, text, (text,))
        talk = talk_of(text)
        if talk is not Talk.QUESTION:
            return Understanding(talk, text, (text,))
        text = _without(_LEAD_IN, text) if previous is None else _without(_NOT_MEANT, _without(_LEAD_IN, text))
        topics = self.topics(text)
        local = _is_local(text)
        if previous is None or not previous.standalone_query:
            alone = self._alone(text, topics, local)
            goes_elsewhere = previous is not None and previous.sent_away and alone.talk is Talk.OPEN_TOPIC
            return replace(alone, talk=Talk.ELSEWHERE) if goes_elsewhere else alone
        following = self._following(_without(_JOINING, text), previous, local)
        goes_on = self._goes_on(text, topics, previous)
        alone = self._alone(text, topics, local)
        # Of which right it is asked was said before: 地标保护产品 … 公示异议期几个月.
        open_right = bool(topics - SHARED_WORDS) and not rights_named(text) and len(text) <= LONGEST_OPEN
        if goes_on >= GOES_ON or (goes_on >= OPEN_GOES_ON and (open_right or alone.talk is Talk.OPEN_TOPIC)):
            return following
        topic = mask_personal(previous.topic[:TOPIC_SHOWN])
        asked_back = goes_on_with(topic, mask_personal(text))
        return alone if goes_on < PERHAPS else replace(alone, perhaps=asked_back)

    def _alone(self, text: str, topics: frozenset[str], local: bool) -> Understanding:
        """Read a message for itself."""
        facets = facets_in(text)
        if not topics and all(_ASKS_WINDOW.fullmatch(clause) for clause in _split(text)):
            return Understanding(Talk.QUESTION, text, (f"{WINDOW}{text}",), (), facets, False, True)
        if not topics and facets and len(self._content(text)) <= 2:
            return Understanding(Talk.OPEN_TOPIC, text, (text,), facets=facets)
        if topics and topics <= OPEN_WORDS and not _HOW.sub("", self._topic.sub("", self._content(text))):
            return Understanding(Talk.OPEN_TOPIC, text, (text,), facets=facets)
        if topics and not facets and self._only_topics(text):
            return self._bare(text, local)
        parts = self._parts(text)
        return Understanding(Talk.QUESTION, text, parts, self._clauses(parts[0]), facets, False, local)

    def _following(self, text: str, previous: Previous, local: bool) -> Understanding:
        """Read a follow-up: the topic with the new words; "外观呢" asks of something else what was asked before."""
        facets = facets_in(text)
        named = _POINTING.sub("", text)
        elliptic = not facets and (self._only_topics(named) or _OF_ANOTHER.fullmatch(text) is not None)
        text = named if elliptic else text
        topic = previous.whole if elliptic else previous.topic
        kept = self._topic_part(topic, drop_facets=not elliptic)
        return Understanding(
            Talk.QUESTION, goes_on_with(topic, text), (f"{kept} {text}",), () if elliptic else self._clauses(text) or (text,),
            facets_in(previous.whole) if elliptic else facets, True, local, added=self._content(text), read=previous.read,
        )  # fmt: skip

    def _bare(self, text: str, local: bool) -> Understanding:
        """Read a topic without a question: what it is and how it is done, first what its words lean to."""
        asked = f"{text}怎么办" if _ACTION.search(text) else f"{text}是什么"
        return Understanding(Talk.QUESTION, text, (asked,), (), frozenset({Facet.WHAT, Facet.STEPS}), False, local)

    def _only_topics(self, text: str) -> bool:
        """Return whether ``text`` is nothing but names of topics and of what one does with them."""
        return len(text) <= 12 and not re.search(r"\w", _ACTION.sub("", self._topic.sub("", text)))

    def on_topic(self, query: str) -> bool:
        """Return whether ``query`` names a matter of this window at all."""
        return bool(self.topics(unicodedata.normalize("NFKC", query).lower()))

    def surely_on_topic(self, query: str) -> bool:
        """Return whether ``query`` names a matter that no other counter has (商标 yes, 转让 or 许可 alone no)."""
        return bool(self.topics(unicodedata.normalize("NFKC", query).lower()) - SHARED_WORDS)

    def unnamed(self, text: str) -> str:
        """Return ``text`` without the words that name a matter."""
        return " ".join(self._topic.sub(" ", text).split())

    def asking(self, query: str) -> tuple[str, ...]:
        """Return the ends of ``query`` that name a matter of their own: what is asked when the story has been told."""
        clauses = _split(query)
        ends = ("，".join(clauses[start:]) for start in range(1, len(clauses)))
        return tuple(end for end in ends if self.surely_on_topic(end))

    def names(self, text: str) -> str:
        """Return ``text`` followed by itself as the index writes it: with the proper names of what it calls otherwise."""
        return f"{text} {self._normalise(text)}"

    def topics(self, text: str) -> frozenset[str]:
        """Return the words in ``text``, in small letters, that name a matter."""
        return frozenset(match[0] for match in self._topic.finditer(self.names(text)))

    def _goes_on(self, text: str, topics: frozenset[str], previous: Previous) -> float:
        """Return the log odds that ``text`` goes on with the last turn; what is named in three words goes on (专利呢)."""
        if topics and _POINTING.search(text) and self._only_topics(_POINTING.sub("", text)):
            return GOES_ON
        guess = self._guess(previous.topic, text)
        if guess is not None and guess < GOES_ON and previous.whole != previous.topic:
            guess = max(guess, self._guess(previous.whole, text) or guess)
        if guess is not None:
            return guess
        longest = LONGEST_UNNAMED if not topics else LONGEST_OPEN if topics <= OPEN_WORDS else 0
        return GOES_ON if len(text) <= longest else PERHAPS - 1

    def _guess(self, previous: str, text: str) -> float | None:
        """Return the log odds that ``text`` goes on with the question ``previous``, by their meaning; None: nothing tells."""
        return None

    def _topic_part(self, previous: str, *, drop_facets: bool) -> str:
        """Keep what the last question was about; its facet words go when the new one brings its own."""
        if not drop_facets:
            return previous
        previous = _POINTING.sub(" ", without_facets(previous, " "))
        previous = _ASKING.sub(" ", previous)
        return " ".join(_FILLER.sub(" ", previous).split())

    def _content(self, text: str) -> str:
        """Return what is left of a message when facet words and filler are taken out."""
        return re.sub(r"[\W的我俺咱那要需个得了办申请注册登记]", "", _FILLER.sub("", without_facets(text, "")))

    def _parts(self, text: str) -> tuple[str, ...]:
        """Split a message into questions only where each names a topic of its own."""
        pieces = [piece.strip() for piece in re.split(r"[？?。；;\n]+", text) if len(piece.strip()) >= 4]
        each = self._each(pieces[0]) if len(pieces) == 1 else ()
        if each:
            return each
        parts: list[str] = []
        for piece in pieces:
            if parts and (not self.topics(piece) or self.topics(piece) <= self.topics(parts[-1])):
                parts[-1] = f"{parts[-1]}，{piece}"
            else:
                parts.append(piece)
        asking = [part for part in parts if len(part) <= 120]
        return tuple(asking[:3]) or (text[:200],)

    def _each(self, text: str) -> tuple[str, ...]:
        """Return the two questions of "A 和 B 分别…" where A and B are different rights, or two fees."""
        match = _EACH.match(text)
        if match is None:
            return ()
        one, other, asked = match["one"], match["other"], match["asked"]
        rights = rights_named(one), rights_named(other)
        if all(rights) and not rights[0] & rights[1]:
            return f"{one}{asked}", f"{other}{asked}"
        if one.endswith("费") and other.endswith("费"):
            named = "" if self.topics(other) else "".join(match[0] for match in self._topic.finditer(one))
            return f"{one}{asked}", f"{named}{other}{asked}"
        return ()

    def _clauses(self, text: str) -> tuple[str, ...]:
        clauses = [clause for clause in _split(text) if len(clause) >= 3]
        return tuple(clauses[:4]) if len(clauses) > 1 else ()


def _plain(query: str) -> str:
    """Return ``query`` as it is read: characters of one width, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", query).lower().split())


def _is_local(text: str) -> bool:
    """Return whether ``text`` is about this city: it says so, or where one is, and not that it is about the whole country."""
    return _LOCAL.search(text) is not None and (_NATION.search(text) is None or _OUR_CITY.search(text) is not None)


def _without(words: re.Pattern[str], text: str) -> str:
    """Return ``text`` without ``words`` unless hardly anything would be left."""
    rest = words.sub("", text)
    return rest if len(rest) >= 2 else text


def _split(text: str) -> list[str]:
    return [clause for clause in re.split(r"[，,、？?。；;\s]+", text) if clause]
