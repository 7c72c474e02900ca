"""
T1 in NumPy as one would write it today: float32, all examples at once.

    x (m × 784)   W (inputs × outputs)   b (outputs)   z, a, delta (m × outputs)
"""

from measuring import arguments, mnist, report, task, timed, warm_up

import numpy as np


def main():
    x, y, x_test, y_test = mnist(task["examples"])
    targets = np.eye(10, dtype=np.float32)[y]
    warm_up(lambda: train(draw(), x, targets, 1))
    parameters = draw()
    seconds = timed(lambda: train(parameters, x, targets, task["epochs"]))
    report(forward(parameters, x_test)[1], y_test, {"numpy": np.__version__}, seconds=seconds)


def draw():
    """W and b of each layer, uniform in ±0.5."""
    random = np.random.default_rng(arguments.seed)
    sizes = task["layers"]
    shapes = [shape for inputs, outputs in zip(sizes, sizes[1:]) for shape in [(inputs, outputs), (outputs,)]]
    return [random.uniform(-0.5, 0.5, shape).astype(np.float32) for shape in shapes]


def forward(parameters, x):
    """Returns the hidden layer's activations and the logits."""
    W0, b0, W1, b1 = parameters
    a = x @ W0
    a += b0
    np.maximum(a, 0, out=a)
    return a, a @ W1 + b1


def train(parameters, x, targets, epochs):
    eta_over_m = np.float32(task["learningRate"] / len(x))
    W1 = parameters[2]
    for _ in range(epochs):
        a, z1 = forward(parameters, x)
        p = np.exp(z1 - z1.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        # δ = p − y, and through the ReLU  δ = (δ·Wᵀ) ⊙ (a > 0)
        delta1 = p - targets
        delta0 = delta1 @ W1.T
        delta0 *= a > 0
        gradients = [x.T @ delta0, delta0.sum(axis=0), a.T @ delta1, delta1.sum(axis=0)]
        for parameter, gradient in zip(parameters, gradients):
            parameter -= eta_over_m * gradient


main()
