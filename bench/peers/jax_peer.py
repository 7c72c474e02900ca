"""
JAX on the CPU, jitted: a whole epoch (in T1 all hundred) is one lax.scan. T1 to T5 and T11.

T9 and T10 (convolutions) call a jitted step for each batch: inside a scan XLA computes convolutions on the CPU by other
code, which was measured to take 5 (T9) and 28 times (T10) as long. Their pooling is the maximum of four slices; in
lax.reduce_window, which Flax takes, the gradient alone makes a step 1.2 (T9) and 1.6 times (T10) as long.

The warm-up compiles and runs the program that is timed, on other parameters.
"""

from functools import partial, reduce

from measuring import WARM_UP, arguments, convolutional, measure_prediction, mnist, report, task, timed, warm_up

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

BATCH = task["batchSize"]
ETA = task["learningRate"]


def main():
    x, y, x_test, y_test = mnist(task["examples"])
    x_device, y_device = jnp.asarray(x), jnp.asarray(y)
    random = np.random.default_rng(arguments.seed)
    orders = [random.permutation(len(x)).astype(np.int32) for _ in range(2)]
    key = jax.random.key(arguments.seed)
    trained = None

    def run(order):
        nonlocal trained
        trained = jax.block_until_ready(train(start(key), x_device, y_device, order))

    # An epoch of convolutions is long; the steps are compiled in the first batches.
    warm_up(lambda: run(orders[0][:WARM_UP] if "convolutional" in task else orders[0]))
    measured = {"seconds": timed(lambda: run(orders[1]))}
    parameters = trained[0]
    if arguments.task == "T5":
        predict = jax.jit(lambda images: jnp.argmax(forward(parameters, images), axis=1))
        measured = measure_prediction(lambda images: predict(images).block_until_ready(), x_test)
    logits = np.asarray(jax.jit(forward)(parameters, jnp.asarray(x_test)))
    report(logits, y_test, {"jax": jax.__version__}, **measured)


def start(key):
    """The parameters and Adam's state (means, squares and the step); with dropout also the key that it draws from."""
    parameters = []
    for layer, channels in convolutional():
        if "filters" in layer:
            key, for_weights = jax.random.split(key)
            shape = (layer["window"], layer["window"], channels, layer["filters"])
            parameters.append((jax.nn.initializers.he_normal()(for_weights, shape), jnp.zeros(layer["filters"])))
    for inputs, outputs in zip(task["layers"], task["layers"][1:]):
        key, for_weights, for_bias = jax.random.split(key, 3)
        if task.get("initializer") == "uniform":
            weights = jax.random.uniform(for_weights, (inputs, outputs), minval=-0.5, maxval=0.5)
            bias = jax.random.uniform(for_bias, (outputs,), minval=-0.5, maxval=0.5)
        else:
            weights = jax.nn.initializers.he_normal()(for_weights, (inputs, outputs))
            bias = jnp.zeros(outputs)
        parameters.append((weights, bias))
    zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    return parameters, *zeros, 0, key


def forward(parameters, x, key=None):
    if "convolutional" in task:
        parameters, x = convolve(parameters, x, key)
    *hidden, (weights, bias) = parameters
    for w, b in hidden:
        x = jax.nn.relu(x @ w + b)
    return x @ weights + bias


def convolve(parameters, x, key):
    """The layers before the first dense one: returns the parameters of the others and their rows. No key: no dropout."""
    x, parameters = x.reshape(-1, 28, 28, 1), iter(parameters)
    for layer, _ in convolutional():
        match layer:
            case {"filters": _}:
                weights, bias = next(parameters)
                z = lax.conv_general_dilated(x, weights, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
                x = jax.nn.relu(z + bias)
            case {"pool": size}:
                x = max_pool(x, size)
            case {"dropout": rate} if key is not None:
                x = jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)
    return list(parameters), x.reshape(len(x), -1)


def max_pool(x, size):
    height, width = x.shape[1] // size * size, x.shape[2] // size * size
    places = [(row, column) for row in range(size) for column in range(size)]
    return reduce(jnp.maximum, [x[:, row:height:size, column:width:size] for row, column in places])


def loss(parameters, x, y, key):
    logits = forward(parameters, x, key)
    chosen = jnp.take_along_axis(logits, y[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def step(state, x, y):
    parameters, means, squares, t, key = state
    gradients = jax.grad(loss)(parameters, x, y, jax.random.fold_in(key, t))
    if task["optimizer"] == "sgd":
        return jax.tree.map(lambda p, g: p - ETA * g, parameters, gradients), means, squares, t, key
    t += 1
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
    rate, correction = ETA / (1 - 0.9**t), 1 - 0.999**t
    move = lambda p, m, v: p - rate * m / (jnp.sqrt(v / correction) + 1e-8)  # noqa: E731
    return jax.tree.map(move, parameters, means, squares), means, squares, t, key


def train(state, x, y, order):
    if "convolutional" not in task:
        return scan(state, x, y, order)
    for start in range(0, len(order), BATCH):
        state = step_of_batch(state, x, y, order[start : start + BATCH])
    return state


@partial(jax.jit, donate_argnums=0)
def step_of_batch(state, x, y, rows):
    return step(state, x[rows], y[rows])


@partial(jax.jit, donate_argnums=0)
def scan(state, x, y, order):
    if BATCH == len(x):
        return lax.scan(lambda s, _: (step(s, x, y), None), state, length=task["epochs"])[0]
    whole = len(x) // BATCH * BATCH
    of_batch = lambda s, rows: (step(s, x[rows], y[rows]), None)  # noqa: E731
    state, _ = lax.scan(of_batch, state, order[:whole].reshape(-1, BATCH))
    if whole < len(x):
        state, _ = of_batch(state, order[whole:])
    return state


main()
