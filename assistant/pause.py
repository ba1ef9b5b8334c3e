"""A pause of the writing: while a sentence is judged, nothing is written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

_POLL_S = 0.1
_GAP_S = 0.03
"""Between two judgements of one sentence: nothing is begun in so short a time."""


class Pause:
    """Lasts while anybody is inside its `with`; safe to use from many threads."""

    def __init__(self) -> None:
        self._inside = 0
        self._changed = threading.Condition()

    @property
    def on(self) -> bool:
        """Whether it lasts now."""
        return self._inside > 0

    def __enter__(self) -> None:
        with self._changed:
            self._inside += 1
            self._changed.notify_all()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def wait(self, check: Callable[[], None]) -> None:
        """Until it is over: of one sentence, several judgements come close upon each other.

        Args:
            check: raises where nobody waits any more; asked again and again, and at the end.
        """
        with self._changed:
            over = False
            while not over:
                check()
                idle = self._changed.wait_for(lambda: not self._inside, _POLL_S)
                over = idle and not self._changed.wait_for(lambda: self._inside, _GAP_S)
            check()
