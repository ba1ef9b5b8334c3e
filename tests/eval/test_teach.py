from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from assistant import prompts
from eval import teach
from eval.cases import FOLDER
from eval.teach import Item, LowRank
from eval.verifier import read


@pytest.mark.parametrize("name", ["taught-1", "taught-2", "taught-3", "held"])
def test_the_pairs_differ_and_keep_clear_of_what_the_verifier_is_measured_on(name: str) -> None:
    measured = {
        prompts.bare(source["text"])
        for half in ("open", "sealed")
        for pair in read(FOLDER / f"pairs-{half}.jsonl")
        for source in pair["sources"]
    }
    for pair in read(FOLDER / f"judge-{name}.jsonl"):
        assert pair["supported"] != pair["unsupported"]
        assert 1 <= len(pair["sources"]) <= 2
        assert not measured & {prompts.bare(source) for source in pair["sources"]}


def test_an_item_has_the_right_sentence_first_and_its_sources_in_any_order() -> None:
    row = {"sources": ["One.", "Two."], "supported": "yes", "unsupported": "no"}
    made = teach.items([row] * 40, random.Random(1))
    assert {item.source for item in made} == {"One. Two.", "Two. One."}
    assert {item.sentences for item in made} == {("yes", "no")}


def test_every_pair_is_learned_from_once() -> None:
    pairs = [Item(f"source {n}", ("a" * (n % 90), "b")) for n in range(500)]
    made = teach.batches(pairs, random.Random(2))
    assert Counter(item.source for batch in made for item in batch) == Counter(item.source for item in pairs)
    assert max(len(batch) for batch in made) == teach.BATCH


def test_each_sentence_is_read_as_the_judge_will_be_asked() -> None:
    known: dict[str, int] = {}

    def ids(text: str, add_special_tokens: bool) -> Any:
        assert not add_special_tokens
        return SimpleNamespace(input_ids=[known.setdefault(word, len(known)) for word in re.findall(r" ?\w+|\W", text)])

    student = teach.Student.__new__(teach.Student)
    student.tokenizer = ids
    item = Item("a **b** c", ("It is b.", "It is c, not b."))
    tokens, part, places, ends = student._row(item)
    for number, sentence in enumerate(item.sentences, 1):
        seen = [at for at, owner in enumerate(part) if owner in (0, number)]
        assert [tokens[at] for at in seen] == ids(prompts.judge(item.source, sentence), False).input_ids
        assert [places[at] for at in seen] == list(range(len(seen)))
        assert seen[-1] == ends[number - 1]


def test_a_low_rank_change_begins_as_none_and_learns() -> None:
    torch.manual_seed(0)
    base = torch.nn.Linear(6, 3)
    change = LowRank(base, 2)
    x = torch.randn(4, 6)
    assert torch.equal(change(x), base(x))
    change(x).sum().backward()
    assert change.up.grad is not None
    assert bool(change.up.grad.any())


class Student:
    """Says yes to the sentences that it is given."""

    def __init__(self, *yes: str) -> None:
        self.yes = yes

    def odds(self, items: Sequence[Item]) -> torch.Tensor:
        return torch.tensor([1.0 if text in self.yes else -1.0 for item in items for text in item.sentences])


def test_both_sentences_of_a_pair_count() -> None:
    student: Any = Student("a", "d")
    assert teach.right(student, [Item("s", ("a", "b")), Item("s", ("c", "d"))]) == 0.5
    assert teach.right(student, [Item("s", ("a", "b"))]) == 1.0
