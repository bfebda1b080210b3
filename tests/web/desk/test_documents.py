"""Documents over HTTP, up to the curated answer that loses its ground; the index includes the library."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pytest
from fastapi.testclient import TestClient

from assistant.indexes import Indexes
from corpus.records import Document
from index.embedder import StaticEmbedder
from index.store import IndexStore
from tests.web.desk.conftest import DeskServer, desk_server

DESK = "/api/v1/desk"
QUESTION = "骆驼奶商标标识由保管员张贴，每箱张贴几次，张贴后登记"


def regulation(times: str = "三次") -> bytes:
    return f"""通辽市市场监督管理局文件
通市监发〔2026〕12号
通辽市骆驼奶商标标识保管办法
第一条 为保管好骆驼奶商标标识，制定本办法。
第二条 骆驼奶商标标识由保管员张贴，每箱张贴{times}，张贴后由保管员登记。
第三条 本办法自2026年3月1日起施行。
通辽市市场监督管理局
2026年2月10日
""".encode()


@pytest.fixture(scope="module")
def desk(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DeskServer]:
    folder = tmp_path_factory.mktemp("library")
    holder: list[DeskServer] = []

    def documents() -> Iterator[Document]:
        return chain(small_documents, *(each.components.library.documents_in_library() for each in holder))

    indexes = Indexes(store=IndexStore(folder), embedder=small_embedder, documents=documents)
    indexes.build()
    # A regulation of three articles has no lay questions: what it answers is less sure than a guide.
    with desk_server(indexes, folder, answer_threshold=0.02) as server:
        holder.append(server)
        yield server


def upload(desk: DeskServer, data: bytes, name: str = "办法.txt") -> dict:
    response = desk.editor.post(f"{DESK}/documents/uploads", files={"file": (name, data)})
    assert response.status_code == 201, response.text
    return response.json()


def match(etag: object) -> dict[str, str]:
    return {"If-Match": f'"{etag}"' if isinstance(etag, int) else str(etag)}


def publish(desk: DeskServer, data: bytes) -> str:
    taken = upload(desk, data)
    address = f"{DESK}/documents/uploads/{taken['upload_id']}"
    rehearsed = desk.editor.post(f"{address}/rehearsal")
    confirmed = desk.editor.post(f"{address}/confirm", headers=match(rehearsed.headers["etag"]))
    assert confirmed.status_code == 200, confirmed.text
    document_id: str = confirmed.json()["document_id"]
    return document_id


def ask(browser: TestClient, query: str) -> dict:
    return browser.post("/api/v1/ask", json={"query": query}).json()


def test_a_document_goes_live_after_its_rehearsal_shows_what_changes(desk: DeskServer) -> None:
    ask(desk.browser(), QUESTION)
    taken = upload(desk, regulation())
    address = f"{DESK}/documents/uploads/{taken['upload_id']}"
    assert desk.editor.post(f"{address}/confirm", headers=match(1)).status_code == 409
    rehearsed = desk.editor.post(f"{address}/rehearsal").json()
    changed = {each["question"]: each for each in rehearsed["rehearsal"]["changed"]}
    assert "三次" in changed[QUESTION]["after"]["text"]
    assert "三次" not in changed[QUESTION]["before"]["text"]
    assert "三次" not in ask(desk.browser(), QUESTION)["text"]
    assert desk.editor.post(f"{address}/confirm", headers=match(2)).status_code == 200
    assert "三次" in ask(desk.browser(), QUESTION)["text"]


def test_a_curated_answer_waits_for_review_when_the_text_it_cites_gets_a_new_version(desk: DeskServer) -> None:
    document_id = publish(desk, regulation())
    body = {"question": "村合作社办牌子奖不奖钱", "text": "奖，按办法办。", "passage_ids": [f"{document_id}#a2"]}
    draft = desk.clerk.post(f"{DESK}/curated", json=body).json()
    address = f"{DESK}/curated/{draft['curated_id']}"
    assert desk.editor.post(f"{address}/approve", headers=match(1)).status_code == 200
    given = ask(desk.browser(), body["question"])
    assert [each["document_id"] for each in given["citations"]] == [f"curated-{draft['curated_id']}", document_id]

    publish(desk, regulation("八次"))
    assert ask(desk.browser(), body["question"])["curated_id"] is None
    waiting = desk.clerk.get(f"{DESK}/curated", params={"state": "review"}).json()["items"]
    assert [each["curated_id"] for each in waiting] == [draft["curated_id"]]
    assert "reads differently" in waiting[0]["reason"]

    again = desk.editor.post(f"{address}/approve", headers=match(waiting[0]["version"]))
    assert (again.status_code, again.json()["title"][:5]) == (409, "它引用的文")
    edited = desk.editor.put(address, json=body, headers=match(waiting[0]["version"]))
    assert desk.editor.post(f"{address}/approve", headers=match(edited.headers["etag"])).status_code == 200
    assert ask(desk.browser(), body["question"])["curated_id"] == draft["curated_id"]

    diff = desk.clerk.get(f"{DESK}/documents/{document_id}/diff", params={"old": 1, "new": 2}).json()
    assert [each["locator"] for each in diff["passages"]] == ["第二条"]

    held = desk.editor.get(f"{DESK}/documents/{document_id}")
    withdrawn = desk.editor.post(f"{DESK}/documents/{document_id}/withdraw", headers=match(held.headers["etag"]))
    assert withdrawn.status_code == 200
    assert desk.clerk.get(address).json()["state"] == "review"
    assert "八次" not in ask(desk.browser(), QUESTION)["text"]
    stale = desk.editor.post(f"{DESK}/documents/{document_id}/restore", headers=match(held.headers["etag"]))
    assert stale.status_code == 412
    restored = desk.editor.post(f"{DESK}/documents/{document_id}/restore", headers=match(withdrawn.headers["etag"]))
    assert restored.status_code == 200
    assert "八次" in ask(desk.browser(), QUESTION)["text"]


def test_a_file_larger_than_other_bodies_is_taken_and_one_of_200_mb_refused(desk: DeskServer) -> None:
    big = regulation() + "第四条 附则。\n".encode() * 100_000
    assert upload(desk, big)["file_name"] == "办法.txt"
    headers = {"Content-Length": str(200 * 2**20), "Content-Type": "multipart/form-data; boundary=x"}
    refused = desk.editor.post(f"{DESK}/documents/uploads", headers=headers, content=iter([b"--x\r\n"]))
    assert (refused.status_code, refused.json()["title"]) == (413, "内容太大了，请减小后再试。")


def test_a_name_that_climbs_out_is_cut_to_its_last_part(desk: DeskServer) -> None:
    assert upload(desk, regulation("一次"), "../../x.txt")["file_name"] == "x.txt"


def test_what_cannot_be_read_is_refused_with_a_sentence(desk: DeskServer) -> None:
    response = desk.editor.post(f"{DESK}/documents/uploads", files={"file": ("表.xlsx", b"PK\x03\x04 no sheet")})
    assert response.status_code == 422
    assert "读不了" in response.json()["title"]


def test_an_amendment_names_fields_that_exist_and_dates_that_fit(desk: DeskServer) -> None:
    document_id = publish(desk, regulation("九次"))
    address = f"{DESK}/documents/{document_id}"
    etag = desk.editor.get(address).headers["etag"]
    assert desk.editor.patch(address, json={"sha256": "x"}, headers=match(etag)).status_code == 422
    wrong = desk.editor.patch(address, json={"repealed_date": "2020-01-01"}, headers=match(etag))
    assert (wrong.status_code, wrong.json()["title"][:5]) == (422, "这样改不行")
    assert desk.editor.patch(address, json={"title": "补贴办法"}, headers=match(etag)).status_code == 200
    assert desk.editor.patch(address, json={"title": "别的"}, headers=match(etag)).status_code == 412
