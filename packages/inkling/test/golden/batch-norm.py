"""
Golden numbers of batch normalization: what PyTorch computes in float64, for test/batch-norm.test.ts.

    pip install numpy==2.4.6 torch==2.15.0
    python batch-norm.py

writes batch-norm.json into this script's folder. Seed 2015. Three batches of training go through one layer; of each:
the outputs, the running statistics after it and, for a given gradient of the outputs, every gradient. Then one batch at
evaluation, with its gradients.

A row is an example. Images are stored as Inkling stores them, height × width × channels; PyTorch wants the channels
first. Gradients here are of the sum Σ y·δ with δ as given: Inkling's gradients of parameters are these divided by the
number of examples, and its ∂C/∂x is the same.
"""

import json
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent

CASES = {
    "rows, PyTorch's defaults": {"shape": [3], "momentum": 0.1, "epsilon": 1e-5, "batches": [5, 2, 7]},
    "rows, other numbers": {"shape": [4], "momentum": 0.3, "epsilon": 0.01, "batches": [4, 6, 3]},
    "rows, only the last batch counts": {"shape": [2], "momentum": 1.0, "epsilon": 1e-3, "batches": [3, 4, 2]},
    "images": {"shape": [3, 2, 5], "momentum": 0.1, "epsilon": 1e-5, "batches": [4, 1, 3]},
    "images of one channel": {"shape": [2, 3, 1], "momentum": 0.25, "epsilon": 1e-5, "batches": [2, 3, 1]},
    "images of one pixel": {"shape": [1, 1, 3], "momentum": 0.1, "epsilon": 1e-5, "batches": [2, 5, 3]},
}


def main():
    generator = np.random.default_rng(2015)
    cases = [case(generator, name, **numbers) for name, numbers in CASES.items()]
    (HERE / "batch-norm.json").write_text(json.dumps(cases, ensure_ascii=False) + "\n")


def case(generator, name, shape, momentum, epsilon, batches):
    channels = shape[-1]
    kind = torch.nn.BatchNorm1d if len(shape) == 1 else torch.nn.BatchNorm2d
    layer = kind(channels, eps=epsilon, momentum=momentum, dtype=torch.float64)
    scale, shift = generator.normal(1, 0.5, channels), generator.normal(0, 0.5, channels)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(scale))
        layer.bias.copy_(torch.from_numpy(shift))
    passes = [one_pass(generator, layer, [count, *shape], is_training=True) for count in batches]
    passes.append(one_pass(generator, layer, [3, *shape], is_training=False))
    numbers = {"name": name, "shape": shape, "momentum": momentum, "epsilon": epsilon}
    return {**numbers, "scale": scale.tolist(), "shift": shift.tolist(), "passes": passes}


def one_pass(generator, layer, shape, is_training):
    layer.train(is_training)
    layer.zero_grad()
    x, delta = generator.normal(0.7, 1.6, shape), generator.normal(0, 1, shape)
    x_in = channels_first(x).requires_grad_()
    y = layer(x_in)
    y.backward(channels_first(delta))
    return {
        "purpose": "training" if is_training else "evaluation",
        "examples": shape[0],
        "x": flat(x),
        "delta": flat(delta),
        "y": channels_last(y),
        "mean": layer.running_mean.tolist(),
        "variance": layer.running_var.tolist(),
        "dX": channels_last(x_in.grad),
        "dScale": layer.weight.grad.tolist(),
        "dShift": layer.bias.grad.tolist(),
    }


def channels_first(values):
    tensor = torch.from_numpy(values.copy())
    return tensor.permute(0, 3, 1, 2).contiguous() if tensor.dim() == 4 else tensor


def channels_last(tensor):
    tensor = tensor.detach()
    return flat((tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 else tensor).numpy())


def flat(values):
    return np.ascontiguousarray(values).reshape(-1).tolist()


main()
