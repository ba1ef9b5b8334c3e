"""Errors of answering.

OutsourcingError (settings.py)
├── QuestionError      the question cannot be taken: empty, too long
└── ChatModelError     the chat model cannot be started or does not answer; the composed answer stands
    └── OutOfTime      it writes for longer than it may; what has passed the checks by then counts
"""

from settings import OutsourcingError


class QuestionError(OutsourcingError):
    """The question cannot be taken."""


class ChatModelError(OutsourcingError):
    """The chat model cannot be started or does not answer."""


class OutOfTime(ChatModelError):
    """The chat model took longer than the time limit."""
