"""What the model is to get right: the passage and, in it, the place of the answer.

The probability of an answer is that of its passage, shared out over all passages of the question
and "none of them", times that of its first and of its last token, each shared out over the tokens
of the passage. Where several places answer, their probabilities are added (Clark and Gardner,
"Simple and Effective Multi-Paragraph Reading Comprehension", 2018, call it a shared normalisation).
"""

import torch
from torch import Tensor

from scripts.reader_model.batches import Batch
from scripts.reader_model.network import Outputs

__all__ = ["log_likelihoods"]


def log_likelihoods(outputs: Outputs, batch: Batch) -> Tensor:
    """For each question the logarithm of the probability of a right answer."""
    starts, ends = (
        torch.log_softmax(logits.float().masked_fill(~batch.readable, -1e4), dim=-1)
        for logits in (outputs.starts, outputs.ends)
    )
    odds = outputs.odds.float()
    found, row = [], 0
    for count, spans in zip(batch.counts, batch.spans, strict=True):
        everything = torch.cat([odds[row : row + count], odds.new_zeros(1)])
        shares = torch.log_softmax(everything, dim=0)
        if spans:
            lines, first, last = (torch.tensor(part) for part in zip(*spans, strict=True))
            each = shares[lines - row] + starts[lines, first] + ends[lines, last]
            found.append(torch.logsumexp(each, dim=0))
        else:
            found.append(shares[-1])
        row += count
    return torch.stack(found)
