"""
Models of Keras 3 as its converter to TensorFlow.js writes them, and what they compute.

    python tfjs-keras.py

Writes tfjs-NAME/model.json, its shard, and tfjs-keras.json beside this script. The configuration is Keras's own; the
manifest of the weights is written here in the converter's layout. Needs keras (made with 3.15.1) and numpy.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

here = Path(__file__).parent
random = np.random.default_rng(11)


def chain():
    """A functional model that is a chain, with bytes that it divides itself."""
    x = inputs = keras.Input((7, 6, 1), name="digits")
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Conv2D(3, 3, activation="gelu", name="first")(x)
    x = layers.BatchNormalization(center=False)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(4)(x)
    x = layers.LeakyReLU(negative_slope=0.01)(x)
    x = layers.Dense(3)(x)
    return keras.Model(inputs, layers.Softmax()(x))


def half():
    """Numbers, with weights of 16 bits."""
    model = keras.Sequential([keras.Input((5,)), layers.Dense(4, activation="tanh"), layers.Dense(2)])
    model.compile(loss="mse")
    return model


def quantised():
    """Numbers, with weights of 8 bits."""
    return keras.Sequential([keras.Input((5,)), layers.Dense(4, activation="relu"), layers.Dense(1)])


found = {}
for make in (chain, half, quantised):
    model = make()
    name = f"keras-{make.__name__}"
    model.set_weights([random.normal(size=w.shape) + 3 * ("variance" in w.path) for w in model.weights])
    weights, data = [], b""
    for w in model.weights:
        values = w.numpy().astype(np.float32)
        entry = {"name": w.path, "shape": list(values.shape), "dtype": "float32"}
        if make is half:
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            stored = values.astype(np.float16)
            w.assign(stored.astype(np.float32))
        elif make is quantised:
            low, high = float(values.min()), float(values.max())
            scale = (high - low) / 255 or 1.0
            stored = np.round((values - low) / scale).astype(np.uint8)
            entry["quantization"] = {"dtype": "uint8", "min": low, "scale": scale, "original_dtype": "float32"}
            w.assign((stored * scale + low).astype(np.float32))
        else:
            stored = values
        weights.append(entry)
        data += stored.tobytes()
    config = json.loads(model.to_json())
    topology = {"keras_version": keras.__version__, "backend": "tensorflow", "model_config": config}
    if make is half:
        topology["training_config"] = {"loss": "mse", "optimizer_config": {"class_name": "RMSprop", "config": {}}}
    (here / f"tfjs-{name}").mkdir(exist_ok=True)
    (here / f"tfjs-{name}/group1-shard1of1.bin").write_bytes(data)
    manifest = [{"paths": ["group1-shard1of1.bin"], "weights": weights}]
    text = {"format": "layers-model", "generatedBy": "keras", "modelTopology": topology, "weightsManifest": manifest}
    (here / f"tfjs-{name}/model.json").write_text(json.dumps(text) + "\n")
    shape = (5, *model.input_shape[1:])
    x = random.integers(0, 256, shape) if make is chain else random.normal(size=shape)
    found[name] = {
        "rows": x.reshape(5, -1).tolist(),
        "outputs": model.predict(x.astype(np.float32), verbose=0).tolist(),
    }
(here / "tfjs-keras.json").write_text(json.dumps(found) + "\n")
