"""
State dicts as PyTorch's users save them, with names of their own, and what the models compute.

    python state-dicts.py

Writes state-dict-NAME.safetensors, state-dict-NAME.npz and state-dicts.json beside this script. Needs torch, numpy and
safetensors; made with torch 2.15.0, safetensors 0.8.0, NumPy 2.4.6.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

here = Path(__file__).parent
torch.manual_seed(20)


class Mlp(nn.Module):
    """Sorted by name, the layer called `head` comes before `hidden`."""

    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(6, 5)
        self.hidden2 = nn.Linear(5, 4, bias=False)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return self.head(torch.relu(self.hidden2(torch.relu(self.hidden1(x)))))


class Cnn(nn.Module):
    """20c5,p2,bn … in the usual way, with names that do not sort as the layers come."""

    def __init__(self):
        super().__init__()
        self.conv2 = nn.Conv2d(3, 4, 3)
        self.conv10 = nn.Conv2d(4, 5, 2, padding=1)
        self.bn = nn.BatchNorm2d(5)
        self.fc = nn.Linear(5 * 2 * 2, 6)
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = torch.relu(self.bn(nn.functional.max_pool2d(self.conv10(x), 2)))
        x = torch.relu(self.fc(torch.flatten(x, 1)))
        return self.out(x)


found = {}


def save(name, model, x, rows, prefix=""):
    model.eval()
    with torch.no_grad():
        z = model(x)
    state = {prefix + key: value for key, value in model.state_dict().items()}
    save_file(state, here / f"state-dict-{name}.safetensors")
    np.savez(here / f"state-dict-{name}.npz", **{key: value.numpy() for key, value in state.items()})
    found[name] = {"rows": rows.tolist(), "outputs": z.tolist()}


x = torch.randn(5, 6)
save("mlp", Mlp(), x, x)
# Saved in half the room: what it computes is that of the rounded weights.
half = Mlp().half().float()
save_file({key: value.half() for key, value in half.state_dict().items()}, here / "state-dict-half.safetensors")
with torch.no_grad():
    found["half"] = {"rows": x.tolist(), "outputs": half(x).tolist()}

cnn = Cnn()
images = torch.rand(8, 3, 11, 10)
cnn.train()
for _ in range(3):
    cnn(images)
# As DistributedDataParallel names its tensors; rows are height × width × channels.
save("cnn", cnn, images[:5], images[:5].permute(0, 2, 3, 1).reshape(5, -1), prefix="module.")
(here / "state-dicts.json").write_text(json.dumps(found) + "\n")
