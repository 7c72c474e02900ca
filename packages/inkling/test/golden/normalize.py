"""Golden numbers for pictures/normalize.ts: the normalisation of MNIST as QMNIST found it again.

A slow copy of the description (facebookresearch/qmnist, making_qmnist/xnist.lsh): every pixel of the source is spread over
the cells that it covers, one after the other, in float32 sums of float64 products.

    python normalize.py        # writes normalize.json beside it; NumPy alone
"""

import json
import math
from pathlib import Path

import numpy as np


def crop(image):
    rows, columns = np.flatnonzero(image.sum(1)), np.flatnonzero(image.sum(0))
    i, ii = rows[0], rows[-1] + 1 - rows[0]
    j, jj = columns[0], columns[-1] + 1 - columns[0]
    m = max(ii, jj, 10)
    i, j = i - (m - ii) // 2, j - (m - jj) // 2
    # Room around, so that the square never leaves the picture.
    wide = np.pad(image, m)
    return wide[i + m : i + 2 * m, j + m : j + 2 * m]


def spread(source, cells):
    out = np.zeros((cells, cells), np.float32)
    n = source.shape[0]
    scale = cells / n
    for a in range(n):
        for b in range(n):
            if source[a, b] == 0:
                continue
            sides = []
            for k in (a, b):
                x = cells / 2 + scale * (k - n / 2)
                xw = x + 0.99 * scale
                first, last = math.floor(x + 1e-11), math.ceil(xw - 1e-11) - 1
                if first == last:
                    sides.append([(first, scale)])
                    continue
                dx, dxw = min(1, max(0, first + 1 - x)), min(1, max(0, xw - last))
                sides.append([(first, dx), *((c, 1.0) for c in range(first + 1, last)), (last, dxw)])
            for r, down in sides[0]:
                for c, across in sides[1]:
                    out[r, c] = np.float32(float(out[r, c]) + float(source[a, b]) * down * across)
    return out


def normalise(image):
    square = crop(image)
    while square.shape[0] < 20:
        square = square.repeat(2, 0).repeat(2, 1)
    cells = spread(square, 20)
    a = np.float32(255 / np.float32(min(1, cells.max())))
    pixels = np.clip(np.floor((cells * a).astype(np.float64) + 0.5), 0, 255).astype(np.uint8)
    weights = pixels.astype(np.float64)
    place = np.arange(20) + 0.5
    bi, bj = (weights.sum(1) @ place) / weights.sum(), (weights.sum(0) @ place) / weights.sum()
    oi, oj = (max(0, min(28, 10 + int(15 - b))) for b in (bi, bj))
    out = np.zeros((48, 48), np.uint8)
    out[oi : oi + 20, oj : oj + 20] = pixels
    return out[10:38, 10:38]


def strokes(rng, size, points, pen):
    """A random line of a round pen on a square."""
    image = np.zeros((size, size), np.float32)
    y, x = np.mgrid[:size, :size]
    corners = rng.uniform(pen, size - pen, (points, 2))
    for (y0, x0), (y1, x1) in zip(corners, corners[1:]):
        length = (y1 - y0) ** 2 + (x1 - x0) ** 2
        t = np.clip(((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / max(length, 1e-9), 0, 1)
        distance = (y - y0 - t * (y1 - y0)) ** 2 + (x - x0 - t * (x1 - x0)) ** 2
        image[distance <= pen**2] = 1
    return image


rng = np.random.default_rng(20)
cases = []
for size, points, pen in [(128, 4, 5), (128, 3, 2), (40, 3, 2), (25, 2, 1), (9, 3, 1), (6, 2, 1), (61, 5, 4), (33, 2, 3)]:
    image = strokes(rng, size, points, pen)
    if size in (40, 61):  # grey, as a picture that was made smaller
        image = (image * rng.integers(32, 256, image.shape) / 256).astype(np.float32)
    cases.append((image, normalise(image)))
bar = np.zeros((60, 60), np.float32)
bar[3:55, 30] = 1  # a thin 1, and below a dash
cases.append((bar, normalise(bar)))
cases.append((bar.T.copy(), normalise(bar.T)))

path = Path(__file__).with_suffix(".json")
records = [
    {
        "width": image.shape[1],
        "height": image.shape[0],
        # In 256ths, as runs of equal values: value, count.
        "runs": [
            int(n)
            for values in [np.round(image.ravel() * 256).astype(int)]
            for starts in [np.flatnonzero(np.concatenate([[True], np.diff(values) != 0]))]
            for pair in zip(values[starts], np.diff(np.append(starts, values.size)))
            for n in pair
        ],
        "pixels": pixels.ravel().tolist(),
    }
    for image, pixels in cases
]
path.write_text(json.dumps(records, separators=(",", ":")) + "\n")
