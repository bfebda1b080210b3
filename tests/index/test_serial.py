from __future__ import annotations

import datetime as dt
import json

import pytest

from corpus.records import Confidence, Document, Facet, Kind, Passage, Source
from corpus.shipped import shipped_documents
from index.serial import document_from_json, document_to_json


def test_a_document_comes_back_as_it_went() -> None:
    passage = Passage(
        passage_id="a#1",
        document_id="a",
        locator="第一条",
        heading="总则",
        text="第一行\n第二行",
        order=0,
        facet=Facet.FEE,
        questions=("多少钱", "收费不"),
        basis="《商标法》第一条",
        effective_date=dt.date(2024, 2, 1),
        repealed_date=dt.date(2027, 1, 1),
    )
    document = Document(
        document_id="a",
        title="题目",
        kind=Kind.LAW,
        aliases=("别名",),
        audience=("企业",),
        published_date=dt.date(2023, 12, 29),
        period_end=dt.date(2025, 12, 31),
        confidence=Confidence.SINGLE_SOURCE,
        sources=(Source(title="办法", document_number="第80号", url=None),),
        replaced_by="b",
        passages=(passage,),
    )
    assert document_from_json(document_to_json(document)) == document


def test_the_shipped_corpus_comes_back_as_it_went() -> None:
    for document in shipped_documents():
        assert document_from_json(document_to_json(document)) == document


def test_a_document_is_one_line() -> None:
    passage = Passage(passage_id="a#0", document_id="a", locator="一", heading="一", text="甲\n乙", order=0)
    line = document_to_json(Document(document_id="a", title="题", kind=Kind.GUIDE, passages=(passage,)))
    assert "\n" not in line
    assert json.loads(line)["title"] == "题"


@pytest.mark.parametrize("line", ["", "{", '{"document_id": "a"}', '{"document_id":"a","title":"t","kind":"novel"}'])
def test_refuses_what_is_no_document(line: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        document_from_json(line)
