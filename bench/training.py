"""Training throughput in network-epochs per second: the ensemble against a usual PyTorch loop and scikit-learn.

Run with `python -m bench.training`. Everything is timed in one run on one machine, PyTorch and BLAS on one thread as in
the server; each number is the best of several rounds, the rivals of one row taking turns.
"""

import time
import warnings
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits
from torch import nn

from nnviz import catalogue
from nnviz.core.ensemble import MLP, train, train_modules, warm
from nnviz.core.seeds import reset_module

SIZES = ((2, 4, 2, 1), (2, 8, 8, 8, 1))
COUNTS = (1, 8, 64, 256)
POINTS, BATCH, RATE, EPOCHS = 250, 10, 0.03, 200
ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """Time one call, s."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def best(works: dict[str, tuple[Callable[[], object], float]], rounds: int = ROUNDS) -> dict[str, float]:
    """Time rivals in turns; each is a call and how many network-epochs it trains. Returns network-epochs per second."""
    found = dict.fromkeys(works, 0.0)
    for _ in range(rounds):
        for name, (work, amount) in works.items():
            found[name] = max(found[name], amount / seconds(work))
    return found


def two_classes() -> tuple[np.ndarray, np.ndarray]:
    """Return 250 points in a square, (250, 2) float64, labelled by whether they lie in a circle, (250,)."""
    points = np.random.default_rng(0).uniform(-1, 1, (POINTS, 2))
    return points, (np.hypot(*points.T) < 0.7).astype(float)


def usual_loop(
    module: nn.Module, loss: nn.Module, optimizer: torch.optim.Optimizer, data: tuple, batch: int, epochs: int
) -> None:
    """Train one module as tutorials do."""
    x, y = data
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            optimizer.zero_grad()
            loss(module(x[rows]), y[rows]).backward()
            optimizer.step()


def torch_mlp(sizes: tuple[int, ...], epochs: int) -> None:
    """Train sizes with tanh in a usual PyTorch loop, float32."""
    points, labels = two_classes()
    data = torch.tensor(points, dtype=torch.float32), torch.tensor(labels, dtype=torch.float32)[:, None]
    steps: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        steps += [nn.Linear(inputs, outputs), nn.Tanh()]
    module = nn.Sequential(*steps[:-1])
    usual_loop(module, nn.BCEWithLogitsLoss(), torch.optim.SGD(module.parameters(), lr=RATE), data, BATCH, epochs)


def sklearn_mlp(sizes: tuple[int, ...], epochs: int) -> None:
    """Train the same with scikit-learn's MLPClassifier."""
    options = {"solver": "sgd", "momentum": 0.0, "alpha": 0.0, "tol": 0.0, "n_iter_no_change": epochs}
    model = MLPClassifier(
        sizes[1:-1], activation="tanh", batch_size=BATCH, learning_rate_init=RATE, max_iter=epochs, **options
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(*two_classes())


def compare_mlps(sizes: tuple[int, ...]) -> None:
    """Print one block of the table: rivals at K = 1, then the ensemble at every K."""
    points, labels = two_classes()
    works: dict[str, tuple[Callable[[], object], float]] = {
        "PyTorch loop": (lambda: torch_mlp(sizes, 3), 3),
        "scikit-learn": (lambda: sklearn_mlp(sizes, 10), 10),
    }
    for count in COUNTS:

        def work(count: int = count) -> object:
            return train(MLP(sizes), points, labels, seeds=range(count), epochs=EPOCHS, batch=BATCH, rate=RATE)

        works[f"ensemble, K = {count}"] = (work, count * EPOCHS)
    speeds = best(works)
    report("-".join(map(str, sizes)), speeds)
    where_the_time_goes(sizes, speeds["ensemble, K = 1"])


def flops(sizes: tuple[int, ...]) -> float:
    """Return the floating-point operations of one network-epoch, activation functions left out.

    Two a weight and example forward, two for the weights' gradient, two to pass the gradient on (not below the first layer).
    """
    weights = [inputs * outputs for inputs, outputs in pairwise(sizes)]
    return float(POINTS * (6 * sum(weights) - 2 * weights[0]))


def peak() -> float:
    """Return what one core does at best, float64 operations a second: a large matrix product."""
    matrix = np.random.default_rng(0).normal(size=(1000, 1000))
    with threadpool_limits(1):
        return float(max(2e9 / seconds(lambda: matrix @ matrix) for _ in range(5)))


def where_the_time_goes(sizes: tuple[int, ...], speed: float) -> None:
    """Leave out one part of the work at a time, K = 1, and say what that saves; then how far it is from the peak."""
    points, labels = two_classes()

    def work(activation: str, batch: int) -> Callable[[], object]:
        return lambda: train(MLP(sizes, activation), points, labels, epochs=200, batch=batch, rate=RATE)

    found = best(
        {
            "tanh": (work("tanh", BATCH), 200),
            "linear": (work("linear", BATCH), 200),
            "whole": (work("tanh", POINTS), 200),
        },
        7,
    )
    done, best_rate = speed * flops(sizes), peak()
    print(f"{'without tanh':20}{1 - found['tanh'] / found['linear']:18.0%} of the time saved")
    print(
        f"{'one step an epoch':20}{1 - found['tanh'] / found['whole']:18.0%} of the time saved (instead of {POINTS // BATCH})"
    )
    print(
        f"{'arithmetic':20}{done / 1e9:14.2f} of {best_rate / 1e9:.0f} GFLOP/s ({done / best_rate:.1%} of one core's peak, tanh not counted)"
    )


def make_cnn() -> nn.Module:
    """Return a small CNN for 8 × 8 digits, 1,898 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def torch_cnn(images: np.ndarray, labels: np.ndarray, epochs: int) -> None:
    """Train the CNN in a usual PyTorch loop."""
    module = reset_module(make_cnn(), 0)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    usual_loop(module, nn.CrossEntropyLoss(), optimizer, (torch.tensor(images), torch.tensor(labels)), 32, epochs)


def compare_cnns() -> None:
    """Print the block of the CNN on digits."""
    digits = load_digits()
    images, labels = (digits.images / 16).astype(np.float32)[:1344, None], digits.target[:1344]
    works: dict[str, tuple[Callable[[], object], float]] = {"PyTorch loop": (lambda: torch_cnn(images, labels, 2), 2)}
    for count in (1, 8, 32):

        def work(count: int = count) -> object:
            return train_modules(
                make_cnn, images, labels, seeds=range(count), epochs=2, batch=32, rate=1e-3, optimizer="adam"
            )

        works[f"ensemble, K = {count}"] = (work, 2 * count)
    report("CNN on digits, 1,344 images, batch 32", best(works))


def report(title: str, speeds: dict[str, float]) -> None:
    """Print one block: network-epochs per second and the ratio to the PyTorch loop."""
    print(f"\n{title}\n{'':20}{'network-epochs/s':>18}{'× PyTorch loop':>18}")
    for name, speed in speeds.items():
        print(f"{name:20}{speed:18,.0f}{speed / speeds['PyTorch loop']:18.1f}")


def preview() -> None:
    """Print what a learner waits for while dragging: 200 epochs of 2-8-8-8-1, one seed, with losses at 40 snapshots."""
    points, labels = two_classes()
    snapshots = np.unique(np.geomspace(1, 200, 40).astype(int))

    def work() -> None:
        trained = train(MLP((2, 8, 8, 8, 1)), points, labels, epochs=200, batch=BATCH, rate=RATE, snapshots=snapshots)
        assert np.isfinite(trained.train_loss).all()

    print(
        f"\nlive preview, 200 epochs of 2-8-8-8-1 through the door: {min(seconds(work) for _ in range(7)) * 1e3:.1f} ms"
    )
    grid = np.random.default_rng(1).uniform(-1, 1, (3600, 2))
    trained = train(
        MLP((2, 8, 8, 1)), points, labels, seeds=range(8), epochs=60, batch=BATCH, snapshots=np.arange(1, 61)
    )
    took = min(seconds(lambda: trained.outputs(grid)) for _ in range(5))
    print(f"outputs of 60 snapshots × 8 seeds of 2-8-8-1 on a 60 × 60 grid: {took * 1e3:.1f} ms")


def playground() -> None:
    """Print what the playground's largest usual network costs through its page: 6 × 16 units, 500 trained points, 200 epochs."""
    room = catalogue.load("playground")
    large = {"layers": 6, "examples": 1000, "epochs": 200} | {f"units{layer}": 16 for layer in range(1, 7)}
    took = {}
    for seeds in (1, 8):  # another seed each time: the page remembers what it has trained
        settings = [room.Params(**large, seeds=seeds, seed=10 * seeds + turn) for turn in range(4)]
        took[seeds] = min(seconds(lambda params=params: room.run(params)) for params in settings)
    print(
        f"playground, 6 × 16 units on 500 points: {took[1]:.2f} s; 8 seeds {took[8]:.2f} s = {took[8] / took[1]:.1f} ×"
    )


def main() -> None:
    """Print all tables."""
    torch.set_num_threads(1)
    print(f"warm-up (compiling, or reading the cache): {seconds(warm):.1f} s")
    for sizes in SIZES:
        compare_mlps(sizes)
    compare_cnns()
    preview()
    playground()


if __name__ == "__main__":
    main()
