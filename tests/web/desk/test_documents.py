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
QUESTION = "骆驼奶商标标识张贴几次"


def guide(times: str = "三次") -> bytes:
    return f"""---
id: camel-milk
kind: guide
title: 骆驼奶商标标识怎么贴
aliases: [骆驼奶]
topic: 商标
region: 全国
effective_date: 2024-02-01
confidence: verified
reviewed_on: 2026-11-01
review_due: 2027-11-01
sources:
  - title: 骆驼奶标识办法
related: []
---

## 谁能办
骆驼奶商标标识由保管员张贴。

问法：骆驼奶商标标识谁来贴
来源：《骆驼奶标识办法》第一条

## 怎么办
每箱骆驼奶的商标标识张贴{times}。

问法：骆驼奶商标标识张贴几次｜骆驼奶标识贴几遍
来源：《骆驼奶标识办法》第二条
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
    with desk_server(indexes, folder) as server:
        holder.append(server)
        yield server


def upload(desk: DeskServer, data: bytes, name: str = "办法.md") -> dict:
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
    taken = upload(desk, guide())
    address = f"{DESK}/documents/uploads/{taken['upload_id']}"
    assert desk.editor.post(f"{address}/confirm", headers=match(1)).status_code == 409
    rehearsed = desk.editor.post(f"{address}/rehearsal").json()
    changed = {each["question"]: each for each in rehearsed["rehearsal"]["changed"]}
    assert "三次" in changed[QUESTION]["after"]["text"]
    assert "三次" not in changed[QUESTION]["before"]["text"]
    index = desk.components.indexes.current()
    with_questions = [name for name in index.documents if any(p.questions for p in index.passages_of(name))]
    assert rehearsed["rehearsal"]["asked"] >= len(with_questions) > 3
    assert "三次" not in ask(desk.browser(), QUESTION)["text"]
    assert desk.editor.post(f"{address}/confirm", headers=match(2)).status_code == 200
    assert "三次" in ask(desk.browser(), QUESTION)["text"]


def test_a_curated_answer_waits_for_review_when_the_text_it_cites_gets_a_new_version(desk: DeskServer) -> None:
    document_id = publish(desk, guide())
    body = {"question": "村合作社办牌子奖不奖钱", "text": "奖，按办法办。", "passage_ids": [f"{document_id}#steps"]}
    draft = desk.clerk.post(f"{DESK}/curated", json=body).json()
    address = f"{DESK}/curated/{draft['curated_id']}"
    assert desk.editor.post(f"{address}/approve", headers=match(1)).status_code == 200
    given = ask(desk.browser(), body["question"])
    assert [each["document_id"] for each in given["citations"]] == [f"curated-{draft['curated_id']}", document_id]

    publish(desk, guide("八次"))
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
    assert [each["locator"] for each in diff["passages"]] == ["怎么办"]

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
    big = guide() + "\n骆驼奶。\n".encode() * 100_000
    assert upload(desk, big)["file_name"] == "办法.md"
    headers = {"Content-Length": str(200 * 2**20), "Content-Type": "multipart/form-data; boundary=x"}
    refused = desk.editor.post(f"{DESK}/documents/uploads", headers=headers, content=iter([b"--x\r\n"]))
    assert (refused.status_code, refused.json()["title"]) == (413, "内容太大了，请减小后再试。")


def test_a_name_that_climbs_out_is_cut_to_its_last_part(desk: DeskServer) -> None:
    assert upload(desk, guide("一次"), "../../x.md")["file_name"] == "x.md"


def test_what_cannot_be_read_is_refused_with_a_sentence(desk: DeskServer) -> None:
    response = desk.editor.post(f"{DESK}/documents/uploads", files={"file": ("表.xlsx", b"PK\x03\x04 no sheet")})
    assert response.status_code == 422
    assert "读不了" in response.json()["title"]


def test_an_amendment_names_fields_that_exist_and_dates_that_fit(desk: DeskServer) -> None:
    document_id = publish(desk, guide("九次"))
    address = f"{DESK}/documents/{document_id}"
    etag = desk.editor.get(address).headers["etag"]
    assert desk.editor.patch(address, json={"sha256": "x"}, headers=match(etag)).status_code == 422
    wrong = desk.editor.patch(address, json={"repealed_date": "2020-01-01"}, headers=match(etag))
    assert (wrong.status_code, wrong.json()["title"][:5]) == (422, "这样改不行")
    assert desk.editor.patch(address, json={"title": "补贴办法"}, headers=match(etag)).status_code == 200
    assert desk.editor.patch(address, json={"title": "别的"}, headers=match(etag)).status_code == 412


def test_a_reply_is_reproduced_with_its_versions_until_its_ground_moves(desk: DeskServer) -> None:
    publish(desk, guide("五次"))
    given = ask(desk.browser(), QUESTION)
    address = f"{DESK}/audit/replies/{given['reply_id']}"
    same = desk.admin.get(address).json()
    assert (same["same"], same["index_since"]) == (True, "same")
    assert same["turn"]["query"] == QUESTION
    assert {each["since"] for each in (*same["quoted"], *same["texts"])} == {"same"}
    assert "camel-milk" in [each["document_id"] for each in same["texts"]]
    publish(desk, guide("六次"))
    other = desk.admin.get(address).json()
    assert (other["same"], other["index_since"]) == (False, "changed")
    assert other["turn"]["reply"]["text"] == given["text"]
    assert [each["since"] for each in other["quoted"] if "五次" in each["citation"]["quote"]] == ["changed"]
    assert [each["since"] for each in other["texts"] if each["document_id"] == "camel-milk"] == ["changed"]
    changed = {each["change"]: each["text"] for each in other["difference"]}
    assert (changed["removed"], changed["added"]) == ("五", "六")
    asked = desk.admin.get(f"{DESK}/statistics").json()["total"]["asked"]
    desk.admin.get(address)
    assert desk.admin.get(f"{DESK}/statistics").json()["total"]["asked"] == asked
