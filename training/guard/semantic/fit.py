"""One training run: texts in, a network and its vocabulary out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn import functional

from training.guard.semantic.batches import Batch, Draw, batches, plain
from training.guard.semantic.corpus import Text, Vocabulary, Words
from training.guard.semantic.network import Network, Shape
from training.guard.semantic.warm import vectors


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is made of."""

    shape: Shape = field(default_factory=Shape)
    steps: int = 1_200
    tokens: int = 3_000
    rate: float = 3e-3
    decay: float = 0.02
    table_rate: float = 4.0
    smoothing: float = 0.02
    family: float = 0.2
    rarest: int = 3
    warm: float = 1.0
    wide_rate: float = 10.0
    shares: tuple[float, float, float, float] = (0.12, 0.28, 0.32, 0.28)
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained network with all it needs to read a text."""

    network: Network
    vocabulary: Vocabulary
    families: tuple[str, ...]

    def logits(self, texts: Sequence[Text], words: Words) -> np.ndarray:
        self.network.eval()
        order = sorted(range(len(texts)), key=lambda at: len(texts[at].words))
        scores = np.zeros(len(texts))
        with torch.inference_mode():
            for batch, where in plain([texts[at].words for at in order], words, self.vocabulary, tokens=20_000):
                scores[[order[at] for at in where]] = self.network(*batch.inputs)[0].numpy()
        return scores


def fit(texts: Sequence[Text], words: Words, settings: Settings) -> Fitted:
    torch.manual_seed(settings.seed)
    dice = random.Random(settings.seed)
    vocabulary = Vocabulary.of(texts, words, size=settings.shape.pieces, rarest=settings.rarest)
    families = tuple(sorted({text.family for text in texts if text.family}))
    network = Network(settings.shape)
    if settings.warm:
        start = vectors(texts, words, vocabulary, width=settings.shape.width, seed=settings.seed)
        with torch.no_grad():
            network.pieces.weight[: len(start)] = torch.from_numpy(start) * settings.warm
    table = [network.pieces.weight]
    wide = [network.wide.weight]
    rest = [each for name, each in network.named_parameters() if name not in ("pieces.weight", "wide.weight")]
    optimiser = torch.optim.AdamW(
        [
            {"params": group, "weight_decay": decay}
            for group, decay in ((table, 0.0), (wide, 0.0), (rest, settings.decay))
        ],
        lr=settings.rate,
        fused=True,
    )
    rates = [settings.rate * times for times in (settings.table_rate, settings.wide_rate, 1.0)]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, settings.steps, pct_start=0.1)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.97)
    )
    draw = Draw(texts, words, families, settings.shares, dice)
    network.train()
    for batch in batches(draw, words, vocabulary, steps=settings.steps, tokens=settings.tokens, dice=dice):
        loss = _loss(network, batch, settings)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(network)
    return Fitted(averaged.module, vocabulary, families)


def _loss(network: Network, batch: Batch, settings: Settings) -> torch.Tensor:
    logits, kinds = network(*batch.inputs)
    smooth = batch.attacks * (1 - 2 * settings.smoothing) + settings.smoothing
    verdict = functional.binary_cross_entropy_with_logits(logits, smooth)
    if not (batch.families >= 0).any():
        return verdict
    return verdict + settings.family * functional.cross_entropy(kinds, batch.families, ignore_index=-1)
