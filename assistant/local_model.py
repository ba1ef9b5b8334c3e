"""The embedded chat model: one llama.cpp server on 127.0.0.1, behind a random key, as long as the program lives."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

from assistant.errors import ChatModelError

CONTEXT = 3584
"""Tokens: the tutorial baseline's longest prompt and its answer fit, and a question to the judge beside them; a larger
context costs memory for nothing."""
JUDGE = Path(__file__).with_name("judge.gguf")
"""Low-rank changes of the model (Hu et al., 2022) that make it a judge of sentences: eval/teach.py."""


class LocalModel:
    """Started at the first call of `start`, by whichever thread comes first; the others wait for it."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._closed = False
        self.url = ""
        self.key = secrets.token_urlsafe(24)

    def start(self) -> None:
        """Loads the model (about 8 s) unless it is running.

        Raises:
            ChatModelError: it cannot be loaded.
        """
        with self._lock:
            if self._closed:
                raise ChatModelError("the program is closing")
            if self._process is not None and self._process.poll() is None:
                return
            order = {
                "model": str(self._model), "judge": str(JUDGE), "key": self.key,
                "threads": len(os.sched_getaffinity(0)), "context": CONTEXT,
            }  # fmt: skip
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "assistant.llama_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                # The embedding model's threads wait passively beside others (ingest.embed); these have their process.
                env={name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"},
            )
            atexit.register(self.close)
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            try:
                self._process.stdin.write(json.dumps(order) + "\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            except OSError:
                line = ""
            if not line:
                self._end()
                raise ChatModelError(f"the chat model {self._model.name} cannot be loaded: run `outsourcing doctor`")
            self.url = json.loads(line)["url"]

    @property
    def pid(self) -> int | None:
        """The process that holds the model, if it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def close(self) -> None:
        """Ends the server; harmless when it never started, and when called again."""
        self._closed = True
        process = self._process
        if process is not None and process.poll() is None and self._lock.locked():
            process.kill()  # still loading: nothing to save
        with self._lock:
            self._end()
        atexit.unregister(self.close)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(OSError):
            process.stdout.close()  # type: ignore[union-attr]
