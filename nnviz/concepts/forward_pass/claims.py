"""Sentences about the forward pass, put to the test against PyTorch itself, over random networks."""

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from nnviz.concepts.forward_pass.network import MOST_UNITS, multiplications
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report
from nnviz.core.seeds import generator, reset_module
from nnviz.models.flops import flops

ROWS = 32
SHAPES = 4  # networks for each seed
REPEATS = 60  # timings of which the quickest counts


def random_sizes(seed: int) -> list[int]:
    """Draw the sizes of a network: 1 to 5 hidden layers of 1 to 6 units."""
    draws = generator(seed, "sizes")
    depth = int(torch.randint(1, 6, (), generator=draws))
    hidden = torch.randint(1, MOST_UNITS + 1, (depth,), generator=draws).tolist()
    return [2, *hidden, int(torch.randint(2, 5, (), generator=draws))]


def module_of(sizes: Sequence[int], seed: int) -> nn.Sequential:
    """Return a float32 tanh network of these sizes with the seed's weights."""
    steps: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        steps += [nn.Linear(inputs, outputs), nn.Tanh()]
    module = nn.Sequential(*steps[:-1])
    reset_module(module, seed)
    return module


def networks(seeds: Sequence[int]) -> list[tuple[list[int], nn.Sequential, torch.Tensor]]:
    """Return four random networks for each seed, with a batch of 32 rows each."""
    made = []
    for seed in seeds:
        for index in range(SHAPES):
            number = SHAPES * seed + index
            sizes = random_sizes(number)
            rows = torch.randn(ROWS, 2, generator=generator(number, "rows"))
            made.append((sizes, module_of(sizes, number), rows))
    return made


def gaps(seeds: Sequence[int]) -> list[float]:
    """Return for each network the largest difference between the batch and its rows one by one."""
    found = []
    with torch.no_grad():
        for _, module, rows in networks(seeds):
            alone = torch.cat([module(row[None]) for row in rows])
            found.append(float((module(rows) - alone).abs().max()))
    return found


def row_by_row(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the networks whose batch equals its rows one by one, to the rounding of 32-bit numbers."""
    report(0.0, "rows one by one")
    same = [gap < 1e-5 for gap in gaps(seeds)]
    what = "a batch equal to its rows one by one, to 0.00001"
    return claims.in_every(sum(same), len(same), what=what, seeds=len(seeds))


def bit_by_bit(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the networks whose batch equals its rows one by one in every bit."""
    report(0.0, "rows one by one")
    same = [gap == 0 for gap in gaps(seeds)]
    return claims.in_every(sum(same), len(same), what="a batch equal to its rows in every bit", seeds=len(seeds))


def counted(module: nn.Module, rows: torch.Tensor) -> int:
    """Return the FLOPs that PyTorch counts."""
    with torch.no_grad():
        return flops(lambda: module(rows))


def product_of_widths(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the networks for which PyTorch's own counter gives 2 n Σ d·h."""
    made = networks(seeds)
    right = []
    for index, (sizes, module, rows) in enumerate(made):
        report(index / len(made), "counting")
        right.append(counted(module, rows) == 2 * multiplications(sizes, ROWS))
    what = "PyTorch's count of FLOPs equal to 2·n·Σ d·h"
    return claims.in_every(sum(right), len(right), what=what, seeds=len(seeds))


def seconds(module: nn.Module, rows: torch.Tensor) -> float:
    """Return the quickest of many forward passes."""
    best = np.inf
    for _ in range(REPEATS):
        begun = time.perf_counter()
        module(rows)
        best = min(best, time.perf_counter() - begun)
    return float(best)


def batch_costs_as_much(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how many times as long 32 rows take as one, in a 2-6-6-2 network on this machine."""
    one, many = [], []
    with torch.no_grad():
        for index, seed in enumerate(seeds):
            report(index / len(seeds), "timing")
            module = module_of([2, 6, 6, 2], seed)
            rows = torch.randn(ROWS, 2, generator=generator(seed, "rows"))
            one.append(seconds(module, rows[:1]))
            many.append(seconds(module, rows))
    ratio = statistics.paired_ratio_interval(many, one)
    return claims.at_least(ratio, 16, what="the time of 32 rows over that of one", unit="×")


CLAIMS = (
    Claim(
        "a-batch-is-row-by-row",
        "A batch is the same computation row by row: 32 rows at once give what they give one by one.",
        "Goodfellow, Bengio & Courville 2016, chapter 6",
        row_by_row,
    ),
    Claim(
        "to-the-last-bit",
        "It is the same to the last bit.",
        "widely assumed; PyTorch's notes on numerical accuracy say otherwise",
        bit_by_bit,
        doubtful=True,
    ),
    Claim(
        "cost-is-the-product-of-widths",
        "Multiplications grow with the product of neighbouring widths: PyTorch counts 2·n·Σ d·h operations.",
        "Goodfellow, Bengio & Courville 2016, chapter 6",
        product_of_widths,
    ),
    Claim(
        "a-batch-of-32-takes-32-times-as-long",
        "32 times the multiplications take about 32 times as long (at least 16 times).",
        "widely concluded from counting operations",
        batch_costs_as_much,
        doubtful=True,
    ),
)
