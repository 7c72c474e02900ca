"""T6: from the shell to a trained model, as a user of PyTorch would write it. The whole process is timed."""

from measuring import arguments, mnist, report, task, timed

import torch
from torch import nn


def main():
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    x, y, x_test, y_test = (torch.from_numpy(array) for array in mnist(task["examples"]))
    inputs, hidden, outputs = task["layers"]
    model = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))
    seconds = timed(lambda: train(model, x, y))
    with torch.inference_mode():
        logits = model(x_test)
    report(logits.numpy(), y_test.numpy(), {"torch": torch.__version__}, seconds=seconds)


def train(model, x, y):
    batch, epochs, peak = task["batchSize"], task["epochs"], task["learningRate"]
    optimizer = torch.optim.Adam(model.parameters(), lr=peak, betas=(0.9, task["beta2"]), fused=True)
    steps = epochs * -(-len(x) // batch)
    # In straight lines from a 25th of the peak up to the peak, and down to a 10,000th of it, as in Inkling.
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, steps, anneal_strategy="linear", cycle_momentum=False, div_factor=25, final_div_factor=400
    )
    criterion = nn.CrossEntropyLoss()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            optimizer.zero_grad()
            criterion(model(x[rows]), y[rows]).backward()
            optimizer.step()
            schedule.step()


main()
