"""
Golden numbers of dropout and skip connections: masks by a Philox of its own, and what PyTorch makes of a network with
them, for test/golden-dropout.test.ts.

    pip install numpy==2.4.6 torch==2.15.0
    python dropout.py

writes dropout.json beside this script:

    masks      for a model's seed, a stream's name, an epoch, an example and a rate: a row of 1 (kept) and 0 (dropped)
    network    x → dense 8, relu → dropout → residual (dense 8, tanh → dropout → dense 8, times 0.3) → dense 3, all in
               float64, with the mean cross-entropy of five examples, and its gradient at every parameter and at x

Philox 4×32 with 10 rounds is written here from its definition (Salmon, Moraes, Dror and Shaw 2011) in whole numbers of
Python, and compared with the known answers of its authors before anything is written. The weights are drawn by
np.random.default_rng(5). A matrix is a flat row-major list.
"""

import json
from pathlib import Path

import numpy as np
import torch

MASK = 0xFFFFFFFF


def philox(counter, key):
    c, (k0, k1) = list(counter), key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & MASK, (p0 >> 32) ^ c[3] ^ k1, p0 & MASK]
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c


# Random123, kat_vectors: philox4x32, 10 rounds.
assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox([MASK] * 4, [MASK] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]


def key_of(seed, name):
    """The key of a stream: FNV-1a of its name, mixed under the seed."""
    h = 0x811C9DC5
    for byte in name.encode("ascii"):
        h = ((h ^ byte) * 0x01000193) & MASK
    return philox([h, 0, 0, 0], [seed & MASK, seed >> 32])[:2]


def mask(seed, name, epoch, example, columns, rate):
    threshold = int(np.floor(rate * 2**32 + 0.5))
    key = key_of(seed, name)
    words = [philox([j // 4, example, epoch, 0], key)[j % 4] for j in range(columns)]
    return [int(word >= threshold) for word in words]


def masks():
    cases = [
        (1, "layers.0.dropout", 1, 0, 37, 0.5),
        (1, "layers.0.dropout", 2, 0, 37, 0.5),
        (1, "layers.0.dropout", 1, 59999, 37, 0.2),
        (2**53 - 1, "layers.3.layers.0.dropout", 4294967295, 4294967295, 50, 0.9),
        (123456789, "layers.12.dropout", 60, 41000, 1000, 0.25),
    ]
    names = ["seed", "stream", "epoch", "example", "columns", "rate"]
    return [{**dict(zip(names, case)), "mask": "".join(map(str, mask(*case)))} for case in cases]


def network():
    seed, epoch, order = 7, 3, [7, 2, 9, 0, 4]
    inputs, labels = 6, [0, 2, 1, 1, 0]
    rng = np.random.default_rng(5)
    draw = lambda *shape: torch.tensor(rng.uniform(-1, 1, shape), dtype=torch.float64, requires_grad=True)
    x = draw(5, inputs)
    shapes = {"layers.0": (inputs, 8), "layers.2.layers.0": (8, 8), "layers.2.layers.2": (8, 8), "layers.3": (8, 3)}
    parameters = {}
    for name, (rows, columns) in shapes.items():
        parameters[f"{name}.weights"] = draw(rows, columns)
        parameters[f"{name}.bias"] = draw(1, columns)

    def dense(name, a):
        return a @ parameters[f"{name}.weights"] + parameters[f"{name}.bias"]

    def dropout(name, a, rate):
        rows = [mask(seed, f"{name}.dropout", epoch, example, a.shape[1], rate) for example in order]
        return a * torch.tensor(rows, dtype=torch.float64) / (1 - rate)

    a = dropout("layers.1", torch.relu(dense("layers.0", x)), 0.4)
    inside = dropout("layers.2.layers.1", torch.tanh(dense("layers.2.layers.0", a)), 0.25)
    outputs = dense("layers.3", a + 0.3 * dense("layers.2.layers.2", inside))
    loss = torch.nn.functional.cross_entropy(outputs, torch.tensor(labels))
    loss.backward()
    flat = lambda tensor: tensor.detach().numpy().ravel().tolist()
    return {
        **{"seed": seed, "epoch": epoch, "order": order, "labels": labels},
        **{"x": flat(x), "parameters": {name: flat(value) for name, value in parameters.items()}},
        **{"outputs": flat(outputs), "loss": loss.item(), "dX": flat(x.grad)},
        "gradients": {name: flat(value.grad) for name, value in parameters.items()},
    }


target = Path(__file__).parent / "dropout.json"
target.write_text(json.dumps({"masks": masks(), "network": network()}, separators=(",", ":")) + "\n")
