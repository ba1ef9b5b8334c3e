"""What readers are told about an answer, in the same words everywhere."""

from __future__ import annotations

from assistant.types import Answer, Citation


def support_note(answer: Answer) -> str:
    """One line on how the answer was made and checked; empty for a refusal, which says all itself."""
    if answer.outcome == "refused":
        return ""
    if answer.outcome == "nearest":
        return "Not answered outright: the closest passages are quoted word for word."
    quoted = sum(sentence.support == "quoted" for sentence in answer.sentences)
    drafted = len(answer.sentences) - quoted
    note = f"{_count(quoted, 'sentence')} quoted word for word from the sources." if quoted else ""
    if drafted:
        note += f" {_count(drafted, 'sentence')} written by the model and found close to the source words cited."
    if answer.notice:
        note += f" The model added nothing: {answer.notice.rstrip('.')}."
    return note.strip()


def place(citation: Citation) -> tuple[str, ...]:
    """Title and headings of what is cited; a Markdown file's first heading is its title, and said once."""
    return citation.title, *(heading for heading in citation.headings if heading != citation.title)


def dropped_note(answer: Answer) -> tuple[str, list[str]]:
    """What of the model's did not pass: a heading, and each sentence with its reason; ("", []) if nothing did not."""
    if not answer.dropped:
        return "", []
    head = (
        f"{_count(len(answer.dropped), 'sentence')} of the model's did not pass the checks and is no part of the answer"
    )
    return head, [f"Not supported: “{dropped.text}” ({dropped.reason})" for dropped in answer.dropped]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
