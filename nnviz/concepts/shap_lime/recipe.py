"""One prediction explained by the definition of SHAP and by the lime package, written out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from nnviz.concepts.shap_lime.game import (
    RANKED_BACKGROUND,
    RANKED_ORDERS,
    RANKED_ROWS,
    SIDE,
    Reference,
    stand_ins,
    tiles,
)
from nnviz.concepts.shap_lime.model import INK
from nnviz.concepts.shap_lime.network import Floats, log_odds
from nnviz.concepts.shap_lime.shapley import every_coalition, orders, sampled_values, shapley_values, worth
from nnviz.concepts.shap_lime.subject import EPOCHS, HIDDEN, NOISE, PENALTY, ROWS, TYPICAL_ROWS
from nnviz.core.script import Cases
from nnviz.data import split_rows
from nnviz.models.plain import make_mlp, train_module
from nnviz.models.plain_digits import digit_data, digit_network, train_digits

SEED = 0


def table(
    data: str,
    row: int,
    feature: str,
    change: float,
    features: int,
    reference: Reference,
    background: int,
    output: str,
    network: str,
    twin: str,
    samples: int,
    width: float,
    bins: bool,
    **_others: object,
) -> dict[str, float]:
    """Explain one row of a table: its most important features play by themselves, all others as one."""
    x, y, test_x, test_y = read_table(data)
    hidden = HIDDEN if network == "mlp" else ()
    net = trained(x, y, hidden)
    number = min(row, len(test_x) - 1, ROWS - 1)
    label = int(net(torch.tensor(test_x[number])).argmax())
    ranked = ranking(answer_of(net, label, "probability"), x)
    if twin != "none":  # the chosen feature stands there twice, and the network is trained again
        original, draws = int(ranked[min(int(feature), len(ranked)) - 1]), np.random.default_rng(0)
        noise = [draws.normal(0.0, NOISE if twin == "near" else 0.0, len(part)) for part in (x, test_x)]
        x = np.column_stack([x, x[:, original] + noise[0]])
        test_x = np.column_stack([test_x, test_x[:, original] + noise[1]])
        ranked = np.insert(ranked, int(np.flatnonzero(ranked == original)[0]) + 1, len(ranked))
        net = trained(x, y, hidden)
    seats = features + (twin != "none")
    groups: list[tuple[int, ...]] = [(int(one),) for one in ranked[:seats]]
    if seats < len(ranked):
        groups.append(tuple(int(one) for one in ranked[seats:]))
    own = test_x[number].copy()
    own[ranked[min(int(feature), len(ranked)) - 1]] += change

    from lime.lime_tabular import LimeTabularExplainer

    answer = answer_of(net, label, output)
    explainer = LimeTabularExplainer(
        x,
        mode="regression",
        discretize_continuous=bins,
        sample_around_instance=not bins,
        kernel_width=width * np.sqrt(x.shape[1]),
        feature_selection="none",
        random_state=SEED,
    )
    line = explainer.explain_instance(own, answer, num_features=len(own), num_samples=samples)
    right = net(torch.tensor(test_x)).argmax(dim=1).numpy() == test_y
    return explained(answer, own, stand_ins(x, reference, background), groups, line, right)


def picture(
    row: int,
    feature: str,
    change: float,
    features: int,
    reference: Reference,
    background: int,
    output: str,
    samples: int,
    width: float,
    **_others: object,
) -> dict[str, float]:
    """Explain one digit, cut into tiles."""
    x, y, test_x, test_y = digit_data()
    net = digit_network("cnn", SEED)
    train_digits(net, lambda rows, _: nn.functional.cross_entropy(net(x[rows]), y[rows]), seed=SEED)
    right = (net(test_x).argmax(dim=1) == test_y).numpy()
    net.double()
    own = test_x[min(row, ROWS - 1)].double().numpy()
    label = int(net(torch.tensor(own[None])).argmax())
    groups, _ = tiles(features)
    moved = list(groups[min(int(feature), len(groups)) - 1])
    own[moved] = np.clip(own[moved] + INK * change, 0.0, 1.0)
    absent = stand_ins(x.double().numpy(), reference, background)

    from lime.lime_image import LimeImageExplainer

    answer, segments = answer_of(net, label, output), np.empty(len(own), dtype=np.int64)
    for number, pixels in enumerate(groups):
        segments[list(pixels)] = number
    grey, hidden = (np.repeat(each.reshape(SIDE, SIDE, 1), 3, axis=2) for each in (own, absent.mean(axis=0)))
    line = LimeImageExplainer(kernel_width=width / 3, random_state=SEED).explain_instance(
        grey,
        lambda pictures: answer(np.asarray(pictures)[..., 0].reshape(len(pictures), -1))[:, None],
        labels=(0,),
        hide_color=hidden,
        top_labels=None,
        num_samples=samples,
        batch_size=samples,
        segmentation_fn=lambda _: segments.reshape(SIDE, SIDE),
        random_seed=SEED,
    )
    return explained(answer, own, absent, list(groups), line, right)


def explained(
    answer: Callable[[Floats], Floats],
    row: Floats,
    background: Floats,
    groups: list[tuple[int, ...]],
    line: Any,
    right: Any,
) -> dict[str, float]:
    """Return the numbers of the page: the values come from the worth of every coalition."""
    worths = worth(answer, row, background, groups, every_coalition(len(groups)))
    return {
        "largest SHAP value": float(np.abs(shapley_values(worths)).max()),
        "prediction": float(worths[-1]),
        "LIME's R²": float(line.score),
        "test score": float(np.mean(right)),
    }


def read_table(data: str) -> tuple[Floats, Any, Floats, Any]:
    """Return training inputs and classes, and those of the test; inputs are standardised on the training part."""
    from sklearn import datasets
    from sklearn.preprocessing import StandardScaler

    if data.startswith("csv:"):
        raise ValueError("a table of your own is not kept in this script: read it here")
    bundle = getattr(datasets, f"load_{data}")()
    train, test = split_rows(bundle.target, 0.3, np.random.default_rng(0))
    scaler = StandardScaler().fit(bundle.data[train])
    inputs = scaler.transform(bundle.data)
    return inputs[train], bundle.target[train], inputs[test], bundle.target[test]


def trained(x: Floats, y: Any, hidden: tuple[int, ...]) -> nn.Sequential:
    """Return a network trained with Adam, and with an L2 penalty so that it is not sure of everything."""
    net = make_mlp((x.shape[1], *hidden, int(y.max()) + 1), "relu", seed=SEED, scheme="he_normal")
    weights = [each for each in net.parameters() if each.dim() == 2]
    biases = [each for each in net.parameters() if each.dim() == 1]
    penalty = PENALTY * min(1.0, TYPICAL_ROWS / len(x))
    optimizer = torch.optim.Adam(biases, lr=0.01)
    optimizer.add_param_group({"params": weights, "weight_decay": penalty})
    epochs = int(np.clip(EPOCHS * TYPICAL_ROWS / len(x), 6, EPOCHS))
    loss = nn.functional.cross_entropy
    train_module(net, torch.tensor(x), torch.tensor(y), loss, optimizer, seed=SEED, epochs=epochs, batch=32)
    return net


def answer_of(net: nn.Sequential, label: int, output: str) -> Callable[[Floats], Floats]:
    """Return the function that is explained: the probability, or the log-odds, of one class."""

    def answer(inputs: Floats) -> Floats:
        with torch.no_grad():
            logits = net(torch.tensor(inputs.reshape(-1, inputs.shape[-1]))).numpy()
        odds = log_odds(logits, label).reshape(inputs.shape[:-1])
        return odds if output == "log_odds" else 1 / (1 + np.exp(-odds))

    return answer


def ranking(answer: Callable[[Floats], Floats], x: Floats) -> Any:
    """Return the features, most important first, by a quick look at the mean |φ| over some rows and orders."""
    alone = tuple((feature,) for feature in range(x.shape[1]))
    arrivals = orders(x.shape[1])[:RANKED_ORDERS]
    values = sampled_values(answer, x[:RANKED_ROWS], x[-RANKED_BACKGROUND:], alone, arrivals)
    return np.argsort(-np.abs(values).mean(axis=0), kind="stable")


RECIPES = Cases("data", {"digits": picture}, table)
