from __future__ import annotations

from corpus.records import Document, Kind, Passage, Status
from index.retriever import Hit, SearchResult
from index.training import doubt_fit

DOCUMENT = Document(document_id="a", title="题", kind=Kind.GUIDE)
UNANSWERED = [{"coverage": 0.1, "dense": 0.0}] * 10
Asked = tuple[frozenset[str], SearchResult]


def asked(coverage: float, rank: int) -> Asked:
    """Return five passages that were found, of which the one at ``rank`` answers (0: none does)."""
    hits = []
    for place in range(1, 6):
        passage = Passage(passage_id=f"a#{place}", document_id="a", locator="一", heading="一", text="甲", order=place)
        hits.append(Hit(passage, DOCUMENT, place, 1 / place, 0, 0, None, Status.CURRENT))
    found = SearchResult(tuple(hits), (), 0.5, {"coverage": coverage, "dense": 1.0})
    return frozenset({f"a#{rank}"} if rank else ()), found


def test_doubt_learns_what_goes_with_an_answer_and_no_feature_the_wrong_way_round() -> None:
    answered = [asked(0.9 - number / 100, 1) for number in range(20)]
    missed = [asked(0.2 + number / 100, 0) for number in range(20)]
    model = doubt_fit.fit([*answered, *missed, (frozenset({"a#1"}), SearchResult((), (), 0.0))], UNANSWERED)
    assert model.probability({"coverage": 0.9}) > 0.8 > 0.2 > model.probability({"coverage": 0.1})
    assert all(weight >= 0 for weight in model.weights.values())
    assert model.without_signs is None
    against = doubt_fit.fit([asked(0.1, 1)] * 20 + [asked(0.9, 0)] * 20, [])
    assert against.weights["coverage"] == 0.0


def test_a_message_is_answered_by_one_of_the_first_three() -> None:
    high, low = ({"coverage": each, "dense": 1.0} for each in (0.9, 0.2))
    missed = [asked(0.2, 0)] * 20
    third, fourth = (doubt_fit.fit([asked(0.9, rank)] * 20 + missed, UNANSWERED) for rank in (3, 4))
    assert third.probability(high) > 0.8 > 0.2 > third.probability(low)
    assert fourth.probability(high) < 0.2
