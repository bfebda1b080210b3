"""What the guide ranker looks at: how a candidate section, its heading and its known questions fit the question.

Everything that depends on the passage alone is computed once and kept (:class:`Profile`); a corpus of guides is small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from corpus.records import Facet, Kind
from index.arrays import BoolArray, FloatArray, IntArray
from index.candidates import Candidates
from index.embedder import StaticEmbedder
from index.facet_guess import FacetGuess
from index.fusion import descending
from index.parts import SearchParts, indexed_text
from index.query import AnalysedQuery
from index.rarity import Rarity

LOOKED_AT = 60
FEATURES = (
    *("blend", "below_best", "rank", "text_rank", "fit_rank"),
    *("text", "text_per_character", "fit", "fit_share", "question_fit", "question_fit_share"),
    *("overlap", "overlap_share", "coverage", "coverage_share", "heading", "title"),
    *("facet_probability", "facet", "length", "query_length"),
)
_FACETS = [*Facet]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is worth keeping of a passage.

    :ivar text: normalised title, heading, other names and text.
    :ivar heading: character terms of the section's own heading.
    :ivar vectors: (1 + number of questions, dim); the first is the passage's.
    :ivar questions: for each known question its character terms and their summed rarity.
    """

    text: str
    heading: frozenset[str]
    heading_weight: float
    vectors: FloatArray
    questions: tuple[tuple[frozenset[str], float], ...]
    facet: int
    length: float


class GuideFeatures:
    """Computes the features over one generation.

    :param embedder: made for the ranker; not the one that the dense index was built with.
    :ivar guides: (catalogue.size,) whether each passage is ranked here: all but laws.
    """

    def __init__(self, parts: SearchParts, *, embedder: StaticEmbedder, facet_guess: FacetGuess) -> None:
        self._parts = parts
        self._embedder = embedder
        self._facet_guess = facet_guess
        self._profiles: dict[int, Profile] = {}
        self._titles: dict[str, str] = {}
        self._rarity = Rarity(parts.texts)
        self.guides: BoolArray = np.zeros(parts.catalogue.size, dtype=bool)
        for number in parts.catalogue.numbers():
            self.guides[number] = parts.catalogue.document_of(number).kind is not Kind.LAW

    def best(self, found: Candidates, scores: FloatArray) -> IntArray:
        """Return the positions in ``found`` of the best sections, best first, at most :data:`LOOKED_AT`."""
        positions = np.flatnonzero(self.guides[found.numbers])
        return positions[descending(scores[positions], found.numbers[positions])[:LOOKED_AT]]

    def matrix(self, query: AnalysedQuery, found: Candidates, positions: IntArray) -> FloatArray:
        """Return (len(positions), len(FEATURES)) float64."""
        numbers = found.numbers[positions].tolist()
        profiles = [self._profile(number) for number in numbers]
        vector = self._embedder.encode_normalised([query.normalised])[0]
        lexical = found.columns["text"][positions]
        fit = np.array([profile.vectors[0] @ vector for profile in profiles])
        question_fit = np.array([max(profile.vectors[1:] @ vector, default=0.0) for profile in profiles])
        own = self._rarity.weight(query.own_terms)
        overlap = np.array([self._overlap(query, own, profile) for profile in profiles])
        coverage, title = self._coverage(query, numbers, profiles)
        blend = 4.0 * _share(lexical) + 6.3 * fit + question_fit + 1.5 * coverage
        guesses = self._facet_guess.probabilities(query.own_terms)
        facets = np.array([profile.facet for profile in profiles])
        length = len(query.normalised)
        columns = [
            *(blend, blend - blend.max(), _ranks(blend), _ranks(lexical), _ranks(fit)),
            *(_share(lexical), lexical / max(length, 1), fit, _share(fit), question_fit, _share(question_fit)),
            *(overlap, _share(overlap), coverage, _share(coverage)),
            *(np.array([self._heading(query, own, profile) for profile in profiles]), title),
            *(guesses[facets], facets, np.array([profile.length for profile in profiles])),
            np.full(len(numbers), length),
        ]
        return np.column_stack(columns).astype(np.float64)

    def warm(self) -> None:
        """Compute what is kept of every section now, instead of when it is first a candidate: a second or two."""
        for number in np.flatnonzero(self.guides).tolist():
            self._profile(number)

    def _profile(self, number: int) -> Profile:
        profile = self._profiles.get(number)
        if profile is None:
            profile = self._profiles[number] = self._made(number)
        return profile

    def _made(self, number: int) -> Profile:
        analyzer = self._parts.analyzer
        passage, document = self._parts.catalogue.passage(number), self._parts.catalogue.document_of(number)
        own_heading = passage.heading.removeprefix(document.title)
        text, heading, *questions = map(
            analyzer.normalise, (indexed_text(document, passage), own_heading, *passage.questions)
        )
        terms = [frozenset(analyzer.characters(each)) for each in (heading, *questions)]
        weights = [self._rarity.weight(each) for each in terms]
        return Profile(
            text=text,
            heading=terms[0],
            heading_weight=weights[0],
            vectors=self._embedder.encode_normalised([text, *questions]),
            questions=tuple(zip(terms[1:], weights[1:], strict=True)),
            facet=_FACETS.index(passage.facet) if passage.facet else len(_FACETS),
            length=math.log1p(len(passage.text)),
        )

    def _overlap(self, query: AnalysedQuery, own: float, profile: Profile) -> float:
        """Return the weighted Dice overlap with the nearest known question, 0..1."""
        shared = ((self._rarity.weight(query.own_terms & terms), weight) for terms, weight in profile.questions)
        return max((2 * both / (own + weight) for both, weight in shared if both), default=0.0)

    def _heading(self, query: AnalysedQuery, own: float, profile: Profile) -> float:
        both = self._rarity.weight(query.own_terms & profile.heading)
        return 2 * both / (own + profile.heading_weight) if both else 0.0

    def _coverage(
        self, query: AnalysedQuery, numbers: Iterable[int], profiles: Iterable[Profile]
    ) -> tuple[FloatArray, FloatArray]:
        """Return which weighted share of the query's terms stands in each passage, and in its document's title."""
        weighted = [(term, self._rarity.of(term)) for term in sorted(query.own_terms)]
        total = sum(weight for _, weight in weighted) or 1.0
        shares = []
        for number, profile in zip(numbers, profiles, strict=True):
            text, title = profile.text, self._title(number)
            in_text = sum([weight for term, weight in weighted if term in text])
            in_title = sum([weight for term, weight in weighted if term in title])
            shares.append((in_text / total, in_title / total))
        coverage, title_coverage = np.array(shares).T
        return coverage, title_coverage

    def _title(self, number: int) -> str:
        document = self._parts.catalogue.document_of(number)
        if document.document_id not in self._titles:
            whole = " ".join((document.title, *document.aliases))
            self._titles[document.document_id] = self._parts.analyzer.normalise(whole)
        return self._titles[document.document_id]


def _share(scores: FloatArray) -> FloatArray:
    """Return each score's share of the largest."""
    share: FloatArray = np.clip(scores, 0, None) / max(float(scores.max()), 1e-9)
    return share


def _ranks(scores: FloatArray) -> FloatArray:
    ranks = np.empty(len(scores), dtype=np.float64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks
