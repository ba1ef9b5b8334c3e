"""The ids under which the vectors of sentences, and of the questions that they answer, are kept."""

from __future__ import annotations


def sentence_id(passage_id: str, number: int, question: int | None = None) -> str:
    """The id of a passage's sentence, counted from 0 as `ingest.sentences.split` yields them.

    With `question`, of that question of the document, as one that this sentence answers.
    """
    return f"{passage_id}:{number}" if question is None else f"{passage_id}:{number}?{question}"


def is_question(sentence: str) -> bool:
    """Whether the id is of a question that a sentence answers, not of the sentence itself."""
    return "?" in sentence


def sentence_of(question: str) -> str:
    """The sentence id in a question's."""
    return question.partition("?")[0]


def question_of(question: str) -> int:
    """The number of the document's question in a question's id."""
    return int(question.partition("?")[2])


def passage_of(sentence: str) -> str:
    """The passage id in a sentence's."""
    return sentence.rpartition(":")[0]
