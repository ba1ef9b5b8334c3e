"""The chat model that the settings name, behind one small interface: stream a text, with a time limit."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from assistant import prompts
from assistant.errors import ChatModelError, OutOfTime
from assistant.local_model import LocalModel
from assistant.pause import Pause
from ingest import weights
from ingest.errors import WeightsError
from ingest.sync import LOOPBACK
from settings import Settings

if TYPE_CHECKING:
    import httpx
    from langchain_core.language_models import BaseChatModel

Message = tuple[Literal["system", "user", "assistant"], str]


Stopped = Callable[[], bool]
"""Asked now and then: whether the reader has had enough."""
_POLL_S = 0.1
_JUDGEMENT_S = 60.0
"""A judgement that takes longer has failed: writing waits for it."""
_DRAFTS, _JUDGES = 0, 1
"""Each has a slot of the server, and with it a cache, of its own."""
_UNSEEN = 1e-9
"""Share of a word that is not among the twenty likeliest."""


def never() -> bool:
    """A Stopped that goes on to the end."""
    return False


def _check(deadline: float, stopped: Stopped) -> None:
    if stopped():
        raise ChatModelError("stopped")
    if time.monotonic() > deadline:
        raise OutOfTime("the chat model took longer than the time limit")


class ChatModel(Protocol):
    """What drafting asks of a chat model."""

    name: str
    small: bool
    """Whether it is too small to rewrite a question, and slow to read: it is shown the composed answer only."""

    @property
    def ready(self) -> bool:
        """Whether it would begin to write at once."""

    def warm(self) -> None:
        """Gets ready; may take long. Raises ChatModelError."""

    def stream(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped = never
    ) -> Iterator[str]:
        """Pieces of text until the end, `stopped`, or `deadline` (of time.monotonic). Raises ChatModelError."""

    def close(self) -> None:
        """Frees what it holds."""


class LangChainModel:
    """Any LangChain chat model; a reader thread keeps the time limit even while the server is silent."""

    small = False

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self._settings = settings
        self._model: BaseChatModel | None = None
        self._cause = ""
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        """A server elsewhere is taken to be ready."""
        return True

    def warm(self) -> None:
        """Imports the provider's package.

        Raises:
            ChatModelError: it is not installed, or the name is unknown.
        """
        self._get()

    def _get(self) -> BaseChatModel:
        with self._lock:
            if self._model is None:
                try:
                    self._model = self._create()
                except (
                    ChatModelError
                ) as error:  # a damaged file is missing from the second try on: the first cause helps
                    self._cause = self._cause or str(error)
                    raise ChatModelError(self._cause) from error
                self._cause = ""
            return self._model

    def _create(self) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        extra: dict[str, Any] = {}
        if self._settings.offline and not is_loopback(self._settings.chat_base_url):
            raise ChatModelError(f"OUTSOURCING_OFFLINE forbids the chat model {self.name}: it is on another machine")
        if self._settings.chat_base_url:
            extra["base_url"] = self._settings.chat_base_url
        if self._settings.chat_api_key:
            extra["api_key"] = self._settings.chat_api_key.get_secret_value()
        try:
            model: BaseChatModel = init_chat_model(self.name, temperature=0, **extra)
        except (ImportError, ValueError, TypeError, RuntimeError) as error:
            raise ChatModelError(f"settings: chat_model: {_first_line(error)}") from error
        except Exception as error:  # each provider's package raises its own kind for a missing key
            raise ChatModelError(f"the chat model {self.name} cannot be used: {_first_line(error)}") from error
        return model

    def stream(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped = never
    ) -> Iterator[str]:
        """Pieces of text; whoever waits is heard at once when the time is up or the reader has had enough."""
        pieces: queue.Queue[str | BaseException | None] = queue.Queue()
        ended = threading.Event()

        def read() -> None:
            try:  # loading, too, happens here, so that the time limit holds while a model loads
                self._get()
                _check(deadline, ended.is_set)
                for piece in self._written(messages, max_tokens, deadline, ended.is_set):
                    _check(deadline, ended.is_set)  # here, too: whoever reads may be busy with checks until long after
                    pieces.put(piece)
                pieces.put(None)
            except Exception as error:  # whatever the provider raises is the reader's to hear
                pieces.put(error)

        threading.Thread(target=read, name="chat-model", daemon=True).start()
        try:
            while True:
                if pieces.empty() or stopped():  # what was written in time counts, however long its checks have taken
                    _check(deadline, stopped)
                try:
                    piece = pieces.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                if piece is None:
                    return
                if isinstance(piece, ChatModelError):
                    raise piece
                if isinstance(piece, BaseException):
                    raise ChatModelError(f"the chat model {self.name} does not answer: {_first_line(piece)}") from piece
                yield piece
        finally:
            ended.set()

    def _written(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped
    ) -> Iterator[str]:
        """What the model writes; raises whatever the provider does."""
        for chunk in self._get().stream(list(messages), **self._limit(max_tokens)):
            yield _text(chunk.content)

    def _limit(self, max_tokens: int) -> dict[str, Any]:
        """The limit of written tokens, as the provider's package names it."""
        return {"num_predict": max_tokens} if self.name.startswith("ollama") else {"max_tokens": max_tokens}

    def close(self) -> None:
        """Nothing is held."""


class EmbeddedModel(LangChainModel):
    """The built-in model. One instance; it writes for one question at a time, the others wait their turn.

    It is a judge of sentences, too: the writing rests while it judges, and then goes on from where it was.
    """

    small = True

    def __init__(self, settings: Settings) -> None:
        super().__init__(weights.CHAT.name, settings)
        self._server: LocalModel | None = None
        self._http: httpx.Client | None = None
        self._warmed = False
        self._closed = False
        self._turn = threading.Lock()
        self._warming = threading.Lock()
        self._pause = Pause()

    @property
    def ready(self) -> bool:
        """Loaded and still running, or known to fail, which it would do at once."""
        return bool(self._cause) or self._answers

    @property
    def _answers(self) -> bool:
        """Whether it has answered before, and is still running."""
        return self._warmed and self.pid is not None

    @property
    def pid(self) -> int | None:
        """The process that holds the model."""
        return self._server.pid if self._server else None

    def warm(self) -> None:
        """Checks the file's digest, loads it, and has it write a token.

        Raises:
            ChatModelError: the file is missing or damaged, or cannot be loaded.
        """
        with self._warming:
            if self._answers:
                return
            self._get()
            for _ in self.stream(prompts.whole("", (), self.small), 1, time.monotonic() + 120):
                pass
            self._warmed = True

    def _get(self) -> BaseChatModel:
        with self._lock:
            if self._model is not None and self.pid is None:  # its process has died: begin again
                self._model, self._warmed = None, False
        return super()._get()

    def _create(self) -> BaseChatModel:
        if self._closed:
            raise ChatModelError("the program is closing")
        try:
            folder = weights.ready(weights.CHAT, self._settings.models_dir)
        except WeightsError as error:
            raise ChatModelError(str(error)) from error
        self._server = LocalModel(folder / weights.CHAT.files[0].path)
        if self._closed:  # while the file was read
            raise ChatModelError("the program is closing")
        self._server.start()
        import httpx
        from langchain_openai import ChatOpenAI

        # Never through a proxy: the key and the question stay on this machine.
        if self._http is not None:  # of a process that has died
            self._http.close()
        self._http = httpx.Client(trust_env=False, timeout=300)
        return ChatOpenAI(
            model=self.name,
            base_url=f"{self._server.url}/v1",
            api_key=self._server.key,  # type: ignore[arg-type]
            temperature=0,
            max_retries=0,
            http_client=self._http,
            http_async_client=httpx.AsyncClient(trust_env=False, timeout=300),
            timeout=300,
            extra_body={"cache_prompt": True, "seed": 0, "id_slot": _DRAFTS},
        )

    def stream(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped = never
    ) -> Iterator[str]:
        """As above, one at a time."""
        while not self._turn.acquire(timeout=_POLL_S):
            _check(deadline, stopped)
        try:
            for piece in super().stream(messages, max_tokens, deadline, stopped):
                self._warmed = True
                yield piece
        finally:
            self._turn.release()

    def _written(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped
    ) -> Iterator[str]:
        """What it writes. The server computes no two requests with different changes of the model at a time, so that
        the first judgement would wait for the last word: the writing is broken off and begun again behind what stands.
        """
        said: list[str] = []
        while len(said) < max_tokens:
            self._pause.wait(lambda: _check(deadline, stopped))
            so_far: list[Message] = [("assistant", "".join(said))] if said else []
            stream = super()._written([*messages, *so_far], max_tokens - len(said), deadline, stopped)
            for piece in filter(None, stream):
                said.append(piece)
                yield piece
                if self._pause.on:
                    break
            else:
                return
            stream.close()  # type: ignore[attr-defined]

    def odds(self, prompt: str) -> float:
        """The judge's word: log-odds of “yes” against “no” as the beginning of the answer.

        Args:
            prompt: with the marks of the model's turns; at most some 400 words.

        Raises:
            ChatModelError: the file is missing or damaged, or the model does not answer.
        """
        self._get()
        assert self._http is not None
        assert self._server is not None
        order = {
            "prompt": prompt, "n_predict": 1, "n_probs": 20, "temperature": 0, "cache_prompt": True,
            "id_slot": _JUDGES, "lora": [{"id": 0, "scale": 1.0}],
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self._server.key}"}
        try:
            with self._pause:
                said = self._http.post(
                    f"{self._server.url}/completion", json=order, headers=headers, timeout=_JUDGEMENT_S
                ).raise_for_status()
            tokens = said.json()["completion_probabilities"][0]["top_logprobs"]
            shares = {"yes": _UNSEEN, "no": _UNSEEN}
            for token in tokens:
                word = token["token"].strip().lower()
                if word in shares:
                    shares[word] += math.exp(token["logprob"])
        except Exception as error:  # a dead process, a cut answer: the quoted answer stands
            raise ChatModelError(f"the chat model {self.name} does not judge: {_first_line(error)}") from error
        self._warmed = True
        return math.log(shares["yes"]) - math.log(shares["no"])

    def close(self) -> None:
        """Ends the model's process."""
        self._closed = True
        if self._http is not None:
            self._http.close()
        if self._server is not None:
            self._server.close()


def create(settings: Settings) -> ChatModel | None:
    """The chat model of the settings; None where it is off.

    Raises:
        ChatModelError: drafting is asked for, and no chat model is set.
    """
    if settings.chat_model == "none":
        if settings.answer_mode == "drafted":
            raise ChatModelError("mode drafted needs a chat model: set chat_model to local, or to another one's name")
        return None
    if settings.chat_model == "local":
        return EmbeddedModel(settings)
    return LangChainModel(settings.chat_model, settings)


def judging(settings: Settings, model: ChatModel | None) -> EmbeddedModel | None:
    """The embedded model as the judge of what `model` writes; None where there is nothing to judge, or another judge.

    It is `model` itself where that is the embedded one.
    """
    if model is None or settings.verifier != "local":
        return None
    return model if isinstance(model, EmbeddedModel) else EmbeddedModel(settings)


def is_loopback(url: str | None) -> bool:
    """Whether an address is on this machine."""
    return urlsplit(url or "").hostname in LOOPBACK


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
