"""Supervision: demonstrations as lessons, with loss on what the policy said and nothing else."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from datasets import Dataset
from PIL import Image
from trl import SFTConfig, SFTTrainer

from ergo_agent.errors import SettingsError, StateError
from ergo_agent.images import Original, open_original
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.training.demonstrations import Demonstration, read_demonstrations
from ergo_agent.training.trainer.config import TrainConfig
from ergo_agent.training.trainer.options import trainer_options
from ergo_agent.training.trainer.outset import adapters
from ergo_agent.views.geometry import Region

__all__ = ["Lessons", "make_sft_trainer"]

_IGNORED = -100
"""What torch's cross entropy leaves out."""

_OPENED = 32
"""Images kept open: a batch's, and some of the one before."""


class Lessons:
    """Makes a padded batch of demonstrations."""

    def __init__(self, demonstrations: Sequence[Demonstration], processor: Any) -> None:  # noqa: ANN401
        """Say of what, and for whom.

        Args:
            demonstrations: By the number in the data set's column `lesson`.
            processor: The policy's.
        """
        self._demonstrations = demonstrations
        self._processor = processor
        self._maker = ViewMaker()
        self._opened = lru_cache(_OPENED)(_open)

    def __call__(self, rows: Sequence[dict[str, int]]) -> dict[str, torch.Tensor]:
        """A batch.

        Args:
            rows: Of the data set.

        Returns:
            What the model takes, padded on the right; `labels` hold the tokens of replies, their
            end marks included, and are ignored everywhere else.

        Raises:
            ImageError: If an image cannot be opened.
            StateError: If it is another image than the demonstration was about.
        """
        chosen = [self._demonstrations[row["lesson"]] for row in rows]
        texts = [
            self._processor.apply_chat_template(_messages(one), tokenize=False) for one in chosen
        ]
        images = [image for one in chosen for image in self._views(one)]
        batch = self._processor(
            text=texts,
            images=images,
            return_tensors="pt",
            padding=True,
            padding_side="right",
            return_mm_token_type_ids=True,
        )
        labels = [
            self._taught(ids, turns=len(one.turns))
            for ids, one in zip(batch["input_ids"], chosen, strict=True)
        ]
        return {**batch, "labels": torch.stack(labels)}

    def _views(self, one: Demonstration) -> list[Image.Image]:
        """The views as the policy was shown them: made, encoded and decoded as in an episode."""
        shown = [view for turn in one.turns for view in turn.views]
        return [_decoded(self._encoded(one, view)) for view in shown]

    def _encoded(self, one: Demonstration, view: Any) -> bytes:  # noqa: ANN401
        original = self._opened(one.image, view.page)
        if original.digest != one.facts.digest:
            raise StateError(
                f"{one.image} is another image than the demonstration was about; export it again"
            )
        return self._maker.view(original, view.region, shown=view.shown, form=view.form).data

    def _taught(self, ids: torch.Tensor, *, turns: int) -> torch.Tensor:
        """The labels of one row."""
        tokenizer = self._processor.tokenizer
        header = tokenizer(_HEADER, add_special_tokens=False).input_ids
        labels = torch.full_like(ids, _IGNORED)
        row, found = ids.tolist(), 0
        for at in range(len(row) - len(header) + 1):
            if row[at : at + len(header)] != header:
                continue
            first = at + len(header)
            last = row.index(tokenizer.eos_token_id, first)
            labels[first : last + 1] = ids[first : last + 1]
            found += 1
        if found != turns:
            raise SettingsError(
                f"{found} replies were found where a demonstration has {turns}; its text, or the "
                "checkpoint's chat template, is not in the form that Qwen's models have"
            )
        return labels


_HEADER = "<|im_start|>assistant\n"
"""How ChatML, which all Qwen models have, begins a reply."""


def make_sft_trainer(
    config: TrainConfig, checkpoint: Checkpoint, *, callbacks: list[Any] | None = None
) -> SFTTrainer:
    """The trainer of a run.

    Raises:
        SettingsError: If TRL refuses a setting, or there is no demonstration.
    """
    assert config.data.path is not None  # `TrainConfig.checked`
    demonstrations = list(read_demonstrations(config.data.path))
    if not demonstrations:
        raise SettingsError(f"{config.data.path} holds no demonstration; export a run first")
    return SFTTrainer(
        model=checkpoint.model,
        args=trainer_options(
            SFTConfig,
            config.sft,
            config=config,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        train_dataset=Dataset.from_dict({"lesson": list(range(len(demonstrations)))}),
        processing_class=checkpoint.processor,
        data_collator=Lessons(demonstrations, checkpoint.processor),
        callbacks=callbacks,
        peft_config=adapters(config.lora),
    )


def _messages(one: Demonstration) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if one.system is not None:
        messages.append({"role": "system", "content": one.system})
    for turn in one.turns:
        shown: list[dict[str, Any]] = [{"type": "image"} for _ in turn.views]
        content = [*shown, {"type": "text", "text": turn.question}]
        messages += [
            {"role": "user", "content": content},
            {"role": "assistant", "content": turn.reply},
        ]
    return messages


def _open(path: str, page: int) -> Original:
    return open_original(path, page=page)


def _decoded(data: bytes) -> Image.Image:
    view = open_original(data)
    return view.shown(Region.whole(view.size), view.size)
