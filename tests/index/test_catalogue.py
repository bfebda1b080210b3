from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Document, Facet, Kind, Passage, Status
from index.builder import number_documents
from index.catalogue import Catalogue, Filters, Numbered

DAYS = st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@pytest.fixture
def catalogue(guides: list[Document]) -> Catalogue:
    return Catalogue(number_documents(guides))


@given(DAYS, DAYS, DAYS, DAYS, DAYS, st.dates(dt.date(2019, 6, 1), dt.date(2030, 6, 1)))
def test_in_force_means_what_the_document_says(
    effective: dt.date | None,
    repealed: dt.date | None,
    passage_effective: dt.date | None,
    passage_repealed: dt.date | None,
    period_end: dt.date | None,
    as_of: dt.date,
) -> None:
    passage = Passage(
        passage_id="a#0",
        document_id="a",
        locator="一",
        heading="一",
        text="甲",
        order=0,
        effective_date=passage_effective,
        repealed_date=passage_repealed,
    )
    document = Document(
        document_id="a",
        title="题",
        kind=Kind.LAW,
        effective_date=effective,
        repealed_date=repealed,
        period_end=period_end,
        passages=(passage,),
    )
    catalogue = Catalogue([Numbered(0, document)])
    wanted = document.status(as_of, passage) in (Status.CURRENT, Status.EXPIRED)
    assert bool(catalogue.in_force(as_of)[0]) is wanted


def test_no_filter_keeps_every_passage(catalogue: Catalogue) -> None:
    assert catalogue.matching(Filters()).all()


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(regions=frozenset({"内蒙古"})), {"gi"}),
        (Filters(kinds=frozenset({Kind.LAW, Kind.PLAN})), {"old-law", "plan"}),
        (Filters(document_ids=frozenset({"trademark", "unknown"})), {"trademark"}),
        (Filters(document_ids=frozenset()), set()),
        (Filters(regions=frozenset({"内蒙古"}), kinds=frozenset({Kind.LAW})), set()),
    ],
)
def test_filters_keep_only_what_they_name(catalogue: Catalogue, filters: Filters, documents: set[str]) -> None:
    kept = catalogue.matching(filters).nonzero()[0]
    assert {catalogue.passage(int(number)).document_id for number in kept} == documents


def test_finds_passages_by_id_number_and_document(catalogue: Catalogue) -> None:
    number = catalogue.number("gi#1")
    assert catalogue.passage(number).passage_id == "gi#1"
    assert catalogue.document_of(number).title == "地理标志专用标志怎么用"
    assert [passage.passage_id for passage in catalogue.passages_of("gi")] == ["gi#0", "gi#1"]
    assert catalogue.passages_of("unknown") == []
    assert catalogue.documents["gi"].passages == ()


def test_holds_a_gap_in_the_numbers(guides: list[Document]) -> None:
    catalogue = Catalogue([Numbered(3, guides[1]), Numbered(10, guides[3])])
    assert len(catalogue) == 3
    assert catalogue.matching(Filters()).nonzero()[0].tolist() == [3, 4, 10]
    assert catalogue.in_force(dt.date(2026, 11, 23)).nonzero()[0].tolist() == [3, 4, 10]
    assert [passage.passage_id for passage in catalogue.passages_of("gi")] == ["gi#0", "gi#1"]


def test_tells_sections_of_a_facet(catalogue: Catalogue) -> None:
    numbers = np.array([catalogue.number("gi#0"), catalogue.number("gi#1")])
    assert catalogue.with_facets(frozenset({Facet.FEE}), numbers).tolist() == [False, True]
    assert catalogue.with_facets(frozenset(), numbers).tolist() == [False, False]


def test_an_empty_catalogue_has_nothing() -> None:
    catalogue = Catalogue([])
    assert len(catalogue) == 0
    assert catalogue.matching(Filters()).tolist() == []
