"""Makes the facet counts and the topic guess again with the shipped encoder; the trees stay as they are.

    python -m index.training.matters

For when questions were added, or the encoder was taught further: two minutes on two cores.
"""

from __future__ import annotations

import datetime as dt

from index.encoder import shipped_encoder
from index.guide_ranker import FACETS, MODEL, TOPIC
from index.terms import default_analyzer
from index.training import guide_rows
from index.training.guides import NEGATIVES, Material


def main() -> None:
    """Learn and write both."""
    material = Material.read(NEGATIVES, dt.date.max)  # the day does not matter here
    guide_rows.facet_guess(material.documents, default_analyzer()).save(MODEL / FACETS)
    (MODEL / TOPIC).write_bytes(material.topic_guess(material.documents, shipped_encoder(), without=None))


if __name__ == "__main__":
    main()
