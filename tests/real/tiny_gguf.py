"""A whole language model in 600 kB: llama architecture, random weights, written in half a second.

Its answers are noise, which is enough to drive a real server: shapes, schemas, streams and failures, not quality.
Every byte is a token, so any UTF-8 prompt can be read and any grammar can be followed. Left to itself it writes
printable ASCII and never ends, so an answer is as long as it is allowed to be. Stray bytes would do worse than look
bad: the server holds a stream back until they make a character, which may be never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPACE = "\u2581"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WORDS = """
    the and for you are not with this that have from answer question model hello world name place one two three yes no
    true false null score value text user system assistant write read time people water number
"""
UNLIKELY = -20.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How big the model is."""

    context: int = 4096
    embedding: int = 64
    layers: int = 2
    feed_forward: int = 128
    heads: int = 4
    kv_heads: int = 2

    @property
    def kv_width(self) -> int:
        return self.embedding // self.heads * self.kv_heads


def write(path: Path, shape: Shape = Shape(), *, seed: int = 0) -> Path:
    """Write the model to `path` and give `path` back."""
    from gguf import GGUFWriter

    tokens = _vocabulary()
    writer = GGUFWriter(path, "llama")
    _describe(writer, shape)
    _tokenizer(writer, tokens)
    for name, weights in _tensors(shape, tokens, seed):
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer: Any, shape: Shape) -> None:
    from gguf import LlamaFileType, PoolingType

    writer.add_name("tiny")
    writer.add_file_type(LlamaFileType.ALL_F32)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.embedding // shape.heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_pooling_type(PoolingType.MEAN)


def _tokenizer(writer: Any, tokens: list[tuple[str, int]]) -> None:
    texts = [text for text, _ in tokens]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(texts)
    writer.add_token_scores([-float(place + 1) for place in range(len(tokens))])
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_bos_token_id(texts.index("<s>"))
    writer.add_unk_token_id(texts.index("<unk>"))
    writer.add_eos_token_id(texts.index("<|im_end|>"))
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)


def _vocabulary() -> list[tuple[str, int]]:
    """Every token and its type. Prefixes of words are tokens too, because merging goes pair by pair."""
    from gguf import TokenType

    control = [("<s>", TokenType.CONTROL), ("</s>", TokenType.CONTROL)]
    chat = [("<|im_start|>", TokenType.CONTROL), ("<|im_end|>", TokenType.CONTROL)]
    octets = [(f"<0x{octet:02X}>", TokenType.BYTE) for octet in range(256)]
    printable = [SPACE, *map(chr, range(0x21, 0x7F))]
    starts = dict.fromkeys(
        word[:end] for plain in WORDS.split() for word in (plain, SPACE + plain) for end in _ends(word)
    )
    normal = [(text, TokenType.NORMAL) for text in (*printable, *starts)]
    return [("<unk>", TokenType.UNKNOWN), *control, *octets, *chat, *normal]


def _ends(word: str) -> range:
    return range(2, len(word) + 1)


def _tensors(shape: Shape, tokens: list[tuple[str, int]], seed: int) -> Iterator[tuple[str, Any]]:
    """Names and weights, each shaped (out, in).

    The first dimension of the stream is held at a constant, so that the first column of the output is a bias: it keeps
    stray bytes and end marks out of answers.
    """
    import numpy as np
    from gguf import TokenType

    random = np.random.default_rng(seed)

    def noise(out: int, width: int) -> Any:
        return (random.standard_normal((out, width)) * 0.08).astype(np.float32)

    def onward(width: int) -> Any:
        """What a block adds to the stream: nothing to its first dimension, which stays what the embedding made it."""
        weights = noise(shape.embedding, width)
        weights[0] = 0.0
        return weights

    ones = np.ones(shape.embedding, dtype=np.float32)
    wide, deep = shape.embedding, shape.feed_forward
    embedding, output = noise(len(tokens), wide), noise(len(tokens), wide)
    embedding[:, 0] = 1.0
    output[:, 0] = [0.0 if kind == TokenType.NORMAL else UNLIKELY for _, kind in tokens]
    yield "token_embd.weight", embedding
    yield "output_norm.weight", ones
    yield "output.weight", output
    for block in (f"blk.{layer}" for layer in range(shape.layers)):
        yield f"{block}.attn_norm.weight", ones
        yield f"{block}.attn_q.weight", noise(wide, wide)
        yield f"{block}.attn_k.weight", noise(shape.kv_width, wide)
        yield f"{block}.attn_v.weight", noise(shape.kv_width, wide)
        yield f"{block}.attn_output.weight", onward(wide)
        yield f"{block}.ffn_norm.weight", ones
        yield f"{block}.ffn_gate.weight", noise(deep, wide)
        yield f"{block}.ffn_up.weight", noise(deep, wide)
        yield f"{block}.ffn_down.weight", onward(deep)
