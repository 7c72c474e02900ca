"""
JAX on the CPU, jitted: a whole epoch (in T1 all hundred) is one lax.scan. T1 to T5 and T11.

The warm-up compiles and runs the program that is timed, on other parameters.
"""

from functools import partial

from measuring import arguments, measure_prediction, mnist, report, task, timed, warm_up

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

    warm_up(lambda: run(orders[0]))
    measured = {"seconds": timed(lambda: run(orders[1]))}
    parameters = trained[0]
    if arguments.task == "T5":
        predict = jax.jit(lambda images: jnp.argmax(forward(parameters, images), axis=1))
        measured = measure_prediction(lambda images: predict(images).block_until_ready(), x_test)
    logits = np.asarray(forward(parameters, jnp.asarray(x_test)))
    report(logits, y_test, {"jax": jax.__version__}, **measured)


def start(key):
    """The parameters and Adam's state: means, squares and the step."""
    parameters = []
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
    return parameters, *zeros, 0


def forward(parameters, x):
    *hidden, (weights, bias) = parameters
    for w, b in hidden:
        x = jax.nn.relu(x @ w + b)
    return x @ weights + bias


def loss(parameters, x, y):
    logits = forward(parameters, x)
    chosen = jnp.take_along_axis(logits, y[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def step(state, x, y):
    parameters, means, squares, t = state
    gradients = jax.grad(loss)(parameters, x, y)
    if task["optimizer"] == "sgd":
        return jax.tree.map(lambda p, g: p - ETA * g, parameters, gradients), means, squares, t
    t += 1
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
    rate, correction = ETA / (1 - 0.9**t), 1 - 0.999**t
    move = lambda p, m, v: p - rate * m / (jnp.sqrt(v / correction) + 1e-8)  # noqa: E731
    return jax.tree.map(move, parameters, means, squares), means, squares, t


@partial(jax.jit, donate_argnums=0)
def train(state, x, y, order):
    if BATCH == len(x):
        return lax.scan(lambda s, _: (step(s, x, y), None), state, length=task["epochs"])[0]
    whole = len(x) // BATCH * BATCH
    of_batch = lambda s, rows: (step(s, x[rows], y[rows]), None)  # noqa: E731
    state, _ = lax.scan(of_batch, state, order[:whole].reshape(-1, BATCH))
    if whole < len(x):
        state, _ = of_batch(state, order[whole:])
    return state


main()
