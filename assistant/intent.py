"""What kind of question it is: one for a reference library, or one that no reference library can answer.

A linear classifier on the vector that the question is searched with (multinomial logistic regression), trained on the
examples of intents.jsonl, which were written for it and stand in no evaluation set, and on the questions that the
reference articles answer, which are all of the library's kind. The weights for the embedding model that the program
pulls are in intents.json (`make learn` makes them); for any other model they are made at first use (some minutes) and
kept in the data folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapter import Adapter
from settings import CORPUS_DIR

EXAMPLES = Path(__file__).with_name("intents.jsonl")
SHIPPED = Path(__file__).with_name("intents.json")
_BATCH = 32
_INVERSE_REGULARISATION = 10.0


@dataclass(frozen=True, slots=True)
class Intent:
    """Probabilities, which add up to 1."""

    general: float = 1.0
    """The library's kind of question."""
    private: float = 0.0
    """Needs the asker's own documents, systems or memory."""
    live: float = 0.0
    """Needs facts of the moment."""
    off: float = 0.0
    """About something else."""
    chat: float = 0.0
    """No question: a greeting, thanks, an order to the assistant."""


class Intents:
    """The classifier."""

    def __init__(self, classes: Sequence[str], weights: Sequence[Sequence[float]], bias: Sequence[float]) -> None:
        """Args: weights: shape (classes, dimensions); bias: one a class."""
        self._classes = tuple(classes)
        self._weights = np.asarray(weights)
        self._bias = np.asarray(bias)

    def judge(self, vector: Sequence[float]) -> Intent:
        """The intent of a question, by its unit vector."""
        logits = self._weights @ np.asarray(vector) + self._bias
        shares = np.exp(logits - logits.max())
        return Intent(**dict(zip(self._classes, (shares / shares.sum()).tolist(), strict=True)))


def load(adapter: Adapter, folder: Path) -> Intents:
    """The classifier for an embedding model: shipped, kept in `folder`, or trained now (some minutes)."""
    mark = _mark(adapter)
    kept = folder / "intents.json"
    for path in (SHIPPED, kept):
        data = _read(path)
        if data is not None and data.get("mark") == mark:
            return Intents(data["classes"], data["weights"], data["bias"])
    data = train(adapter)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(data), encoding="utf-8")
    except OSError:  # it will be trained again next time
        pass
    return Intents(data["classes"], data["weights"], data["bias"])


def train(adapter: Adapter) -> dict[str, Any]:
    """The weights, as JSON keeps them."""
    from sklearn.linear_model import LogisticRegression

    examples = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    known = [json.loads(line)["question"] for path in _questions() for line in path.read_text("utf-8").splitlines()]
    texts = [*(example["text"] for example in examples), *known]
    kinds = [*(example["intent"] for example in examples), *("general" for _ in known)]
    order = sorted(range(len(texts)), key=lambda one: len(texts[one]))  # texts of one length share a batch
    texts, kinds = [texts[one] for one in order], [kinds[one] for one in order]
    vectors = [
        vector for start in range(0, len(texts), _BATCH) for vector in adapter.embed(texts[start : start + _BATCH])
    ]
    model: Any = LogisticRegression(  # type: ignore[no-untyped-call]
        C=_INVERSE_REGULARISATION, max_iter=2000, class_weight="balanced"
    )
    model.fit(np.asarray(vectors), kinds)
    return {
        "mark": _mark(adapter),
        "classes": [str(name) for name in model.classes_],
        "weights": np.round(model.coef_, 4).tolist(),
        "bias": np.round(model.intercept_, 4).tolist(),
    }


def _mark(adapter: Adapter) -> str:
    """Of the model, what it has learned, and the examples."""
    digest = hashlib.sha256(EXAMPLES.read_bytes())
    for path in _questions():
        digest.update(path.read_bytes())
    return f"{adapter.identity}/{digest.hexdigest()[:16]}"


def _questions() -> list[Path]:
    return sorted((CORPUS_DIR / "questions").glob("*.jsonl"))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


if __name__ == "__main__":
    from assistant import adapter
    from ingest import embed
    from settings import load as load_settings

    encoder = embed.create(load_settings().model_copy(update={"embedding_model": "local"}))
    SHIPPED.write_text(json.dumps(train(adapter.load(encoder))) + "\n", encoding="utf-8")
