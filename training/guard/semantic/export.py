"""A trained network as the arrays that the package carries."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from training.guard.semantic.fit import Fitted

Arrays = Mapping[str, NDArray[np.generic]]


def packed(fitted: Fitted, *, temperature: float = 1.0, offset: float = 0.0) -> Arrays:
    """Vectors as int8 with a scale for each dimension, which the first convolution takes over; the rest as float16."""
    network, shape = fitted.network, fitted.network.shape
    vectors = network.pieces.weight.detach().numpy()[: len(fitted.vocabulary.numbers) + 1]
    scale = np.quantile(np.abs(vectors), 0.9995, axis=0) / 127
    signs = network.wide.weight.detach().numpy()[: len(vectors), 0]
    arrays: dict[str, NDArray[np.generic]] = {
        "pieces": np.frombuffer("\0".join(fitted.vocabulary.numbers).encode(), np.uint8),
        "vectors": np.rint(vectors / scale).clip(-127, 127).astype(np.int8),
        "signs": np.where(np.arange(len(signs)) > 0, signs, 0).astype(np.float16),
        "sizes": np.array([shape.window, shape.step, len(network.convolutions)], np.int64),
        "calibration": np.array([temperature, offset]),
    }
    for number, convolution in enumerate(network.convolutions):
        weights = convolution.weight.detach().numpy().T
        scales = np.tile(scale, len(weights) // len(scale)) if number == 0 else np.ones(len(weights))
        arrays |= _half(f"convolution{number}", weights * scales[:, None], convolution.bias)
    for name in ("attention", "mix", "verdict"):
        layer = getattr(network, name)
        arrays |= _half(name, layer.weight.detach().numpy().T, layer.bias)
    return arrays


def _half(name: str, weights: NDArray[np.float32], bias: Tensor) -> Arrays:
    return {f"{name}.weights": weights.astype(np.float16), f"{name}.bias": bias.detach().numpy().astype(np.float16)}
