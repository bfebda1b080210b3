from __future__ import annotations

from index.embedder import StaticEmbedder
from index.query import analyse
from index.terms import Analyzer


def test_only_what_goes_on_is_told_in_parts(embedder: StaticEmbedder, analyzer: Analyzer) -> None:
    assert analyse("我在科区开个麻辣烫，呼市有个胖嫂叫我改名", analyzer=analyzer, embedder=embedder).told == ()
    going_on = analyse("專利費減 多少钱", analyzer=analyzer, embedder=embedder, told=("專利費減", "多少钱"))
    assert going_on.told == (analyzer.normalise("专利费减"), "多少钱")
    assert going_on.own_terms >= {"专利", "多少"}
