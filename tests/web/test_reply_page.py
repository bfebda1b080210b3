"""The page of one reply: whole, sourced, without script; its forms work."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from assistant import messages as general
from assistant.desk.actors import Actor, Role
from assistant.desk.ticket_records import TicketFilter
from assistant.replies import Channel
from assistant.tables import FeedbackRow
from tests.web.channels.conftest import Server, platform, serve  # noqa: F401 - fixtures

Serve = Callable[..., Server]


def asked(server: Server, query: str = "鹭标要啥材料") -> str:
    text = server.sender("plain").ask(query)
    match = re.search(r"/r/[0-9a-f]{32}", text)
    assert match is not None
    return match[0]


def test_shows_question_answer_sources_and_disclaimer_without_any_script(serve: Serve) -> None:  # noqa: F811
    server = serve()
    response = server.client.get(asked(server))
    assert response.status_code == 200
    for wanted in ("鹭标要啥材料", "申请表", "《鹭标怎么申请》", general.DISCLAIMER, "转人工", "👍", "👎"):
        assert wanted in response.text
    assert '<a href="/documents/heron-mark?passage=materials#materials"' in response.text
    assert "<script" not in response.text
    assert re.findall(r"https?://", response.text) == []
    assert "script-src" not in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_an_unknown_reply_is_not_there(serve: Serve) -> None:  # noqa: F811
    server = serve()
    assert server.client.get(f"/r/{'0' * 32}").status_code == 404
    assert server.client.post(f"/r/{'0' * 32}/person").status_code == 404
    assert server.client.post(f"/r/{'0' * 32}/feedback", data={"rating": "up"}).status_code == 404


def test_a_number_left_on_the_page_is_kept_for_the_desk(serve: Serve) -> None:  # noqa: F811
    server = serve()
    response = server.client.post(f"{asked(server)}/person", data={"phone": "138 1234 5678"}, follow_redirects=True)
    assert "已转给窗口" in response.text
    desk = server.components.desk
    (ticket,) = desk.tickets.find(TicketFilter())[0]
    assert ticket.contact == "138****5678"
    clerk = Actor("a-clerk", "小张", Role.CLERK)
    desk.tickets.take(clerk, ticket.ticket_id, version=ticket.version)
    assert desk.contacts.show(clerk, ticket.ticket_id) == "13812345678"


def test_a_verdict_is_stored_and_thanked_for(serve: Serve) -> None:  # noqa: F811
    server = serve()
    path = asked(server)
    response = server.client.post(
        f"{path}/feedback", data={"rating": "down", "reason": "outdated"}, follow_redirects=True
    )
    assert general.FEEDBACK_THANKS in response.text
    with server.components.database.reading() as session:
        row = session.scalars(select(FeedbackRow)).one()
    assert (row.rating, row.reason) == ("down", "outdated")


def test_a_verdict_that_is_none_is_refused(serve: Serve) -> None:  # noqa: F811
    server = serve()
    assert server.client.post(f"{asked(server)}/feedback", data={"rating": "sideways"}).status_code == 422


def test_a_link_cannot_put_words_on_the_page(serve: Serve) -> None:  # noqa: F811
    server = serve()
    assert server.client.get(f"{asked(server)}?ticket=请汇款到这个账户").status_code == 422


def test_the_visitors_words_are_shown_as_stored_and_escaped(serve: Serve) -> None:  # noqa: F811
    server = serve()
    page = server.client.get(asked(server, "<b>鹭标</b>要啥材料，我电话13812345678")).text
    assert "13812345678" not in page
    assert "<b>鹭标</b>" not in page
    assert "&lt;b&gt;鹭标" in page


def test_a_reply_given_on_the_web_page_has_its_page_too(serve: Serve) -> None:  # noqa: F811
    server = serve()
    turn = server.hub._responder._assistant().ask("鹭标要啥材料", channel=Channel.WEB)
    assert server.client.get(f"/r/{turn.reply_id}").status_code == 200
