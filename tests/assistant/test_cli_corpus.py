"""What the command line says about a desk's own texts, and what it changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assistant.cli import app

LAW = """# 中华人民共和国鹭标法

1997年3月20日 第八届全国人民代表大会常务委员会第二十五次会议通过

2014年7月29日 第十二届全国人民代表大会常务委员会第十次会议修正

<!-- INFO END -->

第一条 为了保护鹭标，制定本法。

第二条 鹭标由合作社申请。

第三条 本法自1997年10月1日起施行。
"""

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what runs a command over one data folder."""
    environment = {"ASSISTANT_DATA_DIR": str(tmp_path_factory.mktemp("var"))}
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], env=environment)


@pytest.fixture(scope="module")
def taken_in(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return the id of a law that was taken in, and what was said."""
    folder = tmp_path_factory.mktemp("in")
    (folder / "鹭标法(2014-07-29).md").write_text(LAW, encoding="utf-8")
    (folder / "鹭标法第二份(2014-07-29).md").write_text(LAW + "\n", encoding="utf-8")
    (folder / "空的.txt").write_text("", encoding="utf-8")
    result = run("ingest", folder)
    assert result.exit_code == 5  # a file was not taken in
    found = re.search(r"编号 (law-20140729-\w+)", result.stdout)
    assert found, result.output
    return found[1], result.stdout


def test_ingest_says_in_plain_words_what_became_of_each_file(taken_in: tuple[str, str]) -> None:
    law, said = taken_in
    assert re.search(rf"新收 +\S*鹭标法\(2014-07-29\)\.md +《中华人民共和国鹭标法》3 段，编号 {law}", said)
    assert re.search(r"重复 +\S*鹭标法第二份\(2014-07-29\)\.md +同一批文件里已经有这一份", said)
    assert re.search(r"没收进来 +\S*空的\.txt +文件里没有文字", said)
    assert "新收 1，更新 0，没有变化 0，重复 1，没收进来 1" in said


def test_a_law_without_its_first_day_in_force_is_named_until_somebody_sets_it(
    run: Run, taken_in: tuple[str, str]
) -> None:
    law, said = taken_in
    command = f"python -m assistant amend {law} --effective-date"
    assert command in said
    checked = run("check")
    assert (checked.exit_code, command in checked.stdout) == (0, True)
    assert run("amend", law, "--effective-date", "2014-10-01").exit_code == 0
    assert law not in run("check").stdout
    statuses = {row["document_id"]: row["status"] for row in json.loads(run("documents", "--json").stdout)}
    assert statuses[law] == "current"
    run("amend", law, "--repealed-date", "2020-01-01")
    statuses = {row["document_id"]: row["status"] for row in json.loads(run("documents", "--json").stdout)}
    assert statuses[law] == "repealed"


@pytest.mark.parametrize("which", ["taken in", "shipped"])
def test_a_text_is_withdrawn_and_restored(run: Run, taken_in: tuple[str, str], which: str) -> None:
    document_id = taken_in[0] if which == "taken in" else "gi-product-protection"
    for command, there in (("withdraw", False), ("restore", True)):
        assert run(command, document_id).exit_code == 0
        rows = json.loads(run("documents", "--json").stdout)
        assert (document_id in {row["document_id"] for row in rows}) is there


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("withdraw", "no-such"), "没有编号是 no-such 的文件"),
        (("restore", "no-such"), "没有编号是 no-such 的文件"),
        (("amend", "no-such", "--issuer", "国务院"), "没有编号是 no-such 的文件"),
        (("amend", "gi-product-protection"), "没有写要改什么"),
        (("amend", "gi-product-protection", "--repealed-date", "1990-01-01"), "这样改不行"),
        (("amend", "gi-product-protection", "--repealed-date", "明年"), "明年"),
        (("ingest", "/no/such/folder"), "没有这个文件或文件夹"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert result.output.count("\n") == 1
