"""
Golden numbers: schedules, clipping, L1, max-norm and averages of weights, as PyTorch computes them in float64.

    pip install torch==2.15.0
    python schedules.py

Writes schedules.json beside this script. One parameter (4 × 3) takes ten steps along given gradients; an epoch has two
steps. Where the conventions differ:

    schedules     PyTorch's are stepped by the caller: StepLR and ExponentialLR after each epoch, CosineAnnealingLR over
                  T_max = 10 steps and LinearLR after each step. SequentialLR begins the schedule after a warm-up anew,
                  and warns about its own second argument; its factors are what is compared.
    plateau       PyTorch acts after patience + 1 epochs without improvement, so its patience is one less; threshold is
                  absolute and 0, eps 0.
    clipping      clip_grad_norm_ divides by norm + 1e-6; `clippedExactly` is min(1, c / norm), which Inkling does.
    max-norm      torch.renorm divides by norm + 1e-7; `limitedExactly` is min(1, c / norm) likewise.
    averages      AveragedModel with get_ema_multi_avg_fn computes A + (1 − d)·(W − A) (lerp): rounded otherwise.
"""

import json
import warnings
from pathlib import Path

import torch

HERE = Path(__file__).parent
STEPS, PER_EPOCH, ETA = 10, 2, 0.1
SCORES = [1.0, 0.8, 0.8, 0.9, 0.7, 0.71, 0.72, 0.73, 0.74, 0.6]

SCHEDULES = {
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=2, gamma=0.1),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.9),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.1 * ETA_OF[type(o)]),
    "warmUp": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o,
        [
            torch.optim.lr_scheduler.LinearLR(o, start_factor=0.1, end_factor=1.0, total_iters=4),
            torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=STEPS - 4),
        ],
        milestones=[4],
    ),
}
ETA_OF = {torch.optim.SGD: ETA, torch.optim.Adam: 0.01}
EACH_EPOCH = {"step", "exponential"}


def main():
    warnings.simplefilter("ignore")
    torch.manual_seed(3)
    start = short_normal(4, 3)
    gradients = [short_normal(4, 3) for _ in range(STEPS)]
    golden = {
        "shape": list(start.shape),
        "parameter": flat(start),
        "gradients": [flat(gradient) for gradient in gradients],
        "perEpoch": PER_EPOCH,
        "schedules": [run(name, kind, start, gradients) for name in SCHEDULES for kind in ETA_OF],
        "plateau": plateau(),
        "clipping": [clipping(start, gradients, limit) for limit in (1.0, 100.0)],
        "l1": l1(start, gradients, 0.01),
        "maxNorm": max_norm(start, gradients, 1.2),
        "averaging": averaging(start, gradients, 0.9),
    }
    text = json.dumps(golden, indent=1)
    (HERE / "schedules.json").write_text(text + "\n")


def run(name, kind, start, gradients):
    parameter = start.clone().requires_grad_()
    optimizer = kind([parameter], lr=ETA_OF[kind])
    schedule = SCHEDULES[name](optimizer)
    rates, steps = [], []
    for t, gradient in enumerate(gradients):
        parameter.grad = gradient.clone()
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        steps.append(flat(parameter))
        if name not in EACH_EPOCH or (t + 1) % PER_EPOCH == 0:
            schedule.step()
    return {"schedule": name, "optimizer": kind.__name__.lower(), "learningRate": ETA_OF[kind], "rates": rates, "steps": steps}


def plateau():
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=1, threshold=0, threshold_mode="abs", eps=0, min_lr=0.2
    )
    factors = []
    for score in SCORES:
        schedule.step(score)
        factors.append(optimizer.param_groups[0]["lr"])
    return {"scores": SCORES, "factor": 0.5, "patience": 2, "least": 0.2, "factors": factors}


def clipping(start, gradients, limit):
    """Two parameters share the norm: the given one, and a row of three."""
    given, row = start.clone().requires_grad_(), start[:1].clone().requires_grad_()
    given.grad, row.grad = gradients[0].clone(), gradients[1][:1].clone()
    norm = torch.linalg.vector_norm(torch.cat([given.grad.flatten(), row.grad.flatten()]))
    exact = [flat(parameter.grad * torch.clamp(limit / norm, max=1.0)) for parameter in (given, row)]
    total = torch.nn.utils.clip_grad_norm_([given, row], limit)
    return {
        "limit": limit,
        "norm": total.item(),
        "clipped": [flat(given.grad), flat(row.grad)],
        "clippedExactly": exact,
    }


def l1(start, gradients, strength):
    parameter = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=ETA)
    steps = []
    for gradient in gradients:
        optimizer.zero_grad()
        ((parameter * gradient).sum() + strength * parameter.abs().sum()).backward()
        optimizer.step()
        steps.append(flat(parameter))
    return {"strength": strength, "learningRate": ETA, "steps": steps}


def max_norm(start, gradients, limit):
    """A column is a neuron's incoming weights."""
    parameter = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=ETA)
    steps, exact = [], []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        with torch.no_grad():
            steps.append(flat(torch.renorm(parameter, p=2, dim=1, maxnorm=limit)))
            norms = torch.linalg.vector_norm(parameter, dim=0)
            parameter *= torch.clamp(limit / norms, max=1.0)
        exact.append(flat(parameter))
    return {"limit": limit, "learningRate": ETA, "limited": steps, "limitedExactly": exact}


def averaging(start, gradients, decay):
    model = torch.nn.Linear(3, 4, bias=False).to(torch.float64)
    with torch.no_grad():
        model.weight.copy_(start)
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=ETA)
    averages = []
    for gradient in gradients:
        model.weight.grad = gradient.clone()
        optimizer.step()
        averaged.update_parameters(model)
        averages.append(flat(averaged.module.weight))
    return {"decay": decay, "learningRate": ETA, "averages": averages}


def short_normal(rows, columns):
    """Normal numbers rounded to 1/1024: short to write, and exact in float32 as well."""
    return torch.round(torch.randn(rows, columns, dtype=torch.float64) * 1024) / 1024 + 0.0  # + 0.0: no −0


def flat(tensor):
    return tensor.detach().flatten().tolist()


main()
