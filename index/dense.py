"""The dense index: inner product with every row by FAISS over unit vectors of passages and of their lay questions.

A vector's id is ``passage number * SLOTS + slot``: slot 0 is the passage, slot n its n-th lay question. A question is a
vector of its own that points at its passage, so a passage scores as its best vector does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import faiss
import numpy as np

from index.arrays import BoolArray, FloatArray, IntArray, Scope
from index.errors import REBUILD, IndexBrokenError

SLOTS = 64
_SPARE, _FETCH_GROWTH = 1.25, 4
_LEVELS, _AT_ONCE = 127, 4096
PASSAGES, SECTIONS, ASKED = "dense", "sections", "asked"  # what is in an index, and how its files begin


@overload
def vector_id(number: int, slot: int) -> int: ...
@overload
def vector_id(number: IntArray, slot: int) -> IntArray: ...
def vector_id(number: int | IntArray, slot: int) -> int | IntArray:
    """Return the id of slot ``slot`` (0 the passage, from 1 its questions) of passage ``number``."""
    return number * SLOTS + slot


@dataclass(frozen=True, slots=True)
class DenseHits:
    """Vectors found, best first.

    :ivar numbers: (n,) int64 passage numbers; a passage may occur several times.
    :ivar slots: (n,) int64, 0 the passage itself, from 1 its questions.
    :ivar scores: (n,) float32 cosines, descending.
    """

    numbers: IntArray
    slots: IntArray
    scores: FloatArray


class DenseIndex:
    """Vectors with ids, searched exactly.

    :param vectors: (n, dim) float32, rows of unit length.
    :param ids: (n,) int64, see :func:`vector_id`.
    """

    def __init__(self, vectors: FloatArray, ids: IntArray) -> None:
        # Eight bits take half the memory and half the time of half precision; cosines differ in the third place.
        eight = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._rows: Any = faiss.IndexScalarQuantizer(vectors.shape[1], eight, faiss.METRIC_INNER_PRODUCT)
        self._scale = scale_of(vectors.shape[1])
        self._add(vectors)
        self._name(ids)

    @property
    def count(self) -> int:
        """Vectors in the index."""
        return int(self._rows.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._rows.d)

    @property
    def numbers(self) -> IntArray:
        """(count,) int64, the passage number of each vector."""
        return self._numbers

    def save(self, folder: Path, name: str = PASSAGES) -> None:
        """Write the vectors and ids into ``folder``."""
        faiss.write_index(self._rows, str(folder / f"{name}.faiss"))
        np.save(folder / f"{name}_ids.npy", self._ids, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path, name: str = PASSAGES) -> DenseIndex:
        """Read an index that :meth:`save` wrote.

        :raises IndexBrokenError: a file is missing, damaged, or the two do not belong together.
        """
        try:
            rows = faiss.read_index(str(folder / f"{name}.faiss"))
            ids = np.load(folder / f"{name}_ids.npy", allow_pickle=False)
        except (RuntimeError, ValueError, OSError, EOFError) as error:
            raise IndexBrokenError(f"{folder}: FAISS cannot read it ({error}); {REBUILD}") from error
        if rows.ntotal != len(ids):
            raise IndexBrokenError(f"{folder}: found {rows.ntotal} vectors and {len(ids)} ids; {REBUILD}")
        index = cls.__new__(cls)
        index._rows, index._scale = rows, scale_of(rows.d)
        index._name(ids)
        return index

    def search(self, query: FloatArray, *, scope: Scope | None, limit: int) -> DenseHits:
        """Return the best ``limit`` vectors of allowed passages.

        :param query: (dim,) float32 of unit length.
        :param scope: by passage number; None allows all.
        """
        rows = None if scope is None else scope.both[self._numbers]
        kept = None if rows is None or rows.all() else rows
        fetch = limit if scope is None else math.ceil(limit * _SPARE)
        while True:
            hits = self._found(query, kept, min(fetch, self.count))
            cut = scope.cut(hits.numbers, limit) if scope is not None else None
            if scope is None or cut is not None or len(hits.numbers) < fetch:
                return DenseHits(hits.numbers[:cut], hits.slots[:cut], hits.scores[:cut])
            fetch *= _FETCH_GROWTH

    def _found(self, query: FloatArray, kept: BoolArray | None, limit: int) -> DenseHits:
        if limit == 0:
            return DenseHits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        parameters = None
        if kept is not None:
            bits = np.packbits(kept, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type] # faiss wraps the C++ signature
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg] # so too here
        # The query is in eight bits too: FAISS then multiplies whole numbers.
        products, rows = self._rows.search(self._levels(query.reshape(1, -1)), limit, params=parameters)
        real = rows[0] >= 0  # FAISS pads with -1 when fewer rows are allowed, and -1 would be Python's last row
        ids = self._ids[rows[0][real]]
        return DenseHits(numbers=ids // SLOTS, slots=ids % SLOTS, scores=products[0][real] / self._scale**2)

    def change(self, *, removed: IntArray, vectors: FloatArray, ids: IntArray) -> None:
        """Take out what belongs to the passages ``removed``, and add vectors whose ids are higher than all here.

        The rows that stay are moved as they are: decoding and encoding them would take most of the time of an update.
        """
        gone = np.isin(self._numbers, removed)
        if gone.any():
            self._rows.remove_ids(faiss.IDSelectorBatch(np.flatnonzero(gone)))
        self._add(vectors)
        self._name(np.concatenate([self._ids[~gone], ids]))

    def similarity(self, query: FloatArray, numbers: IntArray) -> FloatArray:
        """Return (n,) the cosine of ``query`` with the passage vector of each of ``numbers``; 0 where there is none.

        Of several queries, (k, dim), it is (k, n).
        """
        rows = np.searchsorted(self._ids, numbers * SLOTS)
        rows = np.minimum(rows, max(self.count - 1, 0))
        found = self._ids[rows] == numbers * SLOTS
        # Decoded at once: ``reconstruct_batch`` makes a decoder anew for every row.
        vectors = self._rows.sa_decode(self._codes()[rows])
        scores: FloatArray = (query.astype(np.float32) @ vectors.T) / self._scale * found
        return scores

    def nearest(self, queries: FloatArray, numbers: IntArray, count: int) -> FloatArray:
        """Return (len(queries), len(numbers)) the mean of the ``count`` greatest cosines of each query with the vectors of each
        passage; of all of them where it has fewer, nan where it has none.

        :param queries: (k, dim) float32, rows of unit length.
        """
        starts, sizes = np.searchsorted(self._ids, vector_id(numbers, 0)), self.counts(numbers)
        has = np.flatnonzero(sizes)
        mean: FloatArray = np.full((len(queries), len(numbers)), np.nan)
        if len(has):
            places = np.arange(max(int(sizes.max()), count))
            there = places < sizes[has, None]
            rows = (starts[has, None] + places)[there]
            cosines = np.full((len(queries), *there.shape), -np.inf)
            cosines[:, there] = queries.astype(np.float32) @ self._rows.sa_decode(self._codes()[rows]).T / self._scale
            greatest = np.partition(cosines, -count, axis=2)[:, :, -count:]
            counted = np.minimum(sizes[has], count)
            mean[:, has] = np.where(np.isfinite(greatest), greatest, 0.0).sum(axis=2) / counted
        return mean

    def counts(self, numbers: IntArray) -> IntArray:
        """Return (len(numbers),) how many vectors each passage has."""
        counts: IntArray = self._counts[np.minimum(numbers, len(self._counts) - 1)]
        return counts

    def _name(self, ids: IntArray) -> None:
        """Say which vector is which; ``ids`` (count,), ascending."""
        self._ids, self._numbers = ids, ids // SLOTS
        # One place more, for any number that is higher than all here.
        self._counts: IntArray = np.bincount(self._numbers, minlength=int(self._numbers.max(initial=-1)) + 2)

    def _add(self, vectors: FloatArray) -> None:
        """Append rows, some at a time: a copy of all of them would take as much memory as everything else."""
        for start in range(0, len(vectors), _AT_ONCE):
            self._rows.add(self._levels(vectors[start : start + _AT_ONCE]))

    def _levels(self, vectors: FloatArray) -> FloatArray:
        """Return the whole numbers, -127..127, that stand for the components; (n, dim) float32 as FAISS takes them."""
        return np.clip(np.round(vectors * self._scale), -_LEVELS, _LEVELS).astype(np.float32)

    def _codes(self) -> Any:
        """Return (n, bytes a vector) uint8, FAISS's own memory; not to be kept: a change may move it."""
        codes = self._rows.codes
        return faiss.rev_swig_ptr(codes.data(), codes.size()).reshape(-1, self._rows.code_size)


def scale_of(dim: int) -> float:
    """Return how many levels a component of 1 would have: those of a unit vector are about 1/√dim and hardly ever reach
    eight times that; what is beyond is cut.
    """
    return _LEVELS / min(1.0, 8 / math.sqrt(dim))


def use_one_thread() -> None:
    """Make FAISS answer on the calling thread: a second one gains nothing and collapses on a busy machine."""
    faiss.omp_set_num_threads(1)
