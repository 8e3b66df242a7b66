"""A small gated convolutional network that reads words in their order, run with numpy alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import chain

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from onedoor.guard.meaning.pieces import pieces
from onedoor.guard.meaning.tokens import tokens

SEGMENT = 4_096
"""Tokens that are read at once, so memory stays flat however long a text is."""

NOTHING = -16.0
"""The log-odds of a text that says nothing."""

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Layer:
    """What a layer multiplies by and adds; a convolution's are for each token between its neighbours."""

    weights: Floats
    bias: Floats

    def __call__(self, state: Floats) -> Floats:
        return state @ self.weights + self.bias


@dataclass(frozen=True, slots=True)
class Network:
    """Pieces → words → gated convolutions → attention and maximum over a window → the log-odds of the worst window.

    vectors       one row of int8 for each piece, row 0 for what no piece is known of; the first convolution scales them
    signs         how much each piece speaks for an attack wherever it stands
    temperature   what the log-odds are divided by, so that they hold on sources the network hasn't seen
    """

    pieces: Mapping[str, int]
    vectors: NDArray[np.int8]
    signs: Floats
    convolutions: tuple[Layer, ...]
    attention: Layer
    mix: Layer
    verdict: Layer
    window: int
    step: int
    temperature: float
    offset: float

    def logit(self, text: str) -> float:
        """The log-odds that some window of the text is an attack."""
        found = tokens(text)
        peak = max((self._peak(part) for part in _segments(found, self.window)), default=NOTHING)
        return (peak + self.offset) / self.temperature

    def _peak(self, found: Sequence[str]) -> float:
        state, signs = self._words(found)
        for convolution in self.convolutions:
            state = _convolved(state, convolution)
        return float((self.verdict(self._read(state))[:, 0] + _summed(signs, self.window, self.step)).max())

    def _words(self, found: Sequence[str]) -> tuple[Floats, Floats]:
        """One vector and one sign a token: the means over the pieces that are known."""
        distinct = {token: row for row, token in enumerate(dict.fromkeys(found))}
        known = [self._known(token) for token in distinct]
        sizes = np.fromiter(map(len, known), np.intp, len(known))
        flat = np.fromiter(chain.from_iterable(known), np.intp, int(sizes.sum()))
        rows = np.fromiter((distinct[token] for token in found), np.intp, len(found))
        starts = np.cumsum(sizes) - sizes
        shares = np.reciprocal(sizes.astype(np.float32))
        vectors = np.add.reduceat(self.vectors.take(flat, 0), starts, 0, np.float32) * shares[:, None]
        signs = np.add.reduceat(self.signs.take(flat), starts) * shares
        return vectors.take(rows, 0), signs.take(rows)

    def _known(self, token: str) -> list[int]:
        numbers = self.pieces
        return [numbers[piece] for piece in pieces(token) if piece in numbers] or [0]

    def _read(self, state: Floats) -> Floats:
        """What each window says: what each head attends to, and the peak of every feature."""
        windows = _windows(state, self.window, self.step)
        focus = _windows(np.exp(self.attention(state).clip(-30, 30)), self.window, self.step)
        read = focus @ windows.swapaxes(1, 2) / focus.sum(2, keepdims=True)
        heads = read.reshape(len(read), -1)
        return np.maximum(self.mix(np.concatenate([heads, windows.max(2)], 1)), 0)


@cache
def shipped() -> Network:
    """The network that comes with the package."""
    with np.load(BytesIO((files("onedoor.guard.meaning") / "weights.npz").read_bytes())) as stored:
        return unpacked(stored)


def unpacked(stored: Mapping[str, NDArray[np.generic]]) -> Network:
    """A network from the arrays it is stored as."""
    names = stored["pieces"].tobytes().decode().split("\0")
    window, step, depth = (int(number) for number in stored["sizes"].tolist())
    temperature, offset = (float(number) for number in stored["calibration"].tolist())
    return Network(
        pieces={name: number for number, name in enumerate(names, 1)},
        vectors=stored["vectors"].astype(np.int8),
        signs=stored["signs"].astype(np.float32),
        convolutions=tuple(_layer(stored, f"convolution{number}") for number in range(depth)),
        attention=_layer(stored, "attention"),
        mix=_layer(stored, "mix"),
        verdict=_layer(stored, "verdict"),
        window=window,
        step=step,
        temperature=temperature,
        offset=offset,
    )


def _layer(stored: Mapping[str, NDArray[np.generic]], name: str) -> Layer:
    return Layer(stored[f"{name}.weights"].astype(np.float32), stored[f"{name}.bias"].astype(np.float32))


def _segments(found: Sequence[str], window: int) -> Iterator[Sequence[str]]:
    """Stretches that overlap by a window, so that none is cut in two."""
    for start in range(0, len(found), SEGMENT):
        yield found[max(0, start - window) : start + SEGMENT]


def _convolved(state: Floats, convolution: Layer) -> Floats:
    kernel = len(convolution.weights) // state.shape[1]
    edged = np.pad(state, ((kernel // 2, kernel // 2), (0, 0)))
    near = np.concatenate([edged[at : at + len(state)] for at in range(kernel)], 1)
    value, gate = np.split(convolution(near), 2, 1)
    update: Floats = np.maximum(value, 0) / (1 + np.exp(-gate.clip(-30, 30)))
    return state + update if state.shape == update.shape else update


def _windows(state: Floats, window: int, step: int) -> Floats:
    """(windows, features, tokens of a window); the last one is filled up with the rows before it."""
    if len(state) <= window:
        return state.T[None]
    return sliding_window_view(state, window, 0)[_starts(len(state), window, step)]


def _summed(signs: Floats, window: int, step: int) -> Floats:
    """The sum of each window over the root of its length."""
    size = min(window, len(signs))
    sums = np.append(np.float32(0), np.cumsum(signs, dtype=np.float32))
    starts = np.array(_starts(len(signs), window, step))
    summed: Floats = (sums[starts + size] - sums[starts]) / np.float32((size + 1) ** 0.5)
    return summed


def _starts(length: int, window: int, step: int) -> list[int]:
    return [*range(0, length - window, step), max(0, length - window)]
