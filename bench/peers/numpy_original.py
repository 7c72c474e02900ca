"""
T1 (100 epochs of gradient descent on 41,000 images) as the original program computes it: float64, one example at a
time, layer by layer in column vectors.

Three of the hundred epochs are measured, and the time is multiplied: each epoch does the same work, and a hundred take
minutes.

    W (outputs × inputs)   b, z, a, delta (outputs × 1)
"""

from measuring import arguments, mnist, report, task, timed

import numpy as np

EPOCHS_MEASURED = 3


def main():
    x, y, x_test, y_test = mnist(task["examples"])
    np.random.seed(arguments.seed)
    sizes = task["layers"]
    biases = [np.random.rand(outputs, 1) - 0.5 for outputs in sizes[1:]]
    weights = [np.random.rand(outputs, inputs) - 0.5 for inputs, outputs in zip(sizes, sizes[1:])]
    targets = np.eye(10)
    pairs = [(row.reshape(-1, 1), targets[label].reshape(-1, 1)) for row, label in zip(x.astype(np.float64), y)]

    step(weights, biases, pairs[:2000], 0)
    seconds = timed(lambda: [step(weights, biases, pairs, task["learningRate"]) for _ in range(EPOCHS_MEASURED)])

    a = np.maximum(0, x_test @ weights[0].T + biases[0].T)
    logits = a @ weights[1].T + biases[1].T
    share = EPOCHS_MEASURED / task["epochs"]
    report(logits, y_test, {"numpy": np.__version__}, seconds=seconds / share, share=share)


def step(weights, biases, pairs, eta):
    """One epoch of gradient descent on all examples."""
    sum_b = [np.zeros(b.shape) for b in biases]
    sum_w = [np.zeros(w.shape) for w in weights]
    for x, y in pairs:
        delta_b, delta_w = backpropagate(weights, biases, x, y)
        sum_b = [total + new for total, new in zip(sum_b, delta_b)]
        sum_w = [total + new for total, new in zip(sum_w, delta_w)]
    for layer in range(len(weights)):
        weights[layer] -= eta / len(pairs) * sum_w[layer]
        biases[layer] -= eta / len(pairs) * sum_b[layer]


def backpropagate(weights, biases, x, y):
    """The gradient of one example's cost, for every bias and every weight matrix."""
    activations, zs = [x], []
    for w, b in zip(weights, biases):
        z = np.dot(w, activations[-1]) + b
        zs.append(z)
        activations.append(np.maximum(0, z))
    activations[-1] = softmax(zs[-1])
    # (BP1)  δ = p − y
    delta = activations[-1] - y
    delta_b, delta_w = [delta], [np.dot(delta, activations[-2].T)]
    for layer in range(2, len(weights) + 1):
        # (BP2)  δ = Wᵀ·δ ⊙ σ′(z)
        delta = np.dot(weights[-layer + 1].T, delta) * (zs[-layer] > 0)
        delta_b.insert(0, delta)
        delta_w.insert(0, np.dot(delta, activations[-layer - 1].T))
    return delta_b, delta_w


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


main()
