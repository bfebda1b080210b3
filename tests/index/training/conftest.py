"""A few guides and laws with questions, and a random teacher for them, in the hub's form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace

from corpus.records import Document, Kind, Passage
from index.terms import Analyzer, default_analyzer
from index.training.sentence_texts import SentenceTexts, sentence_texts
from index.training.sources import Pair, TrainingData

if TYPE_CHECKING:  # so that tests which need no torch start without it
    from index.training.sentence_network import SentenceNetwork

SECTIONS = [
    ("商标", "费用", "每类缴纳三百元。", ("注册牌子花多少钱", "牌子一类几块", "办牌子贵吗", "牌子要交钱吗")),
    ("商标", "材料", "提交申请书和图样。", ("牌子要带什么", "牌子图样几张", "申请书在哪拿", "办牌子带啥")),
    ("专利", "费用", "申请费九百元。", ("发明花多少钱", "发明要交钱吗", "发明能少交吗", "发明贵吗")),
    ("专利", "时间", "审查约十六个月。", ("发明多久批", "发明等几年", "审查要多久", "发明何时下证")),
    ("地标", "窗口", "到二楼综合窗口办理。", ("辣椒去哪办", "红标几楼办", "辣椒找谁", "红标哪里贴")),
    ("地标", "条件", "产自保护区域。", ("外地辣椒能贴吗", "辣椒算不算", "谁能贴红标", "辣椒够格吗")),
]
WORDS = ["商标", "专利", "辣椒", "窗口", "审查", "申请", "多少"]
MARKS = ["<s>", "<pad>", "</s>", "<unk>"]


@pytest.fixture
def one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make_guides() -> list[Document]:
    documents = []
    for title in dict.fromkeys(title for title, *_ in SECTIONS):
        mine = [row for row in SECTIONS if row[0] == title]
        passages = tuple(
            Passage(f"{title}#{order}", title, heading, heading, text, order, questions=questions)
            for order, (_, heading, text, questions) in enumerate(mine)
        )
        documents.append(Document(title, title, Kind.GUIDE, passages=passages))
    return documents


def make_training_data() -> TrainingData:
    texts = ["注册商标有效期十年。", "发明专利权期限二十年。", "侵犯商标权应当赔偿。"]
    passages = tuple(Passage(str(n), "law", f"第{n}条", "", text, n) for n, text in enumerate(texts))
    asked = [("judged", "商标管几年", "0"), ("cited", "发明管几年", "1"), ("chosen", "仿冒要赔吗", "2")]
    pairs = [Pair(*each) for each in asked] + [Pair("answer", "没有条文的问题", text="答")]
    law = Document("law", "法", Kind.LAW, passages=passages)
    return TrainingData(documents=[law, *make_guides()], questions=[], pairs=pairs)


@pytest.fixture(scope="session")
def guides() -> list[Document]:
    """Three guides of two sections; each section has four lay questions."""
    return make_guides()


@pytest.fixture(scope="session")
def training_data() -> TrainingData:
    """A law of three articles with a question each, the last one's article chosen by a language model."""
    return make_training_data()


@pytest.fixture(scope="session")
def words() -> list[str]:
    return WORDS


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return default_analyzer()


@pytest.fixture(scope="session")
def texts(analyzer: Analyzer) -> SentenceTexts:
    return sentence_texts(make_guides(), make_training_data(), WORDS, analyzer)


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory, texts: SentenceTexts) -> Path:
    """A hub folder with two random layers of 16 numbers and a tokenizer that knows words and characters."""
    import torch
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("teacher")
    known = "".join([*texts.sections.texts, *texts.sections.questions])
    known += "".join([*texts.articles.texts, *texts.articles.questions])
    pieces = [*MARKS, "▁", "▁bonjour", "▁que", "ry", ":", "▁passage", "▁商标", "龘", "»", *WORDS]
    pieces += sorted({each for each in known if not each.isspace()} - {":"})
    scores = [0.0 if piece in MARKS else -3.0 - (number % 7) / 10 for number, piece in enumerate(pieces)]
    tokenizer = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), unk_id=3, byte_fallback=False))
    tokenizer.pre_tokenizer = Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.enable_truncation(4)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(pieces) + 3, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=32, max_position_embeddings=220, initializer_range=0.4,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture
def pruned_teacher(teacher: Path, texts: SentenceTexts) -> tuple[Tokenizer, SentenceNetwork]:
    from index.training.sentence_network import read_teacher
    from index.training.sentence_tokens import SentenceTokens, pruned, read_tokenizer

    wide = read_tokenizer(teacher)
    tokenizer, rows = pruned(wide, SentenceTokens.of(texts, wide).used())
    return tokenizer, read_teacher(teacher, rows)
