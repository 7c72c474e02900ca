"""
Golden numbers of GELU, SiLU and ELU and of what they are made of, by mpmath; PyTorch has to agree.

    pip install numpy==2.4.6 torch==2.15.0 mpmath==1.3.0
    python smooth.py

Writes smooth.json into this script's folder: the exact results for about 200 float32 numbers, each rounded once, to
float64. Random numbers: np.random.RandomState(7). x is given as its float32 bit pattern; NaN and the infinities are
strings.
"""

import json
from pathlib import Path

import mpmath
import numpy as np
import torch
from mpmath import mpf

HERE = Path(__file__).parent
mpmath.mp.prec = 600


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def cdf(x):
    """Φ(x) = ½·(1 + erf(x / √2)), by erfc, so that nothing cancels."""
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


FUNCTIONS = {
    "expm1": mpmath.expm1,
    "normalCdf": cdf,
    "normalDensity": density,
    "gelu": lambda x: x * cdf(x),
    "geluSlope": lambda x: cdf(x) + x * density(x),
    "silu": lambda x: x * sigmoid(x),
    "siluSlope": lambda x: sigmoid(x) * (1 + x * sigmoid(-x)),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "eluSlope": lambda x: mpf(1) if x > 0 else mpmath.exp(x),
}
# At −∞, ∞ and NaN: the limits.
LIMITS = {
    "expm1": (-1, np.inf), "normalCdf": (0, 1), "normalDensity": (0, 0), "gelu": (0, np.inf), "geluSlope": (0, 1),
    "silu": (0, np.inf), "siluSlope": (0, 1), "elu": (-1, np.inf), "eluSlope": (0, 1),
}
TORCH = {"gelu": torch.nn.functional.gelu, "silu": torch.nn.functional.silu, "elu": torch.nn.functional.elu}


def main():
    values = [entry(bits, x) for bits, x in inputs()]
    check_against_torch(values)
    text = ",\n  ".join(json.dumps(value, separators=(",", ":"), allow_nan=False) for value in values)
    (HERE / "smooth.json").write_text('{\n "values": [\n  ' + text + "\n ]\n}\n")


def inputs():
    """Returns (bit pattern, value) of float32 numbers of both signs, ascending by bit pattern, without repeats."""
    special = [0.0, 1e-45, 1.17549435e-38, 1e-10, 1e-4, 1.0, 3.4028235e38, np.inf, np.nan]
    # Branches and ends of ranges.
    ends = [0.34657359, 0.5, 0.6931472, 1.2784645, 13.2, 14.2, 14.42, 16.0, 17.33, 18.0, 20.0, 87.33655, 88.72283, 104.0]
    random = np.random.RandomState(7)
    spread = [random.uniform(0, 1, 25), random.uniform(1, 6, 25), random.uniform(6, 18, 20), random.uniform(18, 110, 10)]
    positive = np.concatenate([special, ends, *spread]).astype(np.float32)
    bits = np.unique(np.concatenate([positive, -positive[~np.isnan(positive)]]).view(np.uint32))
    return [(int(b), float(x)) for b, x in zip(bits, bits.view(np.float32))]


def entry(bits, x):
    made = {"bits": bits}
    for name, function in FUNCTIONS.items():
        if np.isnan(x):
            value = np.nan
        elif np.isinf(x):
            value = float(LIMITS[name][int(x > 0)])
        else:
            value = float(function(mpf(x)))
        made[name] = value if np.isfinite(value) else {np.inf: "Infinity", -np.inf: "-Infinity"}.get(value, "NaN")
    return made


def check_against_torch(values):
    """PyTorch's float64 values and slopes, for what is neither infinite nor NaN."""
    x = torch.tensor(np.array([v["bits"] for v in values], np.uint32).view(np.float32).astype(np.float64))
    isFinite = torch.isfinite(x)
    for name, function in TORCH.items():
        z = x[isFinite].clone().requires_grad_()
        a = function(z)
        a.sum().backward()
        for got, key in ((a, name), (z.grad, name + "Slope")):
            wanted = torch.tensor([float(v[key]) for v in values], dtype=torch.float64)[isFinite]
            assert torch.allclose(got.detach(), wanted, rtol=1e-12, atol=1e-14), key


if __name__ == "__main__":
    main()
