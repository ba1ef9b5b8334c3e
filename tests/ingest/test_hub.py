"""The download from the Hub, against a server on this machine that answers as the Hub does, broken off once."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DATA = bytes(range(256)) * 100_000
FETCH = """
import sys
from pathlib import Path
from ingest.weights import _from_hub
found = _from_hub("some/model", "model.bin", Path(sys.argv[1]), lambda *_: None)
print(found)
"""


class Hub(ThreadingHTTPServer):
    """`break_after`: bytes after which the first download is cut."""

    break_after: int | None = None
    ranges: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._head(200, len(DATA))

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        begin = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        self._head(206 if wanted else 200, len(DATA) - begin, begin)
        cut, self.server.break_after = self.server.break_after, None
        self.wfile.write(DATA[begin : cut or len(DATA)])

    def _head(self, status: int, length: int, begin: int = 0) -> None:
        self.send_response(status)
        self.send_header("ETag", f'"{hashlib.sha256(DATA).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{len(DATA) - 1}/{len(DATA)}")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub(("127.0.0.1", 0), Handler)
    server.ranges = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def fetch(hub: Hub, folder: Path) -> str:
    env = {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}", "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", FETCH, str(folder / "to")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_a_file_comes_from_the_hub(hub: Hub, tmp_path: Path) -> None:
    assert Path(fetch(hub, tmp_path)).read_bytes() == DATA


def test_a_broken_download_goes_on_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    hub.break_after = 22_000_000
    assert fetch(hub, tmp_path) == "None"
    assert Path(fetch(hub, tmp_path)).read_bytes() == DATA
    assert hub.ranges[0] is None
    assert int((hub.ranges[1] or "").removeprefix("bytes=").removesuffix("-")) > 0


def test_where_the_hub_does_not_answer_it_takes_seconds(tmp_path: Path) -> None:
    class Gone:
        server_port = 9

    assert fetch(Gone(), tmp_path) == "None"  # type: ignore[arg-type]
