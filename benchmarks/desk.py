"""20 clerks and 50 visitors at once on SQLite: no lost update, no failed call, and how long the desk's calls take.

    python -m benchmarks.desk --seconds 60

Starts a server of its own in a passing folder. Visitors ask every two seconds, clerks do something every second.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from assistant import wiring
from assistant.desk.actors import SYSTEM, Role
from assistant.settings import Settings

PASSWORD = "correct-horse-窗口"
QUESTIONS = (
    "普通商标注册多少钱",
    "专利费减要什么材料",
    "2031年某旗合作社代理费补贴多少",
    "转人工",
    "地标保护产品个人能申请不",
)
DESK = "/api/v1/desk"


class Tally:
    """Times and outcomes of calls, from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.times: dict[str, list[float]] = {"desk": [], "visitor": []}
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.won: Counter[str] = Counter()

    def call(self, who: str, client: httpx.Client, method: str, path: str, **more: object) -> httpx.Response:
        started = time.perf_counter()
        response = client.request(method, path, **more)  # type: ignore[arg-type]
        with self._lock:
            self.times[who].append(time.perf_counter() - started)
            self.statuses[who, response.status_code] += 1
        return response


def visitor(address: str, tally: Tally, until: float, seed: int) -> None:
    chance = random.Random(seed)
    with httpx.Client(base_url=address, timeout=30) as client:
        while time.monotonic() < until:
            query = f"{chance.choice(QUESTIONS)}{chance.randint(0, 9)}"
            tally.call("visitor", client, "POST", "/api/v1/ask", json={"query": query, "channel": "web"})
            time.sleep(chance.uniform(1, 3))


def clerk(address: str, name: str, tally: Tally, until: float, seed: int) -> None:
    chance = random.Random(seed)
    with httpx.Client(base_url=address, timeout=30) as client:
        login = {"name": name, "password": PASSWORD, "bearer": True}
        client.headers["Authorization"] = f"Bearer {client.post(f'{DESK}/login', json=login).json()['token']}"
        while time.monotonic() < until:
            listed = tally.call("desk", client, "GET", f"{DESK}/tickets", params={"state": "new", "page_size": 5})
            for ticket in listed.json()["items"][:1]:
                path = f"{DESK}/tickets/{ticket['ticket_id']}"
                seen = tally.call("desk", client, "GET", path).headers["etag"]
                taken = tally.call("desk", client, "POST", f"{path}/take", headers={"If-Match": seen})
                if taken.status_code == 200:
                    tally.won[ticket["ticket_id"]] += 1
                    answer = {"text": "没有这项补贴。"}
                    tally.call(
                        "desk",
                        client,
                        "POST",
                        f"{path}/answer",
                        json=answer,
                        headers={"If-Match": taken.headers["etag"]},
                    )
            time.sleep(chance.uniform(0.5, 1.5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--visitors", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        parts = wiring.build(settings)
        names = [f"clerk-{number}" for number in range(arguments.clerks)]
        for name in names:
            _, token = parts.desk.accounts.create(SYSTEM, name=name, display_name=name, role=Role.CLERK)
            parts.desk.accounts.redeem(token, PASSWORD)
        parts.indexes.ensure()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = os.environ | {"ASSISTANT_DATA_DIR": folder}
        command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
            try:
                tally = run(f"http://127.0.0.1:{port}", names, arguments.visitors, arguments.seconds)
            finally:
                server.terminate()
        found = parts.desk.audit.verify()
    report(tally, f"{found.count} lines, {'whole' if found.broken_at is None else f'broken at {found.broken_at}'}")


def run(address: str, clerks: list[str], visitors: int, seconds: int) -> Tally:
    while True:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    tally, until = Tally(), time.monotonic() + seconds
    threads = [threading.Thread(target=visitor, args=(address, tally, until, number)) for number in range(visitors)]
    threads += [
        threading.Thread(target=clerk, args=(address, name, tally, until, number)) for number, name in enumerate(clerks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def report(tally: Tally, chain: str) -> None:
    print("who      calls   p50 ms   p95 ms   p99 ms   max ms")
    for who, times in tally.times.items():
        ordered = sorted(times)
        at = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1e3 for share in (0.5, 0.95, 0.99, 1)]
        print(f"{who:8} {len(ordered):5} " + " ".join(f"{each:8.1f}" for each in at))
    print("statuses", {f"{who} {status}": count for (who, status), count in sorted(tally.statuses.items())})
    print("tickets taken", len(tally.won), "taken twice", sum(count > 1 for count in tally.won.values()))
    print("failed", sum(count for (_, status), count in tally.statuses.items() if status >= 500), "| audit", chain)


if __name__ == "__main__":
    main()
