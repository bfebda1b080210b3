"""The loop that the desk closes, over HTTP: unknown → ticket → answer → curated → the next visitor has it."""

from __future__ import annotations

from tests.web.desk.conftest import UNKNOWN, DeskServer

DESK = "/api/v1/desk"


def match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def test_an_unknown_question_becomes_an_approved_answer_for_the_next_visitor(desk: DeskServer) -> None:
    visitor = desk.browser()
    asked = visitor.post("/api/v1/ask", json={"query": UNKNOWN, "channel": "web"}).json()
    ticket_id = asked["handoff"]["ticket_id"]
    shown = desk.clerk.get(f"{DESK}/tickets/{ticket_id}")
    assert shown.headers["etag"] == '"1"'
    assert shown.json()["conversation"][0]["reply"]["reply_id"] == asked["reply_id"]

    taken = desk.clerk.post(f"{DESK}/tickets/{ticket_id}/take", headers=match(1))
    answered = desk.clerk.post(
        f"{DESK}/tickets/{ticket_id}/answer", json={"text": "今年没有这项补贴。"}, headers=match(2)
    )
    assert (taken.json()["state"], answered.json()["state"]) == ("taken", "answered")
    mine = visitor.get(f"/api/v1/sessions/{asked['session_id']}/answers").json()
    assert [(each["ticket_id"], each["text"]) for each in mine] == [(ticket_id, "今年没有这项补贴。")]

    draft = desk.clerk.post(f"{DESK}/tickets/{ticket_id}/curated", json={}).json()
    refused = desk.clerk.post(f"{DESK}/curated/{draft['curated_id']}/approve", headers=match(1))
    assert refused.status_code == 403
    approved = desk.editor.post(f"{DESK}/curated/{draft['curated_id']}/approve", headers=match(1))
    assert approved.json()["state"] == "approved"

    after = desk.browser().post("/api/v1/ask", json={"query": UNKNOWN}).json()
    assert (after["kind"], after["curated_id"]) == ("answer", draft["curated_id"])
    assert after["text"].startswith("今年没有这项补贴。")
    page = desk.browser().get(after["citations"][0]["url"])
    assert page.status_code == 200
    assert "今年没有这项补贴。" in page.text

    withdrawn = desk.editor.post(f"{DESK}/curated/{draft['curated_id']}/withdraw", headers=match(2))
    assert withdrawn.json()["state"] == "withdrawn"
    assert desk.browser().post("/api/v1/ask", json={"query": UNKNOWN}).json()["kind"] == "handoff"


def test_two_clerks_with_the_same_etag_do_not_overwrite_each_other(desk: DeskServer) -> None:
    ticket_id = desk.open_ticket()
    first = desk.clerk.post(f"{DESK}/tickets/{ticket_id}/take", headers=match(1))
    second = desk.editor.post(f"{DESK}/tickets/{ticket_id}/take", headers=match(1))
    assert (first.status_code, second.status_code) == (200, 412)
    assert "刷新" in second.json()["title"]
    assert desk.clerk.post(f"{DESK}/tickets/{ticket_id}/close").status_code == 428


def test_a_step_that_the_state_does_not_allow_is_a_conflict(desk: DeskServer) -> None:
    ticket_id = desk.open_ticket()
    assert desk.clerk.post(f"{DESK}/tickets/{ticket_id}/reopen", headers=match(1)).status_code == 409
    assert desk.clerk.post(f"{DESK}/tickets/{ticket_id}/curated", json={}).status_code == 409


def test_a_number_that_a_visitor_sends_reaches_who_took_the_ticket_and_nobody_else(desk: DeskServer) -> None:
    visitor = desk.browser()
    asked = visitor.post("/api/v1/ask", json={"query": UNKNOWN, "channel": "web"}).json()
    left = {"query": "13812345678", "session_id": asked["session_id"], "channel": "web"}
    noted = visitor.post("/api/v1/ask", json=left).json()
    assert "电话记下了" in noted["text"]
    assert noted["handoff"]["ticket_id"] == asked["handoff"]["ticket_id"]
    address = f"{DESK}/tickets/{asked['handoff']['ticket_id']}"
    refused = desk.clerk.post(f"{address}/contact")
    assert (refused.status_code, refused.json()["title"]) == (403, "电话只给领取这张工单的人看，请先领取。")
    assert desk.clerk.post(f"{address}/take", headers=match(1)).status_code == 200
    assert desk.clerk.post(f"{address}/contact").json() == {"phone": "13812345678"}
    assert desk.editor.post(f"{address}/contact").status_code == 403
    assert "13812345678" not in desk.clerk.get(address).text


def test_lists_come_in_pages_and_refuse_senseless_ones(desk: DeskServer) -> None:
    for _ in range(3):
        desk.open_ticket()
    page = desk.clerk.get(f"{DESK}/tickets", params={"state": "new", "page_size": 2}).json()
    assert len(page["items"]) == 2
    assert page["total"] >= 3
    for wrong in ({"page": 0}, {"page_size": 1000}, {"state": "lost"}, {"unknown": 1}):
        assert desk.clerk.get(f"{DESK}/tickets", params=wrong).status_code == 422


def test_a_ticket_goes_to_a_colleague_and_never_to_nobody(desk: DeskServer) -> None:
    ticket_id = desk.open_ticket()
    colleagues = {each["display_name"]: each["account_id"] for each in desk.clerk.get(f"{DESK}/colleagues").json()}
    passed_on = desk.clerk.post(
        f"{DESK}/tickets/{ticket_id}/reassign", json={"account_id": colleagues["editor"]}, headers=match(1)
    )
    assert passed_on.json()["assignee"] == colleagues["editor"]
    mine = desk.editor.get(f"{DESK}/tickets", params={"mine": True}).json()["items"]
    assert ticket_id in [each["ticket_id"] for each in mine]
    nobody = desk.clerk.post(f"{DESK}/tickets/{ticket_id}/reassign", json={"account_id": "nobody"}, headers=match(2))
    assert nobody.status_code == 404


def test_asking_at_the_desk_shows_the_evidence_and_opens_no_ticket(desk: DeskServer) -> None:
    before = desk.clerk.get(f"{DESK}/tickets").json()["total"]
    reply = desk.clerk.post(f"{DESK}/ask", json={"query": UNKNOWN}).json()
    assert reply["reply"]["handoff"]["ticket_id"] is None
    assert reply["passages"][0]["score"] >= reply["passages"][-1]["score"]
    assert 0 <= reply["probability"] <= 1
    assert desk.clerk.get(f"{DESK}/tickets").json()["total"] == before


def test_a_curated_answer_is_written_and_edited_with_sources_from_the_corpus(desk: DeskServer) -> None:
    passage = desk.clerk.get("/api/v1/search", params={"query": "商标注册多少钱"}).json()["passages"][0]
    body = {"question": "村里集体想注册商标找谁", "text": "到窗口来。", "passage_ids": [passage["passage_id"]]}
    made = desk.clerk.post(f"{DESK}/curated", json=body)
    address = f"{DESK}/curated/{made.json()['curated_id']}"
    assert made.json()["content"]["sources"][0]["document_id"] == passage["document_id"]
    assert desk.clerk.put(address, json=body | {"text": "带执照来。"}).status_code == 428
    edited = desk.clerk.put(address, json=body | {"text": "带执照来。"}, headers={"If-Match": made.headers["etag"]})
    assert edited.headers["etag"] == '"2"'
    assert desk.editor.put(address, json=body, headers=match(1)).status_code == 412
    missing = desk.clerk.post(f"{DESK}/curated", json=body | {"passage_ids": ["nothing#1"]})
    assert missing.status_code == 404
    found = desk.clerk.get(f"{DESK}/curated", params={"words": "带执照"}).json()["items"]
    assert [each["curated_id"] for each in found] == [made.json()["curated_id"]]


def test_an_editor_sees_before_approval_which_recent_questions_an_answer_would_catch(desk: DeskServer) -> None:
    wanted, other, corpus = "嘎查羊倌能不能注册羊肉商标", "旗里羊倌能不能注册羊肉商标", "商标注册多少钱"
    replies = [
        desk.browser().post("/api/v1/ask", json={"query": query}) for query in (f"{wanted}呀", f"{other}呀", corpus)
    ]
    assert [reply.status_code for reply in replies] == [200, 200, 200]
    body = {"question": wanted, "text": "能，带执照来窗口。", "outside_sources": [{"title": "窗口答复"}]}
    draft = desk.clerk.post(f"{DESK}/curated", json=body | {"negative": [other]})
    address = f"{DESK}/curated/{draft.json()['curated_id']}"
    total = desk.clerk.get(f"{DESK}/statistics").json()["total"]["asked"]
    shown = desk.clerk.get(f"{address}/preview").json()
    assert [each["question"] for each in shown["caught"]] == [f"{wanted}呀"]
    assert shown["caught"][0]["today"]["kind"] == replies[0].json()["kind"]
    assert shown["kept_away"] == [f"{other}呀"]
    assert shown["asked"] >= 3
    assert desk.clerk.get(f"{DESK}/statistics").json()["total"]["asked"] == total
    assert desk.editor.post(f"{address}/approve", headers={"If-Match": draft.headers["etag"]}).status_code == 200
    given = desk.browser().post("/api/v1/ask", json={"query": f"{wanted}呀"}).json()
    assert given["curated_id"] == draft.json()["curated_id"]
    assert desk.browser().post("/api/v1/ask", json={"query": f"{other}呀"}).json()["curated_id"] is None


def test_the_audit_names_who_did_it_and_verifies(desk: DeskServer) -> None:
    ticket_id = desk.open_ticket()
    desk.clerk.post(f"{DESK}/tickets/{ticket_id}/take", headers=match(1))
    lines = desk.admin.get(f"{DESK}/audit", params={"record_id": ticket_id}).json()["items"]
    me = desk.clerk.get(f"{DESK}/me").json()["account_id"]
    assert [(line["action"], line["actor"]) for line in lines] == [("ticket.take", me), ("ticket.open", "visitor")]
    assert desk.admin.get(f"{DESK}/audit/verification").json()["broken_at"] is None
