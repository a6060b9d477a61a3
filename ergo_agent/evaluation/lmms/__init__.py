"""Others measure us: a model for lmms-eval, which finds it by the entry point `lmms_eval.models`.

`lmms-eval --model ergo_agent --model_args policy=served,max_zooms=2 --tasks chartqa` runs an
episode for each question. lmms-eval takes 136 packages, torch among them, and nothing else imports
this room; `model.py` holds the model, imported only where it is chosen.
"""

from typing import Any

__all__ = ["manifest"]


def manifest() -> Any:  # noqa: ANN401  # lmms-eval's, which calls this
    """What lmms-eval is told: the model's names, and where it is."""
    from lmms_eval.models.registry_v2 import ModelManifest  # noqa: PLC0415  # it is the caller

    return ModelManifest(
        model_id="ergo_agent",
        simple_class_path="ergo_agent.evaluation.lmms.model.ErgoAgent",
        aliases=("ergo",),
    )
