"""Temperatures, calibration errors and principal directions, as PyTorch and NumPy find them, for calibration.json.

    python calibration.py > calibration.json

Made with PyTorch 2.15.0 and NumPy 2.4.6; the numbers come from NumPy's generator with seed 1.
"""

import json

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(1)
BINS = 15


def temperature(loss):
    """The T at which loss(beta) is least, by PyTorch's LBFGS over beta = 1 / T."""
    beta = torch.ones((), requires_grad=True)
    optimizer = torch.optim.LBFGS([beta], lr=0.5, max_iter=500, tolerance_grad=1e-14, tolerance_change=1e-16,
                                  line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        value = loss(beta)
        value.backward()
        return value

    optimizer.step(closure)
    return 1 / float(beta.detach())


def calibration_error(confidence, right):
    """Guo et al. (2017): bins (b/15, (b + 1)/15], as in their gpleiss/temperature_scaling."""
    total = 0.0
    edges = np.linspace(0, 1, BINS + 1)
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(total)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def of_classes(loss, rows=90, columns=4):
    labels = rng.integers(0, columns, rows)
    z = np.round(rng.normal(0, 3, (rows, columns)) + 4 * np.eye(columns)[labels], 3).astype(np.float32).astype(float)
    y = np.eye(columns)[labels]
    answer = z.argmax(1)

    def error(t):
        p = softmax(z / t) if loss == "crossEntropy" else 1 / (1 + np.exp(-z / t))
        return calibration_error(p[np.arange(rows), answer], (answer == labels).astype(float))

    def cost(beta):
        scaled = beta * torch.tensor(z)
        if loss == "crossEntropy":
            return torch.nn.functional.cross_entropy(scaled, torch.tensor(labels))
        return torch.nn.functional.binary_cross_entropy_with_logits(scaled, torch.tensor(y))

    t = temperature(cost)
    return {"loss": loss, "z": z.tolist(), "labels": labels.tolist(), "temperature": t, "raw": error(1),
            "calibrated": error(t)}


def of_answers(rows=80, columns=2):
    y = rng.integers(0, 2, (rows, columns)).astype(float)
    z = np.round(rng.normal(0, 2, (rows, columns)) + 3 * (y - 0.5), 3).astype(np.float32).astype(float)
    t = temperature(lambda beta: torch.nn.functional.binary_cross_entropy_with_logits(beta * torch.tensor(z),
                                                                                     torch.tensor(y)))

    def error(t):
        return calibration_error((1 / (1 + np.exp(-z / t))).ravel(), y.ravel())

    return {"loss": "binaryCrossEntropy", "z": z.tolist(), "targets": y.tolist(), "temperature": t, "raw": error(1),
            "calibrated": error(t)}


def directions(rows=30, columns=12, k=3):
    """Rows that mostly lie along three directions; P projects on the first three principal ones."""
    x = rng.normal(0, 1, (rows, k)) * [40, 20, 10] @ rng.normal(0, 1, (k, columns)) + rng.normal(0, 0.2, (rows, columns))
    x = np.round(x * 100)
    v = np.linalg.svd(x, full_matrices=False)[2][:k]
    return {"rows": x.tolist(), "projection": (v.T @ v).tolist()}


print(json.dumps({"temperatures": [of_classes("crossEntropy"), of_classes("sigmoidCrossEntropy"), of_answers()],
                  "directions": directions()}))
