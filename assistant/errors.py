"""Errors of answering.

OutsourcingError (settings.py)
├── QuestionError      the question cannot be taken: empty, too long
└── ChatModelError     the chat model cannot be started or does not answer; the composed answer stands
"""

from settings import OutsourcingError


class QuestionError(OutsourcingError):
    """The question cannot be taken."""


class ChatModelError(OutsourcingError):
    """The chat model cannot be started or does not answer."""
