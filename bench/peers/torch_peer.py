"""
PyTorch on the CPU, eager, or compiled by torch.compile with --compile. T1 to T5, T7, and T9 to T11.

As a user of PyTorch would write it, with two things that make it faster here: the optimizers' fused CPU kernels, and
an index tensor for each batch instead of a DataLoader, which would take longer than the training. The weights of
convolutions (T9, T10) are in the memory format channels_last, with which a step took a fifth less time here than in the
default format; both are computed by oneDNN, without which they would take longer.
"""

from measuring import (
    WARM_UP,
    arguments,
    convolutional,
    measure_prediction,
    mnist,
    peak_rss_mib,
    report,
    task,
    timed,
    warm_up,
)

import torch
from torch import nn

after_import = peak_rss_mib()


def main():
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    x, y, x_test, y_test = (torch.from_numpy(array) for array in mnist(task["examples"]))
    model = build().to(memory_format=torch.channels_last)
    step_through = torch.compile(model) if arguments.compile else model
    if arguments.task != "T7":
        # The same model is warmed up and trained, so that it is compiled only once; between the two it is reset.
        initial = {name: value.clone() for name, value in model.state_dict().items()}
        few = slice(WARM_UP) if "convolutional" in task else slice(None)
        warm_up(lambda: train(step_through, x[few], y[few], 1))
        model.load_state_dict(initial)
        torch.manual_seed(arguments.seed)
    measured = {"seconds": timed(lambda: train(step_through, x, y, task["epochs"]))}

    with torch.inference_mode():
        if arguments.task == "T5":
            measured = measure_prediction(lambda images: model(images).argmax(1), x_test)
        model.eval()
        logits = model(x_test)
    versions = {"torch": torch.__version__}
    report(logits.numpy(), y_test.numpy(), versions, afterImportMiB=after_import, **measured)


def build():
    layers = []
    for layer, channels in convolutional():
        match layer:
            case {"filters": filters, "window": window}:
                layers += [nn.Conv2d(channels, filters, window), nn.ReLU()]
            case {"pool": window}:
                layers.append(nn.MaxPool2d(window))
            case {"dropout": rate}:
                layers.append(nn.Dropout(rate))
    if layers:
        layers = [nn.Unflatten(1, (1, 28, 28)), *layers, nn.Flatten()]
    for inputs, outputs in zip(task["layers"], task["layers"][1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    if task.get("initializer") == "uniform":
        for parameter in model.parameters():
            nn.init.uniform_(parameter, -0.5, 0.5)
    return model


def train(model, x, y, epochs):
    optimizers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    optimizer = optimizers[task["optimizer"]](model.parameters(), lr=task["learningRate"], fused=True)
    criterion = nn.CrossEntropyLoss()
    batch = task["batchSize"]
    for _ in range(epochs):
        for xb, yb in [(x, y)] if batch >= len(x) else batches(x, y, batch):
            optimizer.zero_grad()
            criterion(model(xb), yb).backward()
            optimizer.step()


def batches(x, y, batch):
    for rows in torch.randperm(len(x)).split(batch):
        yield x[rows], y[rows]


main()
