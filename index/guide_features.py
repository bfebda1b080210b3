"""What the guide ranker looks at: how a candidate section, its heading and its known questions fit the question.

Everything that depends on the passage alone is computed once and kept (:class:`Profile`); a corpus of guides is small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.records import Facet, Kind
from index.arrays import BoolArray, FloatArray, IntArray
from index.candidates import ASKED, FIT, WORDING, Candidates
from index.facet_guess import FacetGuess
from index.fusion import descending
from index.parts import SearchParts, indexed_text
from index.query import AnalysedQuery
from index.rarity import Rarity
from index.term_sets import TermComparer, TermSets

LOOKED_AT, WARMED = 25, 4000
FEATURES = (
    *("text_rank", "text", "text_per_character"),
    *("fit", "fit_share", "fit_below_best", "fit_rank"),
    *("overlap", "overlap_share", "coverage", "coverage_share", "heading", "title"),
    *("facet_probability", "facet", "length", "query_length"),
)
_FACETS = [*Facet]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is worth keeping of a passage; a field is its heading, its title with other names, its text, or a question.

    :ivar fields: the character terms of every field.
    """

    fields: TermSets
    facet: int
    length: float


_HEADING, _TITLE, _TEXT = range(3)
"""Places of a profile's fields; the questions follow, one after the other, to the end."""


class GuideFeatures:
    """Computes the features over one generation.

    :ivar guides: (catalogue.size,) whether each passage is ranked here: all but laws.
    """

    def __init__(self, parts: SearchParts, *, facet_guess: FacetGuess) -> None:
        self._parts = parts
        self._facet_guess = facet_guess
        self._profiles: dict[int, Profile] = {}
        self._comparer = TermComparer(Rarity(parts.texts))
        self.guides: BoolArray = np.zeros(parts.catalogue.size, dtype=bool)
        for number in parts.catalogue.numbers():
            self.guides[number] = parts.catalogue.document_of(number).kind is not Kind.LAW

    def best(self, found: Candidates, scores: FloatArray) -> IntArray:
        """Return the positions in ``found`` of the best sections, at most :data:`LOOKED_AT`, by falling score.

        The best are those with the greatest sum of score, fit, nearness to what was asked about them and share of the words in
        that: a section that shares no word with the question may still be what it means.
        """
        positions = np.flatnonzero(self.guides[found.numbers])
        fit, asked, wording = (found.columns[name][positions] for name in (FIT, ASKED, WORDING))
        sums = scores[positions] + fit + asked + (_share(wording) if len(positions) else 0)
        positions = positions[descending(sums, found.numbers[positions])[:LOOKED_AT]]
        return positions[descending(scores[positions], found.numbers[positions])]

    def matrix(self, query: AnalysedQuery, found: Candidates, positions: IntArray) -> FloatArray:
        """Return (len(positions), len(FEATURES)) float64."""
        profiles = [self._profile(number) for number in found.numbers[positions].tolist()]
        lexical, fit = found.columns["text"][positions], found.columns[FIT][positions]
        heading, title, coverage, overlap = self._shared(query, profiles)
        guesses = self._facet_guess.probabilities(query.own_terms)
        facets = np.array([profile.facet for profile in profiles])
        length = len(query.normalised)
        columns = [
            *(_ranks(lexical), _share(lexical), lexical / max(length, 1)),
            *(fit, _share(fit), fit - fit.max(), _ranks(fit)),
            *(overlap, _share(overlap), coverage, _share(coverage)),
            *(heading, title),
            *(guesses[facets], facets, np.array([profile.length for profile in profiles])),
            np.full(len(profiles), length),
        ]
        return np.column_stack(columns).astype(np.float64)

    def warm(self) -> None:
        """Compute what is kept of the sections now, instead of when each is first a candidate: a second or two."""
        for number in np.flatnonzero(self.guides)[:WARMED].tolist():
            self._profile(number)

    def _profile(self, number: int) -> Profile:
        profile = self._profiles.get(number)
        if profile is None:
            profile = self._profiles[number] = self._made(number)
        return profile

    def _made(self, number: int) -> Profile:
        analyzer = self._parts.analyzer
        passage, document = self._parts.catalogue.passage(number), self._parts.catalogue.document_of(number)
        heading, title = passage.heading.removeprefix(document.title), " ".join((document.title, *document.aliases))
        fields = [heading, title, indexed_text(document, passage), *passage.questions]
        normalised = [analyzer.normalise(field) for field in fields]
        return Profile(
            fields=self._comparer.sets(map(analyzer.characters, normalised)),
            facet=_FACETS.index(passage.facet) if passage.facet else len(_FACETS),
            length=math.log1p(len(passage.text)),
        )

    def _shared(
        self, query: AnalysedQuery, profiles: Sequence[Profile]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return how the query's terms, weighted by rarity, are shared with each profile's fields, 0..1 each.

        :returns: Dice overlap with the heading; share of the query in the title, and in the text; Dice overlap with the
            nearest known question.
        """
        shared = self._comparer.shared(query.own_terms, [profile.fields for profile in profiles])
        counts = np.array([len(profile.fields.sizes) for profile in profiles])
        first = counts.cumsum() - counts
        questions = shared.dice.copy()
        for place in (_HEADING, _TITLE, _TEXT):
            questions[first + place] = 0.0
        return (
            shared.dice[first + _HEADING],
            shared.share[first + _TITLE],
            shared.share[first + _TEXT],
            np.maximum.reduceat(questions, first),
        )


def _share(scores: FloatArray) -> FloatArray:
    """Return each score's share of the largest."""
    share: FloatArray = np.clip(scores, 0, None) / max(float(scores.max()), 1e-9)
    return share


def _ranks(scores: FloatArray) -> FloatArray:
    ranks = np.empty(len(scores), dtype=np.float64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks
