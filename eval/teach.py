"""Teaches the embedded chat model to judge sentences: `python -m eval.teach PAIRS… [--start GGUF] --out GGUF`.

The pairs (cases/judge-*.jsonl) have sources, a sentence that these support and one that they don't, as alike as can
be. Low-rank changes (LoRA: Hu et al., 2022) of the upper layers learn to say “yes” or “no”: cross-entropy, and a pair's
right sentence above its wrong one. The weights are those of the 4-bit file, made 16 bits wide, so that what is learned
fits what runs. Some 80 tokens a second on two cores with 16-bit arithmetic: 25 minutes for 1,000 pairs. The shipped
assistant/judge.gguf was made of cases/judge-taught-1.jsonl, then, with `--start` and `--rate 1.5e-4`, of -2: further
pairs, 56 of them on what small models add, and 240 of the first. -3, above all reversals and additions, is not learned
from yet.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import gguf
import numpy as np
import torch
from torch.nn import functional

from assistant import prompts
from assistant.local_model import JUDGE
from eval.verifier import read
from ingest import weights
from settings import OutsourcingError
from settings import load as load_settings

FIRST = 8
"""The first layer that is changed; what lies below need not be gone back through."""
RANKS = {"attn_q": 8, "attn_k": 8, "attn_v": 8, "attn_output": 8, "ffn_gate": 4, "ffn_up": 4, "ffn_down": 4}
BATCH = 8
RATE = 3e-4
_WARMUP = 20
_NAMES = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
}  # fmt: skip
"""Of a layer's parts, in the file and in transformers."""


class Item(NamedTuple):
    """A source and the sentences about it, the right one first."""

    source: str
    sentences: tuple[str, ...]


class LowRank(torch.nn.Module):
    """A frozen linear layer and what is added to it: (…, in) to (…, out) through `rank` numbers."""

    def __init__(self, base: torch.nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.down = torch.nn.Parameter(torch.randn(rank, base.in_features) / math.sqrt(base.in_features))
        self.up = torch.nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """As a linear layer."""
        added: torch.Tensor = (x @ self.down.to(x.dtype).T) @ self.up.to(x.dtype).T
        whole: torch.Tensor = added + self.base(x)
        return whole


class Student:
    """The embedded model with its low-rank changes, as its llama.cpp file names them."""

    def __init__(self, file: Path, start: Path | None = None) -> None:
        from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
        reader = gguf.GGUFReader(file)

        def field(name: str) -> Any:
            return reader.fields[f"qwen2.{name}"].contents()

        tensors = {tensor.name: tensor for tensor in reader.tensors}
        config = Qwen2Config(
            vocab_size=int(tensors["token_embd.weight"].shape[1]), hidden_size=field("embedding_length"),
            intermediate_size=field("feed_forward_length"), num_hidden_layers=field("block_count"),
            num_attention_heads=field("attention.head_count"), num_key_value_heads=field("attention.head_count_kv"),
            rms_norm_eps=field("attention.layer_norm_rms_epsilon"),
            rope_parameters={"rope_theta": field("rope.freq_base"), "rope_type": "default"},
        )  # fmt: skip
        architecture: Any = Qwen2ForCausalLM
        self.model: Any = architecture(config).to(torch.bfloat16)
        state = {_name(name): _wide(tensor) for name, tensor in tensors.items()}
        state.setdefault("lm_head.weight", state["model.embed_tokens.weight"])
        self.model.load_state_dict(state, strict=True)
        self.model.eval()
        self.model.requires_grad_(False)
        self.changes: dict[str, LowRank] = {}
        for index, layer in enumerate(self.model.model.layers):
            for part, rank in RANKS.items() if index >= FIRST else ():
                owner, _, name = _NAMES[part].rpartition(".")
                change = LowRank(getattr(layer.get_submodule(owner), name), rank)
                setattr(layer.get_submodule(owner), name, change)
                self.changes[f"blk.{index}.{part}.weight"] = change
        if start is not None:
            self._read(start)
        self._yes, self._no = (
            self.model.lm_head.weight[[self._ids(word)[0], self._ids(word.title())[0]]].float()
            for word in ("yes", "no")
        )

    def parameters(self) -> list[torch.nn.Parameter]:
        """What learns."""
        return [part for change in self.changes.values() for part in (change.down, change.up)]

    def odds(self, items: Sequence[Item]) -> torch.Tensor:
        """Log-odds of “yes” for every sentence of every item, in order: (sentences,).

        An item is a row: its source once, then each sentence, which sees the source and itself only.
        """
        rows = [self._row(item) for item in items]
        width = max(len(tokens) for tokens, *_ in rows)
        tokens, places = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(2))
        part = torch.full((len(rows), width), -1)
        for index, row in enumerate(rows):
            for target, values in zip((tokens, part, places), row[:3], strict=True):
                target[index, : len(values)] = torch.tensor(values)
        before = torch.arange(width)[None, :] <= torch.arange(width)[:, None]
        sees = before & ((part[:, None, :] == 0) | (part[:, None, :] == part[:, :, None]))
        sees |= torch.eye(width, dtype=torch.bool)  # a filler sees itself: nothing else would be a number
        hidden = self.model.model(
            input_ids=tokens, position_ids=places, attention_mask=sees[:, None], use_cache=False
        ).last_hidden_state
        last = torch.cat([hidden[index, row[3]] for index, row in enumerate(rows)]).float()
        return torch.logsumexp(last @ self._yes.T, -1) - torch.logsumexp(last @ self._no.T, -1)

    def write(self, path: Path) -> None:
        """As llama.cpp reads it."""
        writer = gguf.GGUFWriter(path, "qwen2")
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", 0.0)
        for name, change in self.changes.items():
            writer.add_tensor(f"{name}.lora_a", change.down.detach().numpy().astype(np.float16))
            writer.add_tensor(f"{name}.lora_b", change.up.detach().numpy().astype(np.float16))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    def _read(self, path: Path) -> None:
        for tensor in gguf.GGUFReader(path).tensors:
            name, _, side = tensor.name.rpartition(".")
            change = self.changes[name]
            target = change.down if side == "lora_a" else change.up
            target.data = torch.from_numpy(np.array(tensor.data)).float()

    def _ids(self, text: str) -> list[int]:
        found: list[int] = self.tokenizer(text, add_special_tokens=False).input_ids
        return found

    def _row(self, item: Item) -> tuple[list[int], list[int], list[int], list[int]]:
        """(tokens, the part that each belongs to, their places, where each sentence's question ends)."""
        asked = [self._ids(prompts.judge(item.source, sentence)) for sentence in item.sentences]
        tokens = [same[0] for same in takewhile(lambda column: len(set(column)) == 1, zip(*asked, strict=False))]
        part, places, ends = [0] * len(tokens), list(range(len(tokens))), []
        begun = len(tokens)
        for number, question in enumerate(asked, 1):
            said = question[begun:]
            tokens = tokens + said
            part += [number] * len(said)
            places += range(begun, begun + len(said))
            ends.append(len(tokens) - 1)
        return tokens, part, places, ends


def _name(name: str) -> str:
    """A tensor's name in transformers."""
    if not name.startswith("blk."):
        return {
            "token_embd.weight": "model.embed_tokens.weight",
            "output_norm.weight": "model.norm.weight",
            "output.weight": "lm_head.weight",
        }[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{_NAMES[part]}.{kind}"


def _wide(tensor: Any) -> torch.Tensor:
    return torch.from_numpy(np.array(gguf.dequantize(tensor.data, tensor.tensor_type))).to(torch.bfloat16)


def items(rows: Sequence[dict[str, Any]], chance: random.Random) -> list[Item]:
    """Items of pairs; the order of two sources says nothing."""
    made = []
    for row in rows:
        sources = [source if isinstance(source, str) else source["text"] for source in row["sources"]]
        chance.shuffle(sources)
        made.append(Item(" ".join(sources), (row["supported"], row["unsupported"])))
    return made


def batches(pairs: Sequence[Item], chance: random.Random) -> list[list[Item]]:
    """Every pair once, in batches of like length, in any order."""
    mixed = chance.sample(pairs, len(pairs))
    ready: list[list[Item]] = []
    for at in range(0, len(mixed), 40 * BATCH):
        some = sorted(mixed[at : at + 40 * BATCH], key=lambda item: len(item.source) + len(item.sentences[0]))
        cut = [some[i : i + BATCH] for i in range(0, len(some), BATCH)]
        ready += chance.sample(cut, len(cut))
    return ready


def right(student: Student, pairs: Sequence[Item]) -> float:
    """The share of sentences that are judged right at even odds."""
    with torch.no_grad():
        said = [student.odds([item]) > 0 for item in pairs]
    return sum(int(yes) + int(not no) for yes, no in said) / (2 * len(pairs))


def learn(student: Student, pairs: Sequence[Item], chance: random.Random, rate: float) -> None:
    """One pass over the pairs."""
    optimizer = torch.optim.AdamW(student.parameters(), lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    ready = batches(pairs, chance)
    begun, good, seen = time.monotonic(), 0, 0
    for step, batch in enumerate(ready):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / _WARMUP) * max(0.05, 1 - step / len(ready))
        odds = student.odds(batch).view(-1, 2)
        target = torch.tensor([1.0, 0.0]).expand_as(odds)
        apart = functional.softplus(odds[:, 1] - odds[:, 0]).mean()
        loss = functional.binary_cross_entropy_with_logits(odds, target) + apart
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        good += int((odds[:, 0] > 0).sum() + (odds[:, 1] <= 0).sum())
        seen += odds.numel()
        if step % 20 == 19 or step + 1 == len(ready):
            spent = time.monotonic() - begun
            print(f"{step + 1} of {len(ready)}: {good / seen:.2f} right of the last, {spent:.0f} s", flush=True)
            good = seen = 0


def main() -> None:
    """Teaches, writes, and says how many held sentences are judged right."""
    parser = argparse.ArgumentParser(description="Teaches the embedded chat model to judge sentences.")
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--held", type=Path, help="pairs to measure on, JSON Lines")
    parser.add_argument("--start", type=Path, help="what has been learned before; else from nothing")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--out", type=Path, required=True, help=f"the shipped one is assistant/{JUDGE.name}")
    asked = parser.parse_args()
    torch.manual_seed(0)
    chance = random.Random(7)
    folder = weights.ready(weights.CHAT, load_settings().models_dir)
    student = Student(folder / weights.CHAT.files[0].path, asked.start)
    held = items(read(asked.held), random.Random(0)) if asked.held else []
    if held:
        print(f"before: {right(student, held):.3f} of the held sentences judged right", flush=True)
    learn(student, items([row for path in asked.pairs for row in read(path)], chance), chance, asked.rate)
    student.write(asked.out)
    if held:
        print(f"after: {right(student, held):.3f}")


if __name__ == "__main__":
    try:
        main()
    except OutsourcingError as error:
        sys.exit(str(error))
