"""The model: Qwen2.5-VL's own architecture, as small as it gets."""

import torch
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2_5_VLProcessor,
    Qwen2VLImageProcessor,
    Qwen2VLVideoProcessor,
)

from ergo_agent.views.patches import QWEN2_5_VL
from scripts.tiny_checkpoint.words import make_tokenizer

__all__ = ["CONTEXT", "make_model", "make_processor"]

CONTEXT = 16_384
"""Longest conversation in tokens: more than an episode with default settings can hold. No lesson
is longer than 4,000."""

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
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": CONTEXT,
        "tie_word_embeddings": True,
        "rope_theta": 10_000.0,
        # Rotary pairs a head gives to time, height and width; their sum is half of its 32.
        "rope_scaling": {"type": "mrope", "rope_type": "default", "mrope_section": [4, 6, 6]},
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
        # Attention over the whole image in both layers: one matrix product instead of many small.
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


def make_processor() -> Qwen2_5_VLProcessor:
    """The tokenizer and the image processor, with the pixel bounds of the published models."""
    token = QWEN2_5_VL.factor**2
    tokenizer = make_tokenizer()
    images = Qwen2VLImageProcessor(
        size={"shortest_edge": QWEN2_5_VL.min_tokens * token, "longest_edge": 16_384 * token}
    )
    return Qwen2_5_VLProcessor(
        image_processor=images,
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=tokenizer.chat_template,
    )
