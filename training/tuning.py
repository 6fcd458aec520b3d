"""Tunes the encoder on all labels at once: what notes mean, and which notes answer a question."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from adapters.local_model.encoder import ids_of
from adapters.local_model.passages import passage_text, question_text
from bot.domain.customer import Customer
from training.asked_questions import AskedQuestion
from training.e5_source import Tensors
from training.labelled_notes import LabelledNote
from training.network import EncoderNetwork
from training.note_questions import NoteQuestion
from training.questions import YES, HeadQuestion
from training.steps import Step, steps_of

_SEED = 1
_EPOCHS = 3
_LEARNING_RATE = 3e-4
_LAYER_DECAY = 0.9  # lower layers are tuned less
_HEADS_FASTER = 10
_WARM_UP = 0.1
_MINE_IN_EPOCHS = (0, 1)
_TEMPERATURE = 0.05
_SMOOTHING = 0.05
_MAX_TOKENS = 128
_MAX_PARENT_TOKENS = 40
_HEAD_DROPOUT = 0.1
_SEARCH_WAY = 0.5  # from the start (0) to what was tuned (1)

# How much each head's loss counts; those that are not named, 0.08 each.
_HEAD_WEIGHTS = {
    "captured": 1.0,
    "knowledge_type": 1.5,
    "process_stage": 1.2,
    "action_oriented": 0.3,
    "signal": 1.2,
    "certainty": 0.7,
    "has_moment": 0.9,
    "moment": 0.6,
    "moment_direction": 0.4,
}
_OTHER_WEIGHT = 0.08

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class HeadLayer:
    """A head's labels (none for a yes/no question), and its weights (384, columns) and biases."""

    name: str
    labels: tuple[str, ...]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tuned:
    """The encoder's weights, and a head for each question about a note.

    `search_tensors` are a part of the way back to the weights that tuning started from: what was
    tuned to the questions all the way finds less (WiSE-FT, Wortsman et al. 2022). The heads want
    the other end.
    """

    tensors: Tensors
    search_tensors: Tensors
    heads: tuple[HeadLayer, ...]


class _Network(nn.Module):
    def __init__(self, encoder: EncoderNetwork, heads: Sequence["_Head"]) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.words.embedding_dim
        self.heads = nn.ModuleList(nn.Linear(width, head.columns) for head in heads)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, list[Tensor]]:
        means = self.encoder(ids, mask)
        dropped = functional.dropout(means, _HEAD_DROPOUT, self.training)
        return means, [head(dropped) for head in self.heads]


@dataclass(frozen=True, slots=True)
class _Head:
    """A question with its labels, each weighed against being rare."""

    question: HeadQuestion
    labels: tuple[str, ...]
    weights: Tensor
    share: float

    @property
    def columns(self) -> int:
        return len(self.labels) or 1

    def loss(self, scores: Tensor, notes: Sequence[LabelledNote]) -> Tensor:
        """Of the notes that the question applies to; 0 where it applies to none."""
        rows = [row for row, labelled in enumerate(notes) if self.question.applies(labelled)]
        if not rows:
            return scores.sum() * 0
        answers = [self.question.answer(notes[row]) for row in rows]
        chosen = scores[rows].float()
        if self.labels:
            right = torch.tensor([self.labels.index(answer) for answer in answers])
            loss = functional.cross_entropy(
                chosen, right, weight=self.weights, label_smoothing=_SMOOTHING
            )
        else:
            right = torch.tensor([float(answer == YES) for answer in answers])
            right = right * (1 - _SMOOTHING) + _SMOOTHING / 2
            loss = functional.binary_cross_entropy_with_logits(
                chosen[:, 0], right, pos_weight=self.weights
            )
        return loss * self.share


@dataclass(slots=True)
class _Texts:
    """Token ids of notes and questions; in training, now and then without what stands around."""

    tokenizer: Tokenizer
    luck: random.Random | None = None
    questions: dict[str, list[int]] = field(default_factory=dict)

    def note(self, labelled: LabelledNote) -> list[int]:
        customers, place = labelled.linked, labelled.channel_name
        if self.luck:
            customers = self._fewer(customers)
            place = "" if self.luck.random() < 0.15 else place
        text = passage_text(labelled.raw_text, customers, place)
        return ids_of(self.tokenizer, text, labelled.raw_parent, _MAX_TOKENS, _MAX_PARENT_TOKENS)

    def question(self, asked: AskedQuestion) -> list[int]:
        if asked.id not in self.questions:
            text = question_text(asked.text, asked.earlier)
            self.questions[asked.id] = ids_of(self.tokenizer, text, "", _MAX_TOKENS, 0)
        return self.questions[asked.id]

    def _fewer(self, customers: tuple[Customer, ...]) -> tuple[Customer, ...]:
        if self.luck is None or self.luck.random() < 0.12:
            return ()
        if self.luck.random() < 0.2:
            return tuple(Customer(c.id, c.workspace, c.name) for c in customers)
        return customers


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from, and what learning starts from."""

    notes: Sequence[LabelledNote]
    questions: Sequence[AskedQuestion]
    note_questions: Sequence[NoteQuestion]
    tensors: Tensors
    tokenizer: Tokenizer

    def without(self, companies: Sequence[str]) -> "Material":
        """All but these companies."""
        return Material(
            [labelled for labelled in self.notes if labelled.company not in companies],
            [question for question in self.questions if question.company not in companies],
            [one for one in self.note_questions if one.asked.company not in companies],
            self.tensors,
            self.tokenizer,
        )


def tune(material: Material, head_questions: Sequence[HeadQuestion], say: Say) -> Tuned:
    """Tune a copy of the weights on notes and questions; takes about four minutes an epoch."""
    notes, tokenizer = material.notes, material.tokenizer
    torch.manual_seed(_SEED)
    luck = random.Random(_SEED)  # noqa: S311  # nosec B311 - it shuffles, it keeps no secret
    heads = [_head(question, notes) for question in head_questions]
    network = _Network(EncoderNetwork(material.tensors, _layers(material.tensors)), heads)
    texts = _Texts(tokenizer, luck)
    asked = [question for question in material.questions if question.is_answerable]
    of_notes = [one.asked for one in material.note_questions if one.answers]
    optimizer = torch.optim.AdamW(_groups(network), weight_decay=0.01, fused=True)
    rates = [group["lr"] for group in optimizer.param_groups]
    hard: dict[str, list[LabelledNote]] = {}
    done, total, started = 0, 0, perf_counter()
    for epoch in range(_EPOCHS):
        if epoch in _MINE_IN_EPOCHS:
            hard = hard_negatives(network.encoder, tokenizer, asked)
        steps = steps_of(notes, asked, of_notes, hard, luck)
        total = total or _EPOCHS * len(steps)
        network.train()
        losses = []
        for step in steps:
            _set_rates(optimizer, rates, done / total)
            losses.append(_learn(network, heads, optimizer, texts, step))
            done += 1
        took = perf_counter() - started
        say(f"  epoch {epoch + 1}/{_EPOCHS}: loss {np.mean(losses):.3f}, {took:.0f} s")
    start = EncoderNetwork(material.tensors, len(network.encoder.layers)).tensors()
    tuned = network.encoder.tensors()
    searching = {
        name: np.asarray(start[name] + _SEARCH_WAY * (tuned[name] - start[name]), np.float32)
        for name in tuned
    }
    return Tuned(tuned, searching, tuple(_layer_of(network, heads)))


def _layers(tensors: Tensors) -> int:
    return sum(name.endswith(".query.bias") for name in tensors)


def _head(question: HeadQuestion, notes: Sequence[LabelledNote]) -> _Head:
    answers = [question.answer(labelled) for labelled in notes if question.applies(labelled)]
    share = _HEAD_WEIGHTS.get(question.name, _OTHER_WEIGHT)
    if question.is_yes_no:
        yes = answers.count(YES)
        return _Head(
            question, (), torch.tensor(((len(answers) - yes + 1) / (yes + 1)) ** 0.5), share
        )
    labels = tuple(sorted(set(answers)))
    rarity = torch.tensor([(len(answers) / answers.count(label)) ** 0.5 for label in labels])
    return _Head(question, labels, rarity / rarity.mean(), share)


def _groups(network: _Network) -> list[dict[str, object]]:
    """Parameters with their learning rates: the heads', then each layer's, lower ones slower."""
    layers = list(network.encoder.layers)
    lowest = _LEARNING_RATE * _LAYER_DECAY ** len(layers)
    tables = [*network.encoder.positions.parameters(), *network.encoder.norm.parameters()]
    return [
        {"params": list(network.heads.parameters()), "lr": _LEARNING_RATE * _HEADS_FASTER},
        {"params": tables, "lr": lowest},
        *(
            {
                "params": list(layer.parameters()),
                "lr": _LEARNING_RATE * _LAYER_DECAY ** (len(layers) - 1 - place),
            }
            for place, layer in enumerate(layers)
        ),
    ]


def _set_rates(optimizer: torch.optim.Optimizer, rates: Sequence[float], share: float) -> None:
    """Up over the first tenth, then down to almost nothing."""
    factor = min(1.0, (share + 1e-3) / _WARM_UP) * max(0.02, 1 - share)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate * factor


def _learn(
    network: _Network,
    heads: Sequence[_Head],
    optimizer: torch.optim.Optimizer,
    texts: _Texts,
    step: Step,
) -> float:
    with torch.autocast("cpu", torch.bfloat16):
        means, scores = network(*padded([texts.note(labelled) for labelled in step.notes]))
    loss = torch.stack(
        [head.loss(given, step.notes) for head, given in zip(heads, scores, strict=True)]
    ).sum()
    if step.questions:
        with torch.autocast("cpu", torch.bfloat16):
            asked = network.encoder(*padded([texts.question(q) for q in step.questions]))
        loss = loss + _retrieval_loss(asked, means, step)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _retrieval_loss(asked: Tensor, means: Tensor, step: Step) -> Tensor:
    """Each question's answering notes are to be nearer to it than the other notes of the batch."""
    likeness = functional.normalize(asked.float()) @ functional.normalize(means.float()).T
    ids = [labelled.id for labelled in step.notes]
    right = [{labelled.id for labelled in question.answering} for question in step.questions]
    answers = torch.tensor([[note_id in one for note_id in ids] for one in right])
    neutral = torch.tensor([[note_id in q.neutral for note_id in ids] for q in step.questions])
    outside = neutral & ~answers
    shares = functional.log_softmax((likeness / _TEMPERATURE).masked_fill(outside, -1e4), dim=1)
    any_of_them = torch.logsumexp(shares.masked_fill(~answers, -1e4), dim=1)
    all_of_them = (shares * answers).sum(1) / answers.sum(1)
    return -(any_of_them + all_of_them).mean() / 2


def hard_negatives(
    encoder: EncoderNetwork, tokenizer: Tokenizer, questions: Sequence[AskedQuestion]
) -> dict[str, list[LabelledNote]]:
    """The notes that are taken for an answer now and are none, likeliest first."""
    texts = _Texts(tokenizer)
    pooled = {labelled.id: labelled for question in questions for labelled in question.pool}
    vectors = dict(
        zip(pooled, unit_vectors(encoder, [texts.note(n) for n in pooled.values()]), strict=True)
    )
    asked = unit_vectors(encoder, [texts.question(question) for question in questions])
    found = {}
    for question, vector in zip(questions, asked, strict=True):
        wrong = question.wrong
        likeness = [float(vectors[labelled.id] @ vector) for labelled in wrong]
        order = np.argsort(likeness)[::-1]
        found[question.id] = [wrong[place] for place in order]
    return found


@torch.no_grad()
def means_of(encoder: EncoderNetwork, texts: Sequence[list[int]]) -> NDArray[np.float32]:
    """What the encoder makes of these token ids; shape (texts, 384)."""
    encoder.eval()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    means = np.zeros((len(texts), encoder.words.embedding_dim), np.float32)
    for start in range(0, len(order), 32):
        places = order[start : start + 32]
        with torch.autocast("cpu", torch.bfloat16):
            found = encoder(*padded([texts[place] for place in places]))
        means[places] = found.float().numpy()
    return means


def unit_vectors(encoder: EncoderNetwork, texts: Sequence[list[int]]) -> NDArray[np.float32]:
    """The vectors of these token ids, each of unit length; shape (texts, 384)."""
    means = means_of(encoder, texts)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def read_notes(
    tensors: Tensors, tokenizer: Tokenizer, notes: Sequence[LabelledNote]
) -> NDArray[np.float32]:
    """What an encoder makes of notes; shape (notes, 384)."""
    encoder = EncoderNetwork(tensors, _layers(tensors))
    texts = _Texts(tokenizer)
    return means_of(encoder, [texts.note(labelled) for labelled in notes])


def read_asked(
    tensors: Tensors, tokenizer: Tokenizer, questions: Sequence[AskedQuestion]
) -> NDArray[np.float32]:
    """What it makes of questions; shape (questions, 384)."""
    encoder = EncoderNetwork(tensors, _layers(tensors))
    texts = _Texts(tokenizer)
    return means_of(encoder, [texts.question(question) for question in questions])


def padded(texts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids with a mask, both of shape (texts, longest)."""
    longest = max(map(len, texts))
    ids = torch.ones((len(texts), longest), dtype=torch.long)
    mask = torch.zeros((len(texts), longest), dtype=torch.long)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return ids, mask


def _layer_of(network: _Network, heads: Sequence[_Head]) -> Iterator[HeadLayer]:
    for head, layer in zip(heads, network.heads, strict=True):
        weight, bias = layer.weight.detach().numpy().T, layer.bias.detach().numpy()
        yield HeadLayer(head.question.name, head.labels, weight.copy(), bias.copy())
