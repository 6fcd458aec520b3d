"""Makes the weights that tell whether a note answers a question."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from adapters.local_model.encoder import ids_together
from adapters.local_model.judge import HEAD_FILE, MODEL_FILE
from adapters.local_model.passages import passage_text, question_text
from training.e5_source import Tensors
from training.encoder import write_encoder
from training.judge_pairs import JudgePairs, Pair
from training.labelled_notes import LabelledNote
from training.network import EncoderNetwork
from training.tuning import Material, hard_negatives, padded
from training.weights_folder import write_weights

LAYERS = 6

_SEED = 2
_EPOCHS = 2
_LEARNING_RATE = 2e-4
_HEAD_FASTER = 5
_WARM_UP = 0.1
_RANKING_WEIGHS = 0.5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Judge:
    """The encoder's weights, and the head's: 384 values and the intercept."""

    tensors: Tensors
    head: NDArray[np.float32]


class _Network(nn.Module):
    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        self.encoder = EncoderNetwork(tensors, LAYERS)
        self.head = nn.Linear(self.encoder.words.embedding_dim, 1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        means = self.encoder(ids, mask)
        return self.head(functional.dropout(means, 0.1, self.training)).squeeze(-1)


def learn_to_judge(material: Material, search_tensors: Tensors, say: Say) -> Judge:
    """Tune the lower layers of the encoder for searching on questions beside notes that are near.

    The notes of an unanswerable question are all wrong; those that a restricted one's asker may not
    see answer it.
    """
    torch.manual_seed(_SEED)
    luck = random.Random(_SEED)  # noqa: S311  # nosec B311 - it shuffles, it keeps no secret
    searching = EncoderNetwork(search_tensors, _layers(search_tensors))
    everything = [*material.questions, *(one.asked for one in material.note_questions)]
    near = hard_negatives(searching, material.tokenizer, everything)
    drawn = JudgePairs(material.tokenizer, near, luck)
    network = _Network(search_tensors)
    optimizer = torch.optim.AdamW(
        [
            {"params": network.encoder.parameters(), "lr": _LEARNING_RATE},
            {"params": network.head.parameters(), "lr": _LEARNING_RATE * _HEAD_FASTER},
        ],
        weight_decay=0.01,
        fused=True,
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    started = perf_counter()
    network.train()
    for epoch in range(_EPOCHS):
        losses = []
        batches = drawn.batches(material.questions, material.note_questions)
        for place, pairs in enumerate(batches):
            share = (epoch + place / len(batches)) / _EPOCHS
            factor = min(1.0, (share + 1e-3) / _WARM_UP) * max(0.02, 1 - share)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            losses.append(_learn(network, optimizer, pairs))
        took = perf_counter() - started
        say(f"  judging, epoch {epoch + 1}/{_EPOCHS}: loss {np.mean(losses):.3f}, {took:.0f} s")
    weight, bias = network.head.weight.detach().numpy()[0], network.head.bias.detach().numpy()
    return Judge(network.encoder.tensors(), np.concatenate([weight, bias]).astype(np.float32))


def write_judge(judge: Judge, material: Material) -> float:
    """Write encoder and head; returns how well the encoder stands rounding."""
    near = [question for question in material.questions if question.pool]
    pairs = [
        _together(material, question_text(question.text, question.earlier), labelled)
        for question in near
        for labelled in (question.pool[0], question.pool[-1])
    ]
    content = BytesIO()
    np.save(content, judge.head, allow_pickle=False)
    write_weights(HEAD_FILE, content.getvalue())
    return write_encoder(MODEL_FILE, judge.tensors, pairs)


def _together(material: Material, asked: str, labelled: LabelledNote) -> list[int]:
    passage = passage_text(labelled.raw_text, labelled.linked, labelled.channel_name)
    return ids_together(material.tokenizer, asked, passage, labelled.raw_parent)


def _layers(tensors: Tensors) -> int:
    return sum(name.endswith(".query.bias") for name in tensors)


def _learn(network: _Network, optimizer: torch.optim.Optimizer, pairs: Sequence[Pair]) -> float:
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(*padded([pair.ids for pair in pairs]))
    loss = _loss(scores.float(), pairs)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _loss(scores: Tensor, pairs: Sequence[Pair]) -> Tensor:
    """Each pair by itself, and of one question the answering notes before the others."""
    answers = torch.tensor([float(pair.answers) for pair in pairs])
    loss = functional.binary_cross_entropy_with_logits(scores, answers)
    ids = [pair.question for pair in pairs]
    ranked = []
    for one in dict.fromkeys(ids):
        of_one = torch.tensor([other == one for other in ids])
        right = answers[of_one]
        if 0 < right.sum() < len(right):
            shares = functional.log_softmax(scores[of_one], dim=0)
            ranked.append(-(shares * right).sum() / right.sum())
    return loss + _RANKING_WEIGHS * torch.stack(ranked).mean() if ranked else loss
