"""
Golden numbers of convolutions: what PyTorch computes in float64, for Inkling's tests to compare with.

    pip install numpy==2.4.6 torch==2.15.0
    python convolution.py

The seed is 20. It writes convolution.json into this script's folder: for each case images x, weights, bias, the
convolution's output, a ∂C/∂output for each example, and the gradients. Images are NHWC and weights (rows, columns,
channels, filters), as Inkling stores them; a tensor in JSON is a flat row-major list. ∂C/∂W and ∂C/∂b are means over
the batch, because ∂C/∂output is each example's own.
"""

import json
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
BATCH = 3

# image (height, width, channels), window, filters, stride, padding, dilation
CASES = [
    ((6, 5, 1), (3, 3), 2, (1, 1), (0, 0), (1, 1)),
    ((5, 6, 3), (2, 3), 4, (1, 1), (0, 0), (1, 1)),
    ((7, 6, 2), (3, 2), 3, (2, 1), (1, 0), (1, 1)),
    ((6, 7, 2), (3, 3), 2, (2, 3), (2, 1), (1, 1)),
    ((8, 7, 1), (3, 2), 2, (1, 2), (2, 1), (2, 3)),
    ((5, 5, 2), (1, 1), 3, (1, 1), (0, 0), (1, 1)),
]
# "same" where nothing is odd, so that PyTorch and Keras pad alike
SAME = ((5, 4, 2), (3, 5), 2, (1, 1), "same", (1, 1))


def main():
    generator = np.random.default_rng(20)
    cases = [case(generator, *values) for values in [*CASES, SAME]]
    (HERE / "convolution.json").write_text(json.dumps({"batch": BATCH, "cases": cases}) + "\n")


def case(generator, shape, window, filters, stride, padding, dilation):
    height, width, channels = shape
    x = generator.uniform(-1, 1, (BATCH, height, width, channels)).round(3)
    weights = generator.uniform(-1, 1, (*window, channels, filters)).round(3)
    bias = generator.uniform(-1, 1, filters).round(3)
    # NHWC → NCHW, (rows, columns, in, out) → (out, in, rows, columns)
    x_torch = torch.tensor(x.transpose(0, 3, 1, 2), requires_grad=True)
    weights_torch = torch.tensor(weights.transpose(3, 2, 0, 1), requires_grad=True)
    bias_torch = torch.tensor(bias, requires_grad=True)
    z = torch.nn.functional.conv2d(x_torch, weights_torch, bias_torch, stride, padding, dilation)
    delta = generator.uniform(-1, 1, z.permute(0, 2, 3, 1).shape).round(3)
    z.backward(torch.tensor(delta.transpose(0, 3, 1, 2)))
    return {
        "shape": shape,
        "window": window,
        "filters": filters,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "x": x.ravel().tolist(),
        "weights": weights.ravel().tolist(),
        "bias": bias.tolist(),
        "z": z.detach().permute(0, 2, 3, 1).ravel().tolist(),
        "delta": delta.ravel().tolist(),
        "dX": x_torch.grad.permute(0, 2, 3, 1).ravel().tolist(),
        "dW": (weights_torch.grad.permute(2, 3, 1, 0) / BATCH).ravel().tolist(),
        "db": (bias_torch.grad / BATCH).tolist(),
    }


if __name__ == "__main__":
    main()
