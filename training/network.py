"""The encoder as a network that can be tuned; needs torch, which is installed for training only."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.e5_source import Tensors

ATTENTION_HEADS = 12
DROPOUT = 0.1
_NORM_EPSILON = 1e-12


class _Layer(nn.Module):
    """Attention and a wide layer, each added to its input and normalised (BERT)."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.attended = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=_NORM_EPSILON)
        self.wide = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=_NORM_EPSILON)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        attended = self.attended(self._attention(hidden, mask))
        middle = self.attention_norm(hidden + self._dropped(attended))
        wide = functional.gelu(self.wide(middle))
        return self.norm(middle + self._dropped(self.narrow(wide)))

    def _attention(self, hidden: Tensor, mask: Tensor) -> Tensor:
        mixed = functional.scaled_dot_product_attention(
            self._split(self.query(hidden)),
            self._split(self.key(hidden)),
            self._split(self.value(hidden)),
            attn_mask=mask,
            dropout_p=DROPOUT if self.training else 0.0,
        )
        return mixed.transpose(1, 2).flatten(2)

    def _split(self, hidden: Tensor) -> Tensor:
        return hidden.unflatten(-1, (ATTENTION_HEADS, -1)).transpose(1, 2)

    def _dropped(self, hidden: Tensor) -> Tensor:
        return functional.dropout(hidden, DROPOUT, self.training)


class EncoderNetwork(nn.Module):
    """Token ids in, the mean of their last hidden states out; the table of words stays as it is."""

    def __init__(self, tensors: Tensors, layers: int) -> None:
        super().__init__()
        words, positions = tensors["words"], tensors["positions"]
        width = words.shape[1]
        self.words = nn.Embedding(*words.shape)
        self.positions = nn.Embedding(*positions.shape)
        self.norm = nn.LayerNorm(width, eps=_NORM_EPSILON)
        inner = len(tensors["layers.0.wide.bias"])
        self.layers = nn.ModuleList(_Layer(width, inner) for _ in range(layers))
        self._take(tensors)
        self.words.weight.requires_grad = False

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Both of shape (batch, tokens); gives (batch, width)."""
        places = torch.arange(ids.shape[1])
        hidden = self.norm(self.words(ids) + self.positions(places))
        hidden = functional.dropout(hidden, DROPOUT, self.training)
        seen = mask[:, None, None, :].bool()
        for layer in self.layers:
            hidden = layer(hidden, seen)
        kept = mask[..., None].to(hidden.dtype)
        return (hidden * kept).sum(1) / kept.sum(1)

    def tensors(self) -> Tensors:
        """The weights by the names that they came under."""
        state = {name: value.float().numpy() for name, value in self.state_dict().items()}
        return {_source_name(name): value for name, value in state.items()}

    def _take(self, tensors: Tensors) -> None:
        own = self.state_dict()
        for name in own:
            values = tensors[_source_name(name)]
            if name == "positions.weight" and "kinds" in tensors:
                # Every text is of the first of BERT's two kinds.
                values = values + tensors["kinds"][0]
            own[name].copy_(torch.from_numpy(np.ascontiguousarray(values)))


def _source_name(name: str) -> str:
    return name.removesuffix(".weight") if name.startswith(("words", "positions")) else name
