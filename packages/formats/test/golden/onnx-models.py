"""
Writes small ONNX models as PyTorch's, Keras's and scikit-learn's exporters write them, into onnx-models/, and what each makes
of some inputs, computed by the program that it comes from, into onnx-models.json.

    python onnx-models.py [torch] [keras] [sklearn] [made]

Made with Python 3.11, torch 2.15.0, onnx 1.23.2, onnxscript 0.7.2, keras 3.15.1 on tensorflow 2.21.0, tf2onnx 1.17.0,
scikit-learn 1.9.1, skl2onnx 1.20.0, NumPy 2.4.6.
"""

import io
import json
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.filterwarnings("ignore")

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
INDEX = os.path.join(HERE, "onnx-models.json")
cases = json.load(open(INDEX)) if os.path.exists(INDEX) else {}


def floats(array):
    """Shortest decimals of float32."""
    return [float(repr(np.float32(x))[11:-1]) if np.__version__ >= "2" else float(x) for x in np.ravel(array)]


def case(name, inputs, outputs, **more):
    """`inputs`: examples as Inkling takes them, images as height x width x channels."""
    cases[name] = {
        "inputs": [floats(x) for x in inputs],
        "outputs": [floats(x) for x in outputs],
        **more,
    }


def path(name):
    return os.path.join(HERE, "onnx-models", name + ".onnx")


def from_torch():
    import torch
    from torch import nn

    torch.manual_seed(1)

    def settle(model, shape):
        """Moves running means and variances, as a training does."""
        model.train()
        for _ in range(3):
            model(torch.rand(16, *shape))
        return model.eval()

    def export(name, model, shape, dynamo, **more):
        model = settle(model, shape)
        x = torch.rand(4, *shape)
        names = {"input_names": ["x"], "output_names": ["y"]}
        if dynamo:
            free = {"dynamic_shapes": ({0: torch.export.Dim("N")},)}
            torch.onnx.export(model, (x,), path(name), dynamo=True, external_data=more.pop("external", False), **names, **free)
        else:
            free = {"dynamic_axes": {"x": {0: "N"}}} if more.pop("free", True) else {}
            keep = more.pop("keep", False)
            one = x if free else x[:1]
            training = torch.onnx.TrainingMode.EVAL
            torch.onnx.export(
                model, (one,), path(name), dynamo=False, do_constant_folding=not keep, training=training, opset_version=more.pop("opset", 17), **names, **free
            )
        with torch.no_grad():
            y = model(x)
        inputs = x.permute(0, 2, 3, 1) if len(shape) == 3 else x
        softmax = more.pop("softmax", True)
        case(name, inputs.numpy(), (torch.softmax(y, 1) if softmax else y).numpy(), **more)

    class Cnn(nn.Module):
        """Two channels through a flatten, so that the order of its numbers matters; a residual; a reshape by size."""

        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(2, 3, 3, padding=1)
            self.norm = nn.BatchNorm2d(3)
            self.inner = nn.Conv2d(3, 3, (3, 1), padding=(1, 0), bias=False)
            self.last = nn.Linear(3 * 3 * 2, 4)

        def forward(self, x):
            x = torch.relu(self.norm(self.first(x)))
            x = x + 0.5 * torch.tanh(self.inner(x))
            x = torch.max_pool2d(x, 2)
            return self.last(x.view(x.size(0), -1))

    class Activations(nn.Module):
        """All activations that Inkling has, one after the other, of rows."""

        def __init__(self):
            super().__init__()
            kinds = [nn.ReLU(), nn.LeakyReLU(0.01), nn.Sigmoid(), nn.Tanh(), nn.GELU(), nn.SiLU(), nn.ELU()]
            self.layers = nn.Sequential(*[layer for kind in kinds for layer in (nn.Linear(4, 4), kind)])

        def forward(self, x):
            return self.layers(x)

    class Preactivated(nn.Module):
        """A residual that begins with batch norm and ReLU, and dense ones."""

        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(1, 4, 3, stride=2, padding=1)
            self.norm = nn.BatchNorm2d(4)
            self.conv = nn.Conv2d(4, 4, 3, padding=2, dilation=2)
            self.dense = nn.Sequential(nn.BatchNorm1d(4), nn.GELU(), nn.Dropout(0.5), nn.Linear(4, 4))
            self.head = nn.Linear(4, 3)

        def forward(self, x):
            x = self.stem(x)
            x = x + self.conv(torch.relu(self.norm(x)))
            x = nn.functional.avg_pool2d(x, 3, 1, padding=1, count_include_pad=False)
            x = nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)
            x = x + self.dense(x)
            return self.head(x)

    flat_norm = nn.Sequential(nn.Conv2d(2, 3, 2), nn.Flatten(), nn.BatchNorm1d(3 * 4 * 3), nn.Linear(3 * 4 * 3, 3))
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(2 * 3 * 4, 5), nn.Sigmoid(), nn.Linear(5, 3), nn.Softmax(1))
    export("torch-cnn-script", Cnn(), (2, 6, 4), False, task="classes")
    export("torch-cnn-dynamo", Cnn(), (2, 6, 4), True, task="classes")
    export("torch-cnn-unfolded", Cnn(), (2, 6, 4), False, keep=True, opset=13, task="classes")
    export("torch-cnn-one", Cnn(), (2, 6, 4), False, free=False, task="classes")
    export("torch-activations-script", Activations(), (4,), False, softmax=False, loss="meanSquared", task="numbers")
    export("torch-activations-dynamo", Activations(), (4,), True, softmax=False, loss="meanSquared", task="numbers")
    export("torch-preactivated-script", Preactivated(), (1, 7, 6), False, keep=True, task="classes")
    export("torch-preactivated-dynamo", Preactivated(), (1, 7, 6), True, task="classes")
    export("torch-flat-norm", flat_norm, (2, 5, 4), False, keep=True, task="classes")
    export("torch-mlp-softmax", mlp, (2, 3, 4), False, softmax=False, task="classes")
    big = nn.Sequential(nn.Linear(40, 40), nn.ReLU(), nn.Linear(40, 3))
    export("torch-external", big, (40,), True, external=True, task="classes")


def from_keras():
    import keras
    import tensorflow as tf
    import tf2onnx

    L = keras.layers
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)

    def settled(model, shape, classes, loss):
        model.compile("sgd", loss)
        x = random.random((64, *shape), dtype=np.float32)
        y = random.integers(0, classes, 64) if classes > 1 else random.random(64, dtype=np.float32)
        model.fit(x, y, epochs=2, verbose=0)
        return model

    def save(name, model, shape, opset=None, bytes=False, **more):
        x = random.integers(0, 256, (4, *shape)).astype(np.float32) if bytes else random.random((4, *shape), dtype=np.float32)
        if opset is None:
            model.export(path(name), format="onnx", verbose=False)
        else:
            signature = [tf.TensorSpec((None, *shape), tf.float32, name="x")]
            proto, _ = tf2onnx.convert.from_function(tf.function(lambda x: model(x)), input_signature=signature, opset=opset)
            open(path(name), "wb").write(proto.SerializeToString())
        case(name, x, model.predict(x, verbose=0), bytes=bytes, **more)

    def cnn():
        layers = [
            *[L.Rescaling(1 / 255), L.Conv2D(3, 3, padding="same", activation="relu"), L.BatchNormalization()],
            *[L.MaxPooling2D(2), L.Dropout(0.3), L.Conv2D(4, 2, strides=2, padding="same", use_bias=False), L.BatchNormalization()],
            *[L.LeakyReLU(negative_slope=0.01), L.AveragePooling2D(2), L.Flatten(), L.Dense(5, activation="silu")],
            *[L.BatchNormalization(), L.Dense(3, activation="softmax")],
        ]
        return settled(keras.Sequential([keras.Input((9, 8, 2)), *layers]), (9, 8, 2), 3, "sparse_categorical_crossentropy")

    save("keras-cnn", cnn(), (9, 8, 2), bytes=True, task="classes")
    save("tf2onnx-cnn", cnn(), (9, 8, 2), opset=13, bytes=True, task="classes")
    shifted = [L.Rescaling(1 / 127.5, -1), L.Conv2D(3, 3, padding="same", activation="gelu"), L.GlobalAveragePooling2D(), L.Dense(3)]
    logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    shift = settled(keras.Sequential([keras.Input((5, 5, 1)), *shifted]), (5, 5, 1), 3, logits)
    x = random.integers(0, 256, (4, 5, 5, 1)).astype(np.float32)
    shift.export(path("keras-shifted"), format="onnx", verbose=False)
    case("keras-shifted", x, keras.ops.softmax(shift.predict(x, verbose=0)), bytes=True, task="classes")
    mlp = [keras.Input((4, 3)), L.Flatten(), L.Dense(6, activation="elu"), L.Dense(1)]
    save("keras-regression", settled(keras.Sequential(mlp), (4, 3), 1, "mse"), (4, 3), task="numbers")
    yes = [keras.Input((4,)), L.Dense(6, activation="relu"), L.Dense(1, activation="sigmoid")]
    save("keras-binary", settled(keras.Sequential(yes), (4,), 1, "mse"), (4,), task="numbers")


def from_sklearn():
    from skl2onnx import to_onnx
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(1)
    x = (random.normal(size=(120, 3)) * [1, 10, 0.01] + [5, 0, 0.2]).astype(np.float32)
    three = (x[:, 0] > 5).astype(int) + (x[:, 1] > 0)

    def save(name, model, y, classes, options=None, **more):
        model.fit(x, y)
        proto = to_onnx(model, x[:1], options=options)
        open(path(name), "wb").write(proto.SerializeToString())
        outputs = model.predict_proba(x[:4]) if classes else np.reshape(model.predict(x[:4]), (4, -1))
        names = {"names": [str(c) for c in model.classes_]} if classes == "words" else {}
        case(name, x[:4], outputs, task="classes" if classes else "numbers", **names, **more)

    def net(kind, **more):
        return make_pipeline(StandardScaler(), kind(hidden_layer_sizes=(5, 4), max_iter=60, random_state=1, **more))

    words = np.array(["ant", "bee", "cat"])
    save("sklearn-mlp", net(MLPClassifier), three, "numbers")
    save("sklearn-mlp-words", net(MLPClassifier, activation="tanh"), words[three], "words", {"zipmap": False})
    save("sklearn-mlp-binary", net(MLPClassifier, activation="logistic"), words[(three > 0) * 1], "words")
    save("sklearn-mlp-regressor", net(MLPRegressor), x[:, 0] * 3 - x[:, 1], None)
    save("sklearn-logistic", make_pipeline(StandardScaler(), LogisticRegression()), words[three], "words")
    save("sklearn-logistic-binary", LogisticRegression(), (three > 0).astype(int), "numbers")
    save("sklearn-linear", LinearRegression(), x[:, 0] * 3 - x[:, 1], None)


def made():
    """Models written node by node: numbers of 16 bits, lists in place of raw bytes, an older operator set."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(1)
    W, b = random.normal(size=(4, 3)).astype(np.float16), random.normal(size=3).astype(np.float16)
    x = random.random((4, 4)).astype(np.float16).astype(np.float32)

    def save(name, nodes, initializers, inputs, outputs, opset=13, ir=8):
        graph = helper.make_graph(nodes, name, [inputs], [outputs], initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
        onnx.checker.check_model(model)
        open(path(name), "wb").write(model.SerializeToString())

    y = x @ W.astype(np.float32) + b.astype(np.float32)
    e = np.exp(y - y.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    half = [
        helper.make_node("Cast", ["x"], ["h"], to=TensorProto.FLOAT16),
        *[helper.make_node("MatMul", ["h", "W"], ["m"]), helper.make_node("Add", ["b", "m"], ["z"])],
        *[helper.make_node("Cast", ["z"], ["f"], to=TensorProto.FLOAT), helper.make_node("Softmax", ["f"], ["y"])],
    ]
    info = (helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4]), helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3]))
    save("made-float16", half, [numpy_helper.from_array(W, "W"), numpy_helper.from_array(b, "b")], *info)
    case("made-float16", x, p, task="classes")
    bits = lambda a: [int(v) for v in a.astype(np.float32).view(np.uint32).ravel() >> 16]
    wide = lambda a: (np.array(bits(a), np.uint32) << 16).view(np.float32).reshape(a.shape)
    lists = [
        helper.make_tensor("W", TensorProto.DOUBLE, [4, 3], W.astype(np.float64).ravel().tolist()),
        helper.make_tensor("b", TensorProto.BFLOAT16, [3], np.array(bits(b), np.uint16).tobytes(), raw=True),
    ]
    y = x @ W.astype(np.float32) + wide(b)
    e = np.exp(y - y.max(1, keepdims=True))
    old = [helper.make_node("Gemm", ["x", "W", "b"], ["z"]), helper.make_node("Softmax", ["z"], ["y"])]
    graph = helper.make_graph(old, "made-lists", [info[0]], [info[1]], lists)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4)
    open(path("made-lists"), "wb").write(model.SerializeToString())
    case("made-lists", x, e / e.sum(1, keepdims=True), task="classes")


wanted = sys.argv[1:] or ["torch", "keras", "sklearn", "made"]
os.makedirs(os.path.join(HERE, "onnx-models"), exist_ok=True)
for name, make in {"torch": from_torch, "keras": from_keras, "sklearn": from_sklearn, "made": made}.items():
    if name in wanted:
        make()
with open(INDEX, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
