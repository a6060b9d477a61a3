"""MiniLM with the heads of the reader, in plain torch.

The encoder is that of all-MiniLM-L6-v2 (six layers, width 384, twelve heads), read from its
`model.safetensors`. A line is a question with one passage; the heads give each line three things:
how much it speaks for the passage (log-odds against "none of the passages", whose score is 0), and
for each of its tokens how much it speaks for the answer to begin or to end there.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Outputs", "ReaderNetwork"]

_LAYERS, _WIDTH, _HEADS = 6, 384, 12
_Part = TypeVar("_Part", bound=nn.Module)
_BLOCKED = -1e4
"""Added to attention between a token and padding."""


class Outputs(NamedTuple):
    """What the heads say of a batch of lines."""

    odds: Tensor
    """Shape (lines,): log-odds that the passage answers, against none of the passages."""
    starts: Tensor
    """Shape (lines, tokens): how much speaks for an answer that begins at the token."""
    ends: Tensor
    """Shape (lines, tokens): how much speaks for one that ends with the token."""


class ReaderNetwork(nn.Module):  # type: ignore[misc, unused-ignore]
    """The encoder and its heads; the embeddings of words are not trained further."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with a checkpoint's weights; heads that it does not have begin at random."""
        super().__init__()
        self.words = _embedding(weights["embeddings.word_embeddings.weight"])
        self.places = _embedding(weights["embeddings.position_embeddings.weight"])
        self.sides = _embedding(weights["embeddings.token_type_embeddings.weight"])
        self.norm = nn.LayerNorm(_WIDTH, eps=1e-12)
        _fill(self.norm, weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(_Layer(weights, f"encoder.layer.{n}") for n in range(_LAYERS))
        self.odds = nn.Linear(_WIDTH, 1)
        self.spans = nn.Linear(_WIDTH, 2)
        for name, head in (("odds", self.odds), ("spans", self.spans)):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
            if f"{name}.weight" in weights:
                _fill(head, weights, name)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Outputs:
        """Read lines, all arguments of shape (lines, tokens)."""
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        states = self.words(input_ids) + self.places(places) + self.sides(token_type_ids)
        states = self.norm(states)
        blocked = (1.0 - attention_mask[:, None, None, :].to(states.dtype)) * _BLOCKED
        for layer in self.layers:
            states = layer(states, blocked)
        ends = self.spans(states)
        return Outputs(self.odds(states[:, 0]).squeeze(-1), ends[..., 0], ends[..., 1])


class _Layer(nn.Module):  # type: ignore[misc, unused-ignore]
    """One layer of BERT without dropout."""

    def __init__(self, weights: Mapping[str, Tensor], name: str) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (
            _fill(nn.Linear(_WIDTH, _WIDTH), weights, f"{name}.attention.{part}")
            for part in ("self.query", "self.key", "self.value", "output.dense")
        )
        self.norm = nn.LayerNorm(_WIDTH, eps=1e-12)
        _fill(self.norm, weights, f"{name}.attention.output.LayerNorm")
        self.up = _fill(nn.Linear(_WIDTH, 4 * _WIDTH), weights, f"{name}.intermediate.dense")
        self.down = _fill(nn.Linear(4 * _WIDTH, _WIDTH), weights, f"{name}.output.dense")
        self.last = nn.LayerNorm(_WIDTH, eps=1e-12)
        _fill(self.last, weights, f"{name}.output.LayerNorm")

    def forward(self, states: Tensor, blocked: Tensor) -> Tensor:
        lines, tokens, _ = states.shape
        shape = (lines, tokens, _HEADS, _WIDTH // _HEADS)
        query, key, value = (
            part(states).view(shape).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3) / (_WIDTH // _HEADS) ** 0.5 + blocked
        seen = torch.softmax(scores, dim=-1).to(value.dtype) @ value
        seen = self.out(seen.transpose(1, 2).reshape(lines, tokens, _WIDTH))
        states = self.norm(states + seen)
        return self.last(states + self.down(functional.gelu(self.up(states))))


def _embedding(weight: Tensor) -> nn.Embedding:
    return nn.Embedding.from_pretrained(weight.clone(), freeze=True)


def _fill(part: _Part, weights: Mapping[str, Tensor], name: str) -> _Part:
    """A part with the checkpoint's weights of a name."""
    part.load_state_dict({kind: weights[f"{name}.{kind}"] for kind in ("weight", "bias")})
    return part
