"""The network: Qwen2.5-VL's own architecture with a million parameters."""

import torch
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
)

__all__ = ["make_model"]

_CONTEXT = 16_384
_WIDER = 4.0
"""Fresh weights are drawn for widths in the thousands; at a width of 128 they learn sooner when
they are four times as large."""


def make_model(tokenizer: PreTrainedTokenizerFast) -> Qwen2_5_VLForConditionalGeneration:
    """A model with fresh weights, in float32, from torch's current seed."""
    token = tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": _CONTEXT,
        "tie_word_embeddings": True,
        # With Qwen's own 1e6, or 1e4, the axes of a grid of eight by eight tokens turn so slowly
        # that places are hardly seen: one marked token of 36 was found in .22 of the columns at
        # 1e4 with sections [4, 6, 6], and in .80 at 10 with [2, 7, 7] (120 steps).
        "rope_theta": 10.0,
        "rope_scaling": {"type": "mrope", "rope_type": "default", "mrope_section": [2, 7, 7]},
        "bos_token_id": None,
        "eos_token_id": token("<|im_end|>"),
        "pad_token_id": token("<|endoftext|>"),
    }
    vision = {
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_heads": 4,
        "out_hidden_size": 128,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "window_size": 112,
        "fullatt_block_indexes": [0, 1],
    }
    config = Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=True,
    )
    model = Qwen2_5_VLForConditionalGeneration(config)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.mul_(_WIDER)
    model.generation_config.update(
        do_sample=False,
        eos_token_id=[token("<|im_end|>"), token("<|endoftext|>")],
        pad_token_id=token("<|endoftext|>"),
    )
    return model
