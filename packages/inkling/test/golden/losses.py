"""
Golden numbers of the losses and of what `evaluate` counts, for Inkling's tests to compare with.

    pip install numpy==2.4.6 torch==2.15.0
    python losses.py

Writes losses.json beside this script. Everything is float64, drawn by torch.manual_seed(1) and rounded to three
decimals, so that the file is short. A row is an example; a matrix in JSON is a flat row-major list.

The losses and their gradients are PyTorch's. `losses` has one number an example (Inkling's Cᵢ), and `dOutputs` is
∂(Σ Cᵢ)/∂outputs: each row is the gradient of that example's own loss. The mean over the batch, C, is `losses.mean()`;
of cross-entropy with weights that is PyTorch's reduction="sum" divided by the number of examples.

The scores are counted by NumPy from their definitions: the area under the ROC curve over all pairs of examples, the
top-k accuracy by a stable sort, balanced accuracy as the mean of the recalls, R² and errors per column.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

HERE = Path(__file__).parent


def main():
    torch.manual_seed(1)
    golden = {"torch": torch.__version__.split("+")[0], "numpy": np.__version__, **losses(), **scores()}
    (HERE / "losses.json").write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


def short_normal(*shape):
    return torch.round(torch.randn(*shape, dtype=torch.float64) * 1000) / 1000


def short_uniform(*shape):
    return torch.round(torch.rand(*shape, dtype=torch.float64) * 1000) / 1000


def flat(tensor):
    return tensor.detach().reshape(-1).tolist()


def losses():
    m, n = 9, 4
    z = 2 * short_normal(m, n)
    labels = torch.tensor([0, 1, 2, 3, 3, 1, 0, 2, 2])
    weights = [0.5, 2.0, 0.0, 1.25]
    far = z.clone()
    far[0, 0], far[1, 1], far[2, 2] = 40.0, -60.0, 120.0
    shares = short_uniform(m, n)
    shares[0] = torch.tensor([0.0, 1.0, 0.0, 1.0])
    numbers = z + 1.5 * short_normal(m, n)
    numbers[3, 1] = z[3, 1]

    cases = []
    for smoothing in (0.0, 0.1, 0.5):
        for weight in (None, weights):
            tensor = None if weight is None else torch.tensor(weight, dtype=torch.float64)

            def cross_entropy(out, tensor=tensor, smoothing=smoothing):
                return functional.cross_entropy(
                    out, labels, weight=tensor, label_smoothing=smoothing, reduction="none"
                )

            options = {"labelSmoothing": smoothing, **({} if weight is None else {"classWeights": weight})}
            cases.append(case("crossEntropy", options, z, cross_entropy))

    def binary(out):
        return functional.binary_cross_entropy_with_logits(out, shares, reduction="none").mean(dim=1)

    cases.append(case("binaryCrossEntropy", {}, z, binary))
    cases.append(case("binaryCrossEntropy", {}, far, binary))
    for delta in (1.0, 0.3, 5.0):

        def huber(out, delta=delta):
            return functional.huber_loss(out, numbers, delta=delta, reduction="none").mean(dim=1)

        cases.append(case("huber", {"delta": delta}, z, huber))
    cases.append(case("meanAbsolute", {}, z, lambda out: functional.l1_loss(out, numbers, reduction="none").mean(dim=1)))
    cases.append(case("meanSquared", {}, z, lambda out: functional.mse_loss(out, numbers, reduction="none").mean(dim=1)))
    return {
        "rows": m,
        "columns": n,
        "labels": labels.tolist(),
        "shares": flat(shares),
        "numbers": flat(numbers),
        "losses": cases,
    }


def case(name, options, outputs, loss):
    outputs = outputs.clone().requires_grad_(True)
    each = loss(outputs)
    each.sum().backward()
    return {
        "loss": name,
        "options": options,
        "outputs": flat(outputs),
        "losses": flat(each),
        "dOutputs": flat(outputs.grad),
    }


def scores():
    generator = np.random.default_rng(1)
    # Numbers of one decimal, so that many are equal.
    outputs = np.round(generator.normal(size=(60, 7)), 1)
    labels = generator.integers(0, 6, size=60)
    predicted = outputs.argmax(axis=1)
    # A stable sort of the negated outputs keeps the first of equal ones first.
    order = np.argsort(-outputs, axis=1, kind="stable")
    top = {str(k): float(np.mean([labels[i] in order[i, :k] for i in range(60)])) for k in (1, 2, 3, 5, 7)}
    recalls = [np.mean(predicted[labels == c] == c) for c in range(7) if np.any(labels == c)]

    leads = np.round(generator.normal(size=80), 1)
    positive = generator.random(80) < 0.3 + 0.2 * (leads > 0)

    targets = np.round(generator.normal(size=(300, 3)) * [1, 10, 100] + [0, 50, -20], 2).astype(np.float32)
    predictions = np.round(targets + generator.normal(size=(300, 3)) * [0.5, 4, 80], 2).astype(np.float32)
    t, p = targets.astype(np.float64), predictions.astype(np.float64)
    error = p - t
    squares = (error**2).mean(axis=0)
    r2 = 1 - (error**2).sum(axis=0) / ((t - t.mean(axis=0)) ** 2).sum(axis=0)
    return {
        "classes": {
            "outputs": outputs.reshape(-1).tolist(),
            "labels": labels.tolist(),
            "top": top,
            "balancedAccuracy": float(np.mean(recalls)),
        },
        "roc": {"leads": leads.tolist(), "positive": positive.astype(int).tolist(), "auc": auc(leads, positive)},
        "regression": {
            "targets": [round(float(value), 2) for value in targets.reshape(-1)],
            "predictions": [round(float(value), 2) for value in predictions.reshape(-1)],
            "meanAbsoluteErrors": np.abs(error).mean(axis=0).tolist(),
            "rootMeanSquaredErrors": np.sqrt(squares).tolist(),
            "rSquareds": r2.tolist(),
            "meanAbsoluteError": float(np.abs(error).mean()),
            "rootMeanSquaredError": float(np.sqrt(squares.mean())),
            "rSquared": float(r2.mean()),
        },
    }


def auc(scores, positive):
    """Over all pairs, as the definition says."""
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[positive] for b in scores[~positive]]
    return float(np.mean(pairs))


if __name__ == "__main__":
    main()
