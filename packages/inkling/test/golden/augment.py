"""
Golden numbers for augmentation: the whole of it once more, in float64, with NumPy and PyTorch.

    pip install numpy==2.4.6 torch==2.15.0
    python augment.py

It writes augment.json beside itself, in seconds: images, options, and the bytes that come out. Random words are
Philox 4×32 (Salmon and others 2011), written here from the paper; the map is made of NumPy's sine and cosine matrices;
the elastic field is a blur by matrices; PyTorch's grid_sample (bilinear, zeros outside, align_corners) takes the
samples. Seed, example, epoch and copy of each case are in the file. Float32 rounds a value near ½ to the other byte
now and then: the test says how often it may.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch

MASK = np.uint64(0xFFFFFFFF)


def philox(counter, key):
    """Four words of each counter (4 × n) under a key of two words."""
    c = [np.asarray(word, dtype=np.uint64) for word in counter]
    k = [np.uint64(word) for word in key]
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> np.uint64(32)) ^ c[1] ^ k[0], b & MASK, (a >> np.uint64(32)) ^ c[3] ^ k[1], a & MASK]
        k = [(k[0] + np.uint64(0x9E3779B9)) & MASK, (k[1] + np.uint64(0xBB67AE85)) & MASK]
    return np.stack(c)


def key_of(seed, name):
    hashed = 0x811C9DC5
    for letter in name.encode():
        hashed = ((hashed ^ letter) * 0x01000193) & 0xFFFFFFFF
    zero = np.zeros(1)
    return philox([np.full(1, hashed), zero, zero, zero], [seed & 0xFFFFFFFF, seed >> 32])[:2, 0]


def draws(first, count, case, key):
    full = np.ones(count)
    elements = np.arange(first, first + count)
    return philox([elements, full * case["example"], full * case["epoch"], full * case["copy"]], key)


def numbered(count, first, case, key):
    """Random words: number 16·g + 4·w + l is word w of draw 4·g + l."""
    groups = -(-count // 16)
    words = draws(first, 4 * groups, case, key).reshape(4, groups, 4)
    return words.transpose(1, 0, 2).reshape(-1)


def share(words):
    return (words >> np.uint64(8)).astype(np.float64) / 2**24


def around(words):
    return (2 * (words >> np.uint64(8)).astype(np.float64) + 1) / 2**24 - 1


def inverse_map(options, words, height, width):
    """From places of the new image to places of the old one, as a 3 × 3 matrix of columns (x, y, 1)."""
    turn = math.radians(options.get("rotation", 0) * around(words[0, 0]))
    slant = math.radians(options.get("shear", 0) * around(words[1, 0]))
    least, most = options.get("scale", [1, 1])
    scale_x, scale_y = (least + (most - least) * share(words[i, 0]) for i in (2, 3))
    shift = [options.get("shift", 0) * around(words[i, 1]) for i in (0, 1)]
    if options.get("flip", False) and words[2, 1] >= 2**31:
        scale_x = -scale_x
    rotation = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    shear = np.array([[1, math.tan(slant), 0], [0, 1, 0], [0, 0, 1]])
    scale = np.diag([scale_x, scale_y, 1])
    centre = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1]])
    moved = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]])
    return np.linalg.inv(moved @ centre @ scale @ shear @ rotation @ np.linalg.inv(centre))


def field(elastic, case, key, height, width):
    alpha, sigma = elastic["alpha"], elastic["sigma"]
    spacing = math.floor(sigma)
    def weights(length):
        nodes = math.floor((length - 1 + 6 * sigma) / spacing) + 1
        t = (np.arange(nodes)[:, None] * spacing - 3 * sigma - np.arange(length)[None, :]) / sigma
        bell = np.exp(-t * t / 2) / (sigma * math.sqrt(2 * math.pi)) * math.sqrt(spacing)
        return np.where(np.abs(t) <= 3, bell, 0)
    down, across = weights(height), weights(width)
    shape = (len(down), len(across))
    r = around(numbered(2 * len(down) * len(across), 65536, case, key))[: 2 * len(down) * len(across)]
    return [alpha * down.T @ part.reshape(shape) @ across for part in np.split(r, 2)]


def noise(count, case, key):
    words = numbered(count, 2**30, case, key).reshape(-1, 2, 8)
    radius = np.sqrt(-2 * np.log(((words[:, 0] >> np.uint64(8)).astype(np.float64) + 1) / 2**24))
    angle = 2 * math.pi * share(words[:, 1])
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[:count]


def augmented(image, case):
    options = case["options"]
    height, width, channels = image.shape
    key = key_of(case["seed"], "augment")
    words = draws(0, 3, case, key)
    inverse = inverse_map(options, words, height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    from_x, from_y = (inverse[i, 0] * x + inverse[i, 1] * y + inverse[i, 2] for i in (0, 1))
    if "elastic" in options:
        u, v = field(options["elastic"], case, key, height, width)
        from_x, from_y = from_x + u, from_y + v
    # grid_sample counts from −1 to 1 between the centres of the outer pixels.
    grid = np.stack([2 * from_x / (width - 1) - 1, 2 * from_y / (height - 1) - 1], axis=-1)
    source = torch.from_numpy(image.astype(np.float64).transpose(2, 0, 1)[None])
    sampled = torch.nn.functional.grid_sample(
        source, torch.from_numpy(grid[None]), mode="bilinear", padding_mode="zeros", align_corners=True
    )[0].numpy().transpose(1, 2, 0)
    if "noise" in options:
        sampled = sampled + options["noise"] * noise(image.size, case, key).reshape(image.shape)
    new = np.floor(np.clip(sampled, 0, 255) + 0.5).astype(np.uint8)
    if "erase" in options:
        erase = options["erase"]
        if share(words[3, 1]) < erase.get("probability", 0.5):
            least, most = erase["size"]
            sides = [min(least + int(share(words[i, 2]) * (most - least + 1)), full) for i, full in ((0, height), (1, width))]
            top = int(share(words[2, 2]) * (height - sides[0] + 1))
            left = int(share(words[3, 2]) * (width - sides[1] + 1))
            new[top : top + sides[0], left : left + sides[1]] = erase.get("fill", 0)
    return new


def picture(height, width, channels):
    """A ring, both, and a bar on grey that reaches the image's edges; with soft edges."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    ring = np.clip(2.5 - np.abs(np.hypot(y - height / 2, x - width / 2) - min(height, width) / 3), 0, 1)
    bar = np.clip(2 - np.abs(x - 0.3 * y - width / 4), 0.3, 1)
    planes = [ring, np.maximum(ring, bar), bar]
    return np.stack([np.round(250 * planes[c]) for c in range(channels)], axis=-1).astype(np.uint8)


AFFINE = {"shift": 2, "rotation": 15, "scale": [0.85, 1.15], "shear": 10}
CASES = [
    {"shape": [28, 28, 1], "seed": 1, "example": 59999, "epoch": 3, "copy": 0, "options": AFFINE},
    {"shape": [28, 28, 1], "seed": 2**40 + 5, "example": 0, "epoch": 1, "copy": 7,
     "options": {**AFFINE, "elastic": {"alpha": 34, "sigma": 4}}},
    {"shape": [28, 28, 1], "seed": 3, "example": 12, "epoch": 800, "copy": 0,
     "options": {"elastic": {"alpha": 36, "sigma": 5.5}, "noise": 10}},
    {"shape": [11, 17, 3], "seed": 4, "example": 5, "epoch": 1, "copy": 0,
     "options": {"rotation": 180, "flip": True, "noise": 5, "elastic": {"alpha": 12, "sigma": 1.5}}},
    {"shape": [9, 6, 2], "seed": 5, "example": 8, "epoch": 2, "copy": 1,
     "options": {"shift": 1.5, "scale": [0.6, 0.8], "erase": {"size": [2, 4], "probability": 1, "fill": 77}}},
]

if __name__ == "__main__":
    cases = []
    for case in CASES:
        image = picture(*case["shape"])
        cases.append({**case, "image": image.reshape(-1).tolist(), "augmented": augmented(image, case).reshape(-1).tolist()})
    made = {"versions": {"numpy": np.__version__, "torch": torch.__version__}, "cases": cases}
    Path(__file__).with_suffix(".json").write_text(json.dumps(made) + "\n")
