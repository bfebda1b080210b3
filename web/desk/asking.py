"""Asking for the person in front of the desk: the reply beside everything it was made from."""

from __future__ import annotations

from fastapi import APIRouter

from assistant.presentation import turn_as_dict
from assistant.replies import Answer, Channel
from index.retriever import Hit
from web.deps import AssistantDep, StateDep
from web.desk.schemas import DeskAskRequest, DeskReply
from web.desk.security import Clerk, LoginFirst
from web.schemas import PassageModel, ReplyModel

router = APIRouter(route_class=LoginFirst)
SHOWN_PASSAGES = 8


@router.post("/ask")
def ask(body: DeskAskRequest, _actor: Clerk, assistant: AssistantDep, state: StateDep) -> DeskReply:
    """Answer a question and show the passages, scores and dropped sentences behind the reply; opens no ticket."""
    turn = assistant.ask(body.query, session_id=body.session_id, as_of=body.as_of, channel=Channel.DESK)
    state.metrics.count(turn)
    result = assistant.search(turn.standalone_query or turn.query, top_k=SHOWN_PASSAGES, as_of=turn.as_of)
    return DeskReply(
        reply=ReplyModel(**turn_as_dict(turn)),
        passages=[passage_model(hit) for hit in result.hits],
        out_of_force=[passage_model(hit) for hit in result.out_of_force],
        probability=round(result.probability, 3),
        dropped=list(turn.reply.dropped) if isinstance(turn.reply, Answer) else [],
    )


def passage_model(hit: Hit) -> PassageModel:
    """Return a hit with its score."""
    return PassageModel(
        passage_id=hit.passage.passage_id,
        document_id=hit.document.document_id,
        title=hit.document.title,
        locator=hit.passage.locator,
        text=hit.passage.text,
        score=round(hit.score, 4),
        status=hit.status.value,
    )
