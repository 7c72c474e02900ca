"""
Golden numbers of pooling: what PyTorch computes in float64, forwards and backwards.

    pip install numpy==2.4.6 torch==2.15.0
    python pooling.py

Writes pooling.json into this script's folder. Random numbers: np.random.RandomState(5). Images are
height × width × channels here (NHWC), as Inkling stores them; PyTorch's are channels first. A matrix is a flat
row-major list.

    kind      max (max_pool2d), average (avg_pool2d, count_include_pad=False) or global (adaptive_avg_pool2d to 1 × 1)
    x, dZ     the images, and ∂C/∂z
    z, dX     what comes out, and ∂C/∂x
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

HERE = Path(__file__).parent

# kind, height, width, channels, window, stride, padding
CASES = [
    ("max", 6, 6, 2, [2, 2], [2, 2], [0, 0]),
    ("max", 7, 5, 3, [3, 3], [2, 2], [0, 0]),
    ("max", 5, 6, 5, [3, 3], [1, 1], [1, 1]),
    ("max", 6, 7, 1, [2, 3], [3, 2], [1, 1]),
    ("max", 7, 9, 4, [2, 2], [3, 4], [0, 0]),
    ("average", 6, 6, 2, [2, 2], [2, 2], [0, 0]),
    ("average", 7, 5, 3, [3, 3], [2, 2], [1, 1]),
    ("average", 5, 6, 5, [3, 3], [1, 1], [1, 1]),
    ("average", 6, 7, 1, [2, 3], [3, 2], [1, 1]),
    ("average", 7, 9, 4, [2, 2], [3, 4], [0, 0]),
    ("global", 4, 5, 6, [4, 5], [1, 1], [0, 0]),
]
IMAGES = 2


def main():
    random = np.random.RandomState(5)
    cases = [case(random, *settings) for settings in CASES]
    text = ",\n  ".join(json.dumps(one, separators=(",", ":"), allow_nan=False) for one in cases)
    (HERE / "pooling.json").write_text('{\n "cases": [\n  ' + text + "\n ]\n}\n")


def case(random, kind, height, width, channels, window, stride, padding):
    # A few different numbers in max pooling, so that windows have several largest ones.
    shape = (IMAGES, height, width, channels)
    numbers = random.randint(-3, 4, shape) / 4 if kind == "max" else random.randint(-64, 65, shape) / 64
    x = torch.tensor(np.moveaxis(numbers, 3, 1).astype(np.float64), requires_grad=True)
    if kind == "max":
        z = functional.max_pool2d(x, window, stride, padding)
    elif kind == "average":
        z = functional.avg_pool2d(x, window, stride, padding, count_include_pad=False)
    else:
        z = functional.adaptive_avg_pool2d(x, 1)
    dZ = torch.tensor(random.randint(-64, 65, tuple(z.shape)) / 64)
    z.backward(dZ)
    return {
        "kind": kind, "shape": [height, width, channels], "window": window, "stride": stride, "padding": padding,
        "outShape": [z.shape[2], z.shape[3], channels],
        "x": flat(x), "z": flat(z), "dZ": flat(dZ), "dX": flat(x.grad),
    }


def flat(images):
    """Channels last, row-major."""
    return np.moveaxis(images.detach().numpy(), 1, 3).ravel().tolist()


if __name__ == "__main__":
    main()
