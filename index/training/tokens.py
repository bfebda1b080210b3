"""Training texts as rows of the embedding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.parts import indexed_text
from index.terms import Analyzer
from index.training.sources import TrainingData

MIN_COUNT = 2
MOST_WORDS = 20_000  # 256 dimensions in half precision: 10.2 MB; rarer words change no measure


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A query and its answer; ``passage`` is a position in :attr:`Tokens.passages`, -1 where ``text`` answers."""

    query: list[int]
    passage: int
    text: list[int]
    question: int


@dataclass(slots=True)
class Tokens:
    """The training data in numbers.

    :ivar vocabulary: the words, most frequent first; a token is a position in it.
    :ivar passages: each passage with its title and heading; ``bodies`` without, ``heads`` these alone.
    :ivar neighbours: positions of passages that follow one another in a document.
    """

    vocabulary: list[str]
    passages: list[list[int]]
    bodies: list[list[int]]
    heads: list[list[int]]
    neighbours: list[tuple[int, int]]
    pairs: dict[str, list[TokenPair]]
    questions: list[list[int]]
    gold: list[frozenset[int]]
    passage_ids: list[str] = field(default_factory=list)


def tokenise(data: TrainingData, analyzer: Analyzer) -> Tokens:
    """Cut everything into words and number those that occur at least twice."""

    def words(text: str) -> list[str]:
        return analyzer.words(analyzer.normalise(text))

    places = [(document, passage) for document in data.documents for passage in document.passages]
    passages = [words(indexed_text(document, passage)) for document, passage in places]
    asked = [words(question.text) for question in data.questions]
    texts = [words(pair.text) for pair in data.pairs]
    queries = [words(pair.query) for pair in data.pairs]
    others = {tuple(cut) for cut in (*asked, *texts, *queries)}
    vocabulary = _vocabulary([*passages, *sorted(others)])
    number = {word: position for position, word in enumerate(vocabulary)}

    def ids(cut: Sequence[str]) -> list[int]:
        return [number[word] for word in cut if word in number] or [0]

    at = {passage.passage_id: position for position, (_, passage) in enumerate(places)}
    pairs: dict[str, list[TokenPair]] = {}
    for pair, query, text in zip(data.pairs, queries, texts, strict=True):
        known = at.get(pair.passage_id, -1)
        if known >= 0 or text:
            pairs.setdefault(pair.source, []).append(TokenPair(ids(query), known, ids(text), pair.question))
    return Tokens(
        vocabulary=vocabulary,
        passages=[ids(cut) for cut in passages],
        bodies=[ids(words(passage.text)) for _, passage in places],
        heads=[ids(words(f"{document.title} {passage.heading}")) for document, passage in places],
        neighbours=[
            (position, position + 1)
            for position in range(len(places) - 1)
            if places[position][0] is places[position + 1][0]
        ],
        pairs=pairs,
        questions=[ids(cut) for cut in asked],
        gold=[frozenset(at[gold] for gold in question.gold if gold in at) for question in data.questions],
        passage_ids=[passage.passage_id for _, passage in places],
    )


def _vocabulary(texts: Sequence[Sequence[str]]) -> list[str]:
    counts = Counter(word for text in texts for word in text)
    common = (word for word, count in counts.items() if count >= MIN_COUNT)
    return sorted(common, key=lambda word: (-counts[word], word))[:MOST_WORDS]
