"""The recipes of ``web/channels/README.md`` are run as they stand, only their address, key and question replaced."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from openai import OpenAI

import web.channels
from assistant.indexes import Indexes
from assistant.settings import Settings
from tests.web.serving import application, running

README = Path(web.channels.__file__).with_name("README.md").read_text(encoding="utf-8")
QUESTION, PART_OF_ANSWER = "鹭标要啥材料", "营业执照复印件"


def blocks(language: str, mark: str) -> list[str]:
    """Return the fenced blocks with this language and mark, without the indent of a list."""
    found = re.findall(rf"^( *)```{language} {mark}\n(.*?)^ *```$", README, re.M | re.S)
    assert found, (language, mark)
    return [re.sub(rf"^{indent}", "", body, flags=re.M) for indent, body in found]


@pytest.fixture(scope="module")
def served(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Return the address of a running server and a key for it."""
    app, components = application(small_indexes, tmp_path_factory.mktemp("recipes"))
    with running(app) as url:
        yield url, components.keys.create("bot")[1]


def filled_in(text: str, served: tuple[str, str]) -> str:
    url, key = served
    text = text.replace("https://ip.example.cn", url).replace("YOUR_KEY", key)
    return re.sub(r"专利费减要什么材料|商标注册要多少钱", QUESTION, text)


@pytest.mark.parametrize("number", range(2))
def test_the_python_examples_run(served: tuple[str, str], number: int) -> None:
    code = filled_in(blocks("python", "run")[number], served)
    assert len(code.strip().splitlines()) <= 10
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert PART_OF_ANSWER in done.stdout, done.stderr
    assert "鹭标怎么申请" in done.stdout


def test_the_python_example_with_a_key_runs_too(served: tuple[str, str]) -> None:
    keyless = '{"Content-Type": "application/json"}'
    with_key = keyless.replace("}", ', "Authorization": "Bearer YOUR_KEY"}')
    code = filled_in(blocks("python", "run")[0].replace(keyless, with_key), served)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert PART_OF_ANSWER in done.stdout, done.stderr


def test_the_curl_example_runs(served: tuple[str, str]) -> None:
    command = filled_in(blocks("bash", "run")[0], served)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    reply = json.loads(done.stdout)
    assert reply["kind"] == "answer", done.stderr
    assert PART_OF_ANSWER in reply["text"]


def test_cowagents_settings_reach_the_assistant(served: tuple[str, str]) -> None:
    config = json.loads(filled_in(blocks("json", "cowagent")[0], served))
    assert config["bot_type"] == "custom"
    assert answer_of(config["custom_api_base"], config["custom_api_key"], config["model"])


def test_langbots_settings_reach_the_assistant(served: tuple[str, str]) -> None:
    config = yaml.safe_load(filled_in(blocks("yaml", "langbot")[0], served))
    assert config["requester"] == "openai-chat-completions"
    assert answer_of(config["base_url"], config["api_key"], config["model"])


def answer_of(base_url: str, key: str, model: str) -> bool:
    """Ask as both bots do: whole and streamed, with a system prompt and parameters of their own."""
    client = OpenAI(base_url=base_url, api_key=key, max_retries=0)
    assert model in [listed.id for listed in client.models.list()]
    conversation = [{"role": "system", "content": "你是助手"}, {"role": "user", "content": QUESTION}]
    whole = client.chat.completions.create(model=model, messages=conversation, temperature=0.7, top_p=1)  # type: ignore[arg-type]
    pieces = client.chat.completions.create(model=model, messages=conversation, stream=True)  # type: ignore[arg-type]
    streamed = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    return PART_OF_ANSWER in (whole.choices[0].message.content or "") and PART_OF_ANSWER in streamed


def test_the_settings_of_the_recipes_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    for block in blocks("bash", "settings"):
        for line in block.strip().splitlines():
            name, value = line.split("=", 1)
            monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert settings.wechat_accounts["window"].aes_key is not None
    assert settings.wecom_apps["staff"].agent_id == 1000002
    assert settings.public_url == "https://ip.example.cn"


def test_the_recipes_can_be_read_from_an_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("\n".join(blocks("bash", "settings")), encoding="utf-8")
    settings = Settings(_env_file=file)  # type: ignore[call-arg]
    assert settings.wechat_accounts["window"].app_id == "wx2c2769f8efd9abc2"
    assert settings.wecom_apps["staff"].corp_id == "wx5823bf96d3bd56c7"
