"""
Runs ONNX files by ONNX Runtime: python onnx-runtime.py DIRECTORY

DIRECTORY/index.json names files and their inputs: [{"name", "inputs"}], the inputs float32, little-endian. Each file is
looked at by onnx.checker; each of its outputs is written to NAME.OUTPUT.bin, and the first example's alone, as a batch
of one, has to be the same to a millionth.
"""

import json
import os
import sys

import numpy as np
import onnx
import onnxruntime

directory = sys.argv[1]
at = lambda name: os.path.join(directory, name)
onnxruntime.set_default_logger_severity(3)
for entry in json.load(open(at("index.json"))):
    name = entry["name"]
    model = onnx.load(at(name + ".onnx"))
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 8 and [o.version for o in model.opset_import] == [13]
    session = onnxruntime.InferenceSession(at(name + ".onnx"), providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    assert taken.shape[0] == "N" and taken.type == "tensor(float)", taken
    x = np.fromfile(at(entry["inputs"]), "<f4").reshape(-1, *taken.shape[1:])
    outputs = [output.name for output in session.get_outputs()]
    for output, found, alone in zip(outputs, session.run(None, {taken.name: x}), session.run(None, {taken.name: x[:1]})):
        assert np.allclose(found[:1], alone, 1e-5, 1e-6), (name, output)
        found.astype("<f4").tofile(at(f"{name}.{output}.bin"))
print(onnx.__version__, onnxruntime.__version__)
