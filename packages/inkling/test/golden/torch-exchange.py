"""
Takes models that Inkling exported with PyTorch's layout, runs them, and saves them again.

    python torch-exchange.py DIRECTORY

For each DIRECTORY/NAME.safetensors there are NAME.npz (the same in NumPy's format) and NAME.json: { "rows": …, "outputs": … },
Inkling's examples and outputs. Writes NAME.back.safetensors and NAME.back.npz, the state dict as PyTorch saves it, and
prints the largest difference of the outputs, one line of JSON a model. Needs torch, numpy and safetensors.
"""

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn


def state_from_npz(path):
    with np.load(path) as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


for path in sorted(Path(sys.argv[1]).glob("*.safetensors")):
    if ".back." in path.name:
        continue
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    names = {"torch": torch, "nn": nn}
    exec(metadata.get("torch.prelude", ""), names)
    model = eval(metadata["torch.model"], names)
    arrays = path.with_suffix(".npz")
    assert json.loads(zipfile.ZipFile(arrays).comment)["torch.model"] == metadata["torch.model"]
    model.load_state_dict(state_from_npz(arrays), strict=True)
    model.load_state_dict(load_file(path), strict=True)
    model.eval()

    given = json.loads(path.with_suffix(".json").read_text())
    names |= {"rows": np.array(given["rows"]), "model": model}
    exec(metadata["torch.inputs"], names)
    with torch.no_grad():
        names["z"] = model(names["x"])
    exec(metadata["torch.outputs"], names)
    found = names["p"] if "p" in names else names["y"]
    print(
        json.dumps(
            {
                "name": path.stem,
                "outputs": float((names["z"] - torch.tensor(given["outputs"])).abs().max()),
                "meaning": float((found - torch.tensor(given["meaning"])).abs().max()),
                "largest": float(names["z"].abs().max()),
            }
        )
    )
    save_file(model.state_dict(), path.with_suffix(".back.safetensors"))
    np.savez(path.with_suffix(".back.npz"), **{k: v.numpy() for k, v in model.state_dict().items()})
