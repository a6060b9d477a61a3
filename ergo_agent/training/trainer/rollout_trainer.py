"""TRL's trainer with what it does in silence made loud."""

import os
from collections.abc import Sequence
from typing import Any

from ergo_agent.errors import SettingsError
from ergo_agent.training.trainer.environment import OVER, RolloutEnvironment

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")  # that environments may change is pinned

from trl import GRPOTrainer

__all__ = ["RolloutTrainer"]


class RolloutTrainer(GRPOTrainer):  # type: ignore[misc]  # untyped where the extra is missing
    """`GRPOTrainer` over `RolloutEnvironment`.

    What TRL 1.16 does in silence, and this refuses:

    - where one sample's image tokens do not match its images, it drops all images of the batch from
      the loss;
    - where a turn does not fit `max_completion_length`, it leaves the turn out, so that the policy
      is never shown its crop;
    - what fails in an environment is told to the policy as the result of its call.

    And what it has no way for: an environment says that its rollout is over by a turn that is too
    long, which TRL takes back.
    """

    environments: Sequence[RolloutEnvironment]

    def _get_tool_suffix_ids(self, tool_messages: list[dict[str, Any]]) -> list[int]:
        """The tokens of a turn; more than fit where the rollout is over."""
        if tool_messages[-1]["content"] == OVER:
            return [int(self._tokenizer.pad_token_id)] * (self.max_completion_length + 1)
        suffix: list[int] = super()._get_tool_suffix_ids(tool_messages)
        return suffix

    def _tool_call_loop(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Run all rollouts to their end.

        Raises:
            SettingsError: If the turn of one was left out.
            ErgoError: If something failed in one.
        """
        ended = super()._tool_call_loop(*args, **kwargs)
        for environment, ids in zip(self.environments, ended[2], strict=True):
            live = environment.live
            if live.failure is not None:
                raise live.failure
            if live.over:
                continue
            if ids and ids[-1] == self._tokenizer.eos_token_id:
                raise SettingsError(
                    f"a turn did not fit: a rollout has {len(ids):,} tokens after its prompt, and "
                    f"{self.max_completion_length:,} are allowed, or the model's context is full; "
                    "raise policy.turn_tokens, or lower episode.view_budget or max_zooms"
                )
            live.cut_off()
        return ended

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """Sample, and check that what was seen is what the loss sees.

        Raises:
            SettingsError: If it is not.
        """
        output: dict[str, Any] = super()._generate_and_score_completions(inputs)
        seen = sum(len(environment.live.shown) for environment in self.environments)
        grid = output.get("image_grid_thw")
        if grid is None or len(grid) != seen:
            raise SettingsError(
                f"the policy was shown {seen} views, and {0 if grid is None else len(grid)} of "
                "them reached the loss: image tokens and images do not match. This is a fault of "
                "the processor or of the installed TRL; use the versions of the extra train"
            )
        return output
