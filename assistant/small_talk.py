"""What is said to words that ask nothing: a greeting, thanks, a wish for a person. Pure."""

from __future__ import annotations

from assistant import messages
from assistant.replies import REASON_PERSON, Abstention, Clarification, Handoff, Reply
from assistant.talk import Talk


def small_talk(talk: Talk, desk: str) -> Reply | None:
    """Return the reply to small talk; None for a question, which deserves an answer."""
    match talk:
        case Talk.QUESTION:
            return None
        case Talk.GREETING:
            return Clarification(messages.GREETING, messages.OPEN_TOPIC_CHOICES)
        case Talk.THANKS:
            return Clarification(messages.THANKS)
        case Talk.OPEN_TOPIC:
            return Clarification(messages.OPEN_TOPIC, messages.OPEN_TOPIC_CHOICES)
        case Talk.IDENTITY:
            return Abstention(messages.IDENTITY)
        case Talk.EMPTY:
            return Clarification(messages.EMPTY, messages.OPEN_TOPIC_CHOICES)
        case Talk.UNCLEAR:
            return Clarification(messages.UNCLEAR, messages.PLAIN_CHOICES)
        case Talk.ELSEWHERE:
            return Abstention(messages.ELSEWHERE)
        case Talk.NOT_CHINESE:
            return Clarification(messages.NOT_CHINESE)
        case Talk.CONTACT:
            return Handoff(messages.CONTACT_LEFT, reason=REASON_PERSON, desk=desk, confidence=1.0)
        case Talk.PERSON:
            return Handoff(messages.person_reply(desk), reason=REASON_PERSON, desk=desk, confidence=1.0)
