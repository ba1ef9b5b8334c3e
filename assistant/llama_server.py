"""The embedded chat model's own process: `python -m assistant.llama_server`, started by assistant/local_model.py.

llama.cpp runs in this process through xllamacpp. It is a process of its own because loading the model holds Python's
interpreter lock for about six seconds, in which a page in the same process would be frozen.

Reads one line of JSON on standard input (model, judge, key, threads, context), writes one line with the address when it
is ready, and ends when standard input is closed: that happens by itself when the program ends, however it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import Any


def main() -> None:
    """Serves until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    order = json.loads(sys.stdin.readline())
    # What llama.cpp itself prints must not mix with our one line.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import xllamacpp as module

    xllamacpp: Any = module  # a compiled module without type information

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order["key"]]
    params.cors_origins = "null"
    params.ui = False
    params.endpoint_slots = False
    params.n_ctx = order["context"]
    # Two conversations in one context: drafting and the judge's questions, so that neither loses its cache.
    params.n_parallel = 2
    params.kv_unified = True
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(order["judge"], 0.0)]
    params.lora_init_without_apply = True
    params.cache_ram_mib = 0
    params.warmup = False
    params.verbosity = -1
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE  # 0.6 GiB less at peak than memory mapping
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    server = xllamacpp.Server(params)
    answer.write(json.dumps({"url": server.listening_address}) + "\n")
    answer.flush()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()
    del server


if __name__ == "__main__":
    main()
