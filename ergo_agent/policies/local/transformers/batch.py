"""One padded batch: several conversations in, one reply for each out."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from ergo_agent.errors import FatalError, PolicyError
from ergo_agent.policies.local.generation import Completion, OnText, Sampling, context_error
from ergo_agent.policies.local.messages import Conversation
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.policies.local.transformers.reply import ReplyWriter

__all__ = ["Job", "write_replies"]

_Inputs = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False)
class Job:
    """A reply that somebody waits for."""

    conversation: Conversation
    sampling: Sampling
    on_text: OnText | None = None
    future: "Future[Completion]" = field(default_factory=Future)

    def finish(self, completion: Completion) -> None:
        """Hand the reply over, unless nobody wants it any more."""
        with suppress(InvalidStateError):
            self.future.set_result(completion)

    def fail(self, error: Exception) -> None:
        """Say what went wrong, unless the job is done or nobody wants to know."""
        with suppress(InvalidStateError):
            self.future.set_exception(error)


@dataclass(frozen=True)
class _Row:
    """A job as a row of the batch."""

    job: Job
    inputs: _Inputs
    """What the processor made of its prompt."""

    room: int
    """Most tokens its reply may have."""

    reply: ReplyWriter
    image_tokens: int

    @property
    def prompt_tokens(self) -> int:
        return int(self.inputs["input_ids"].shape[1])

    def put(self, token: int) -> bool:
        """Take a token; whether the row is at its end."""
        if not self.job.future.done():
            self.reply.put(token)
        return self.job.future.done() or self.reply.finish_reason is not None

    def finish(self) -> None:
        """Hand the reply over, or cancel the job where it has not come to its end."""
        if self.job.future.done():
            return
        if self.reply.finish_reason is None:
            self.job.future.cancel()
            return
        completion = Completion(
            text=self.reply.text,
            finish_reason=self.reply.finish_reason,
            input_tokens=self.prompt_tokens,
            image_tokens=self.image_tokens,
            output_tokens=self.reply.tokens,
        )
        self.job.finish(completion)


def write_replies(
    checkpoint: Checkpoint, jobs: Sequence[Job], *, stopping: Callable[[], bool]
) -> None:
    """Write the replies to some conversations at once; blocking.

    Every job is finished as soon as its own reply ends, one with a seed once the process has its
    own random numbers back. A cancelled job ends early; one whose prompt cannot be used fails
    without the others.

    Args:
        checkpoint: The model.
        jobs: What to reply to. They agree in temperature and `top_p`.
        stopping: Whether to end early, with every job cancelled.
    """
    rows = [row for job in jobs if (row := _row(checkpoint, job)) is not None]
    if not rows:
        return
    inputs = _padded([row.inputs for row in rows], pad=_pad_token(checkpoint))
    watch = _Watch(rows, stopping=stopping)
    with torch.inference_mode(), _seeded(rows[0].job.sampling, checkpoint.device):
        checkpoint.model.generate(
            **{name: value.to(checkpoint.device) for name, value in inputs.items()},
            generation_config=_generation(checkpoint, rows),
            stopping_criteria=StoppingCriteriaList([watch]),
        )
    for row in rows:
        row.finish()


def _row(checkpoint: Checkpoint, job: Job) -> _Row | None:
    """A job's prompt in tokens and pixels; None where it fails on it."""
    try:
        inputs = _processed(checkpoint, job.conversation)
        prompt = inputs["input_ids"].shape[1]
        room = checkpoint.context - prompt
        if room < 1:
            raise context_error(prompt=prompt, context=checkpoint.context)
    except FatalError as error:
        job.fail(error)
        return None
    room = min(room, job.sampling.max_tokens or room)
    reply = ReplyWriter(
        checkpoint.processor.tokenizer.backend_tokenizer,
        ends=checkpoint.ends,
        max_tokens=room,
        stops=job.sampling.stop,
        on_text=job.on_text,
    )
    images = int((inputs["input_ids"] == checkpoint.image_token).sum())
    return _Row(job, inputs, room, reply, images)


def _processed(checkpoint: Checkpoint, conversation: Conversation) -> _Inputs:
    """What the processor makes of a conversation.

    Raises:
        PolicyError: If the chat template or the image processor refuses it.
    """
    processor = checkpoint.processor
    try:
        text = processor.apply_chat_template(
            list(conversation.turns), add_generation_prompt=True, tokenize=False
        )
        images = list(conversation.images) or None
        return dict(processor(text=[text], images=images, return_tensors="pt"))
    except Exception as error:  # a template may raise anything over roles it does not know
        raise PolicyError(
            f"the checkpoint's processor refuses the conversation ({error}); check the roles and "
            "their order, and that no image is 200 times longer than wide"
        ) from error


def _padded(rows: Sequence[_Inputs], *, pad: int) -> _Inputs:
    """Rows side by side: what goes by tokens is filled up on the left, images are lined up."""
    width = max(row["input_ids"].shape[1] for row in rows)
    names = {name: None for row in rows for name in row}
    return {name: _joined(rows, name, width=width, pad=pad) for name in names}


def _joined(rows: Sequence[_Inputs], name: str, *, width: int, pad: int) -> torch.Tensor:
    fill = pad if name == "input_ids" else 0
    parts = []
    for row in rows:
        part = row.get(name)
        if part is None:  # a row without images
            continue
        missing = width - part.shape[1] if part.shape[:2] == row["input_ids"].shape else 0
        parts.append(torch.nn.functional.pad(part, (missing, 0), value=fill))
    return torch.cat(parts)


def _pad_token(checkpoint: Checkpoint) -> int:
    pad = checkpoint.processor.tokenizer.pad_token_id
    return min(checkpoint.ends, default=0) if pad is None else int(pad)


def _generation(checkpoint: Checkpoint, rows: Sequence[_Row]) -> GenerationConfig:
    """The checkpoint's own configuration with what the jobs ask for."""
    sampling = rows[0].job.sampling
    config = copy.deepcopy(checkpoint.model.generation_config)
    chosen: Mapping[str, Any] = (
        {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p}
        if sampling.temperature > 0
        else {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    )
    config.update(
        **chosen, max_new_tokens=max(row.room for row in rows), pad_token_id=_pad_token(checkpoint)
    )
    return config


class _Watch(StoppingCriteria):  # type: ignore[misc]  # transformers is untyped here
    """Hands each new token to its row, and ends rows."""

    def __init__(self, rows: Sequence[_Row], *, stopping: Callable[[], bool]) -> None:
        self._rows = rows
        self._stopping = stopping

    def __call__(
        self,
        input_ids: torch.Tensor,
        scores: object,  # noqa: ARG002  # of the interface
        **kwargs: object,  # noqa: ARG002
    ) -> torch.Tensor:
        """Which rows are at their end."""
        tokens = input_ids[:, -1].tolist()
        ended = [row.put(token) for row, token in zip(self._rows, tokens, strict=True)]
        for row, over in zip(self._rows, ended, strict=True):
            if over and row.job.sampling.seed is None:
                row.finish()
        if self._stopping():
            ended = [True] * len(ended)
        return torch.tensor(ended, dtype=torch.bool, device=input_ids.device)


@contextmanager
def _seeded(sampling: Sampling, device: str) -> Iterator[None]:
    """Draw from the seed, and leave the process's own random numbers as they were."""
    if sampling.temperature == 0 or sampling.seed is None:
        yield
        return
    kind = device.partition(":")[0]
    devices = [] if kind == "cpu" else [torch.device(device)]
    with torch.random.fork_rng(devices, device_type="cuda" if kind == "cpu" else kind):
        torch.manual_seed(sampling.seed)
        yield
