"""kill -9 between acknowledgement and delivery: one answer after the restart."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from assistant.channels import messages
from tests.web.channels.peers import Platform
from tests.web.channels.scripted_platform import ScriptedPlatform

ROOT = Path(__file__).parents[3]


@contextmanager
def process(data_dir: Path, platform: ScriptedPlatform) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    (data_dir / "port").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.web.channels.slow_server", str(data_dir), platform.base_url]
    with subprocess.Popen(command, cwd=ROOT) as running:
        try:
            pause = threading.Event()
            while not (data_dir / "port").exists():
                assert running.poll() is None, "the server did not start"
                pause.wait(0.05)
            port = int((data_dir / "port").read_text(encoding="utf-8"))
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield running, client
        finally:
            running.kill()


def test_an_acknowledged_question_is_answered_once_after_a_kill(tmp_path: Path, platform: ScriptedPlatform) -> None:
    with process(tmp_path, platform) as (running, client):
        sender = Platform(client, "/wechat/sends")
        assert sender.ask("鹭标要啥材料") == messages.ACK_SEND
        fetching = Platform(client, "/wechat/plain")
        assert fetching.ask("鹭标多少钱") == messages.ACK_FETCH
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    assert platform.sent == []
    (tmp_path / "finish").touch()
    with process(tmp_path, platform) as (_running, client):
        assert platform.wait_for(1, timeout_s=60)
        assert "三样材料" in platform.sent[0]["text"]["content"]
        fetching = Platform(client, "/wechat/plain")
        pause = threading.Event()
        while (text := fetching.ask("1")) == messages.STILL_WORKING:
            pause.wait(0.5)
        assert "260元" in text
        assert fetching.ask("1") == messages.NOTHING_WAITS
    with process(tmp_path, platform):
        assert not platform.wait_for(2, timeout_s=5)
