"""The network in torch, for training; `onedoor.guard.meaning.network` runs the same one with numpy."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes: of a piece's vector, of the hidden layers, of the attention; the window and its step in tokens."""

    pieces: int = 40_000
    width: int = 48
    hidden: int = 64
    heads: int = 4
    layers: int = 2
    families: int = 64
    window: int = 128
    step: int = 64
    drop: float = 0.1


def near(state: Tensor, kernel: int) -> Tensor:
    """Each token's vector between those of its neighbours: (batch, tokens, kernel · width)."""
    edged = functional.pad(state, (0, 0, kernel // 2, kernel // 2))
    return torch.cat([edged[:, at : at + state.shape[1]] for at in range(kernel)], 2)


class Network(nn.Module):
    """Pieces → words → gated convolutions → attention and maximum over a window → logit of the worst window."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = nn.EmbeddingBag(shape.pieces + 1, shape.width, mode="mean", padding_idx=0)
        nn.init.normal_(self.pieces.weight, std=0.3)
        with torch.no_grad():
            self.pieces.weight[0] = 0
        self.wide = nn.EmbeddingBag(shape.pieces + 1, 1, mode="mean", padding_idx=0)
        nn.init.zeros_(self.wide.weight)
        sizes = [shape.width] + [shape.hidden] * shape.layers
        kernels = [3, 5, 7][: shape.layers]
        self.convolutions = nn.ModuleList(
            nn.Linear(kernel * before, 2 * after)
            for before, after, kernel in zip(sizes, sizes[1:], kernels, strict=False)
        )
        self.attention = nn.Linear(shape.hidden, shape.heads)
        self.mix = nn.Linear((1 + shape.heads) * shape.hidden, shape.hidden)
        self.verdict = nn.Linear(shape.hidden, 1)
        self.family = nn.Linear(shape.hidden, shape.families)
        self.dropout = nn.Dropout(shape.drop)

    def forward(self, flat: Tensor, starts: Tensor, rows: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and family logits of a batch; `rows` are numbers of words in this batch, `present` is 0 on padding."""
        words = self.dropout(self.pieces(flat, starts))
        signs = (self.wide(flat, starts)[:, 0][rows] * present)[:, None, :]
        state = words[rows] * present[:, :, None]
        for convolution in self.convolutions:
            kernel = convolution.in_features // state.shape[2]
            value, gate = convolution(near(state, kernel)).chunk(2, 2)
            update = functional.relu(value) * torch.sigmoid(gate)
            state = (update if state.shape[2] != update.shape[2] else state + update) * present[:, :, None]
        return self.judge(state.transpose(1, 2), present[:, None, :], signs)

    def judge(self, state: Tensor, inside: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
        windows, seen = self.unfold(state), self.unfold(inside)[:, 0]
        batch, _, count, window = windows.shape
        focus = self.attention(state.transpose(1, 2)).transpose(1, 2)
        focus = self.unfold(focus).masked_fill(seen[:, None] == 0, -1e4).softmax(-1)
        read = torch.einsum("bhnw,banw->bnah", windows, focus).reshape(batch, count, -1)
        peak = windows.masked_fill(seen[:, None] == 0, -1e4).amax(-1).clamp(min=0).transpose(1, 2)
        mixed = functional.relu(self.mix(torch.cat([read, peak], -1)))
        mixed = self.dropout(mixed)
        starts = torch.arange(count) * self.shape.step
        empty = (starts > 0) & (starts + window - self.shape.step >= inside.sum(-1))
        wide = self.unfold(signs)[:, 0].sum(-1) / (seen.sum(-1) + 1).sqrt()
        logits = (self.verdict(mixed)[..., 0] + wide).masked_fill(empty, -1e4)
        worst = logits.argmax(1)
        return logits.amax(1), self.family(mixed[torch.arange(batch), worst])

    def unfold(self, state: Tensor) -> Tensor:
        """(batch, features, windows, tokens of a window)"""
        length, window, step = state.shape[-1], self.shape.window, self.shape.step
        if length <= window:
            return state[:, :, None, :]
        short = (length - window) % step
        return functional.pad(state, (0, (step - short) % step)).unfold(2, window, step)
