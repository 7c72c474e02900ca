"""TensorFlow through Keras' `fit`; predictions by a tf.function, which is faster than `predict`. T3, T4, T5, T9, T10."""

import os

from measuring import WARM_UP, arguments, convolutional, measure_prediction, mnist, report, task, timed, warm_up

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import tensorflow as tf


def main():
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    tf.config.threading.set_inter_op_parallelism_threads(arguments.threads)
    keras.utils.set_random_seed(arguments.seed)
    x, y, x_test, y_test = mnist(task["examples"])
    before = [layer_of(layer) for layer, _ in convolutional()]
    if before:
        before = [keras.layers.Reshape((28, 28, 1)), *before, keras.layers.Flatten()]
    hidden = [keras.layers.Dense(width, activation="relu") for width in task["layers"][1:-1]]
    model = keras.Sequential([keras.Input((784,)), *before, *hidden, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(task["learningRate"]), loss=loss)

    # The same model is warmed up and trained, so that it is compiled only once; between the two it is reset.
    initial = model.get_weights()
    warm_up(lambda: model.fit(x[:WARM_UP], y[:WARM_UP], batch_size=task["batchSize"], verbose=0))
    model.set_weights(initial)
    keras.utils.set_random_seed(arguments.seed)
    for variable in model.optimizer.variables:
        if variable is not model.optimizer.learning_rate:
            variable.assign(tf.zeros_like(variable))
    fit = lambda: model.fit(x, y, batch_size=task["batchSize"], epochs=task["epochs"], verbose=0)  # noqa: E731
    measured = {"seconds": timed(fit)}

    if arguments.task == "T5":
        predict = tf.function(lambda images: tf.argmax(model(images, training=False), axis=1), reduce_retracing=True)
        measured = measure_prediction(lambda images: predict(images).numpy(), tf.constant(x_test))
    logits = tf.function(lambda images: model(images, training=False))(x_test).numpy()
    report(logits, y_test, {"tensorflow": tf.__version__, "keras": keras.__version__}, **measured)


def layer_of(layer):
    match layer:
        case {"filters": filters, "window": window}:
            return keras.layers.Conv2D(filters, window, activation="relu")
        case {"pool": window}:
            return keras.layers.MaxPooling2D(window)
        case {"dropout": rate}:
            return keras.layers.Dropout(rate)


main()
