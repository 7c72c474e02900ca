"""scikit-learn's MLPClassifier, one epoch of Adam. T3, T4 and T11. Its first weights are Glorot's, without a choice."""

import warnings

from measuring import WARM_UP, arguments, mnist, report, task, timed, warm_up

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier


def main():
    # It warns that one epoch is not enough to converge.
    warnings.simplefilter("ignore", ConvergenceWarning)
    x, y, x_test, y_test = mnist(task["examples"])
    warm_up(lambda: build().fit(x[:WARM_UP], y[:WARM_UP]))
    model = build()
    seconds = timed(lambda: model.fit(x, y))
    logits = np.log(np.maximum(model.predict_proba(x_test), 1e-30))
    report(logits, y_test, {"scikit-learn": sklearn.__version__}, seconds=seconds)


def build():
    return MLPClassifier(
        hidden_layer_sizes=task["layers"][1:-1],
        solver="adam",
        learning_rate_init=task["learningRate"],
        batch_size=task["batchSize"],
        alpha=0,
        max_iter=task["epochs"],
        random_state=arguments.seed,
    )


main()
