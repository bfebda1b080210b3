from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import onnx
import onnxruntime
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from torch.nn import functional

from index.encoder import SentenceEncoder
from index.training.sentence_export import MOST_TOKENS, NAME, VERSION, save, write_graph
from index.training.sentence_network import SentenceNetwork, read_teacher, shallow
from index.training.sentence_texts import SentenceTexts
from index.training.sentence_tokens import (
    SECTION_TOKENS,
    PaddedTexts,
    SentenceTokens,
    cut,
    joined,
    pruned,
    read_tokenizer,
)

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")
MARKS = ["<s>", "<pad>", "</s>", "<unk>"]


def numbers(*values: int) -> torch.Tensor:
    return torch.tensor(values)


def everything_of(folder: Path) -> tuple[Tokenizer, SentenceNetwork]:
    tokenizer = read_tokenizer(folder)
    return tokenizer, read_teacher(folder, range(tokenizer.get_vocab_size()))


# Tokens


def test_pruning_keeps_marks_what_occurs_prefixes_and_chinese(teacher: Path, texts: SentenceTexts) -> None:
    wide = read_tokenizer(teacher)
    small, rows = pruned(wide, SentenceTokens.of(texts, wide).used())
    pieces = [small.id_to_token(row) for row in range(small.get_vocab_size())]
    assert pieces == [wide.id_to_token(row) for row in rows]
    assert pieces[:4] == MARKS
    assert {"▁que", "ry", ":", "▁passage", "龘"} <= set(pieces)
    assert not {"▁bonjour", "»"} & set(pieces)


def test_a_pruned_tokenizer_cuts_as_before(teacher: Path, texts: SentenceTexts) -> None:
    wide = read_tokenizer(teacher)
    small, rows = pruned(wide, SentenceTokens.of(texts, wide).used())
    for group in (texts.sections.texts, texts.sections.questions, texts.articles.texts, texts.words):
        for before, after in zip(cut(group, wide, 500), cut(group, small, 500), strict=True):
            assert before.tolist() == [rows[token] for token in after]
    assert cut(["☃"], small, 500)[0].tolist()[-1] == MARKS.index("<unk>")


def test_another_kind_of_tokenizer_is_refused(tmp_path: Path) -> None:
    Tokenizer(WordLevel({"<unk>": 0}, unk_token="<unk>")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ValueError, match="wanted Unigram"):
        read_tokenizer(tmp_path)


def test_padded_texts_stand_between_their_marks(teacher: Path) -> None:
    tokenizer = read_tokenizer(teacher)
    short, long = cut(["商标"], tokenizer, 9)[0], cut(["商标管几年"], tokenizer, 9)[0]
    padded = PaddedTexts.of([short, long], tokenizer, CPU, "query:")
    ids, there = padded.batch(numbers(1, 0))
    whole = [0, *tokenizer.encode("query: 商标管几年", add_special_tokens=False).ids, 2]
    assert ids[0].tolist() == whole
    assert there.sum(1).tolist() == [len(whole), len(short) + padded.opening + 1]
    assert padded.batch(numbers(0))[0].shape[1] == len(short) + padded.opening + 1
    assert padded.batch(numbers(1), longest=3)[0].tolist() == [whole[:3]]


def test_dropout_spares_the_opening_and_every_second_text(teacher: Path) -> None:
    tokenizer = read_tokenizer(teacher)
    padded = PaddedTexts.of(cut(["商标管几年"], tokenizer, 9), tokenizer, CPU, "query:")
    torch.manual_seed(0)
    _, there = padded.batch(torch.zeros(400, dtype=torch.int64), dropout=0.99)
    assert there[:, : padded.opening].all()
    untouched = there.all(1).float().mean().item()
    assert 0.4 < untouched < 0.6


def test_joined_batches_are_as_wide_as_the_widest() -> None:
    narrow, wide = (torch.ones(1, width, dtype=torch.int64) for width in (2, 4))
    ids, there = joined((narrow, narrow.bool()), (wide, wide.bool()))
    assert ids.shape == (2, 4)
    assert there.sum(1).tolist() == [2, 4]


# The network


def test_the_network_is_bert_with_mean_pooling(teacher: Path) -> None:
    from transformers import BertModel

    tokenizer, network = everything_of(teacher)
    asked = ["注册牌子花多少钱", "商标 每类缴纳三百元。", "辣椒"]
    padded = PaddedTexts.of(cut(asked, tokenizer, 60), tokenizer, CPU, "query:")
    ids, there = padded.batch(numbers(0, 1, 2))
    reference = BertModel.from_pretrained(teacher).eval()
    with torch.no_grad():
        states = reference(input_ids=ids, attention_mask=there.long()).last_hidden_state
    pooled = (states * there[..., None]).sum(1) / there.sum(1, keepdim=True)
    wanted = functional.normalize(pooled, dim=1)
    assert network.encode(padded).numpy() == pytest.approx(wanted.numpy(), abs=1e-5)
    assert abs(wanted[0] @ wanted[1]) < 0.999


def test_rows_that_are_left_out_change_no_vector(teacher: Path, texts: SentenceTexts) -> None:
    wide, whole = everything_of(teacher)
    small, rows = pruned(wide, SentenceTokens.of(texts, wide).used())
    questions = texts.sections.questions
    before = whole.encode(PaddedTexts.of(cut(questions, wide, 60), wide, CPU, "passage:"))
    after = read_teacher(teacher, rows).encode(PaddedTexts.of(cut(questions, small, 60), small, CPU, "passage:"))
    assert after.numpy() == pytest.approx(before.numpy(), abs=1e-5)


def test_another_architecture_is_refused(teacher: Path, tmp_path: Path) -> None:
    config = json.loads((teacher / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    with pytest.raises(ValueError, match="relu"):
        read_teacher(tmp_path, [0])


def test_a_shallow_copy_has_some_of_the_layers_and_leaves_the_teacher_alone(teacher: Path) -> None:
    _, network = everything_of(teacher)
    student = shallow(network, (1,))
    assert len(student.layers) == 1
    assert torch.equal(student.layers[0].inner.weight, network.layers[1].inner.weight)
    with torch.no_grad():
        student.layers[0].inner.weight.zero_()
    assert network.layers[1].inner.weight.abs().sum() > 0


def test_the_written_graph_computes_no_size_but_the_number_of_tokens(teacher: Path, tmp_path: Path) -> None:
    _, network = everything_of(teacher)
    write_graph(network, tmp_path / "model.onnx")
    kinds = Counter(node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node)
    assert kinds["Shape"] <= 2  # for the positions


def test_the_written_graph_is_the_network(
    pruned_teacher: tuple[Tokenizer, SentenceNetwork], texts: SentenceTexts, tmp_path: Path
) -> None:
    tokenizer, network = pruned_teacher
    write_graph(network, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    encoder = SentenceEncoder(name="x", tokenizer=tokenizer, network=session, tokens=MOST_TOKENS)
    asked = [*texts.sections.texts, *texts.sections.questions, "商标" * 200]
    wanted = network.encode(PaddedTexts.of(cut(asked, tokenizer, SECTION_TOKENS), tokenizer, CPU)).numpy()
    assert encoder.encode(asked) == pytest.approx(wanted, abs=1e-5)
    assert network.positions.num_embeddings == 220


def test_the_written_encoder_gives_the_networks_vectors(
    pruned_teacher: tuple[Tokenizer, SentenceNetwork], texts: SentenceTexts, tmp_path: Path
) -> None:
    """As nearly as eight bits allow: the shipped one's vectors have a cosine of .992 to .997 with its network's."""
    tokenizer, network = pruned_teacher
    save(network, tokenizer, tmp_path / "encoder")
    encoder = SentenceEncoder.open(tmp_path / "encoder")
    asked = [*texts.sections.texts, *texts.sections.questions, "商标" * 200]
    wanted = network.encode(PaddedTexts.of(cut(asked, tokenizer, SECTION_TOKENS), tokenizer, CPU)).numpy()
    cosines = (encoder.encode(asked) * wanted).sum(axis=1)
    assert cosines.min() > 0.99
    assert cosines.mean() > 0.998
    assert encoder.dim == 16
    assert encoder.name == f"{NAME}-{VERSION}"
    assert len(encoder.tokens(asked[-1])) == MOST_TOKENS


def test_tables_and_matrices_are_written_in_eight_bits(teacher: Path, tmp_path: Path) -> None:
    tokenizer, network = everything_of(teacher)
    save(network, tokenizer, tmp_path)
    sizes: dict[int, int] = Counter()
    for tensor in onnx.load(tmp_path / "model.onnx").graph.initializer:
        sizes[tensor.data_type] += math.prod(tensor.dims)
    matrices = 2 * (4 * 16 * 16 + 2 * 16 * 32)
    tables = (tokenizer.get_vocab_size() + MOST_TOKENS) * 16
    assert tables <= sizes[onnx.TensorProto.UINT8] <= tables + 2
    assert matrices <= sizes[onnx.TensorProto.INT8] <= 1.1 * matrices


def test_a_network_of_too_few_positions_is_refused(teacher: Path, tmp_path: Path) -> None:
    _, network = everything_of(teacher)
    network.positions = torch.nn.Embedding(100, 16)
    with pytest.raises(ValueError, match="found 100 positions"):
        write_graph(network, tmp_path / "model.onnx")
