"""The 2-2-1 network as a graph of single numbers: squared error of v₁φ(z₁) + v₂φ(z₂) + c against y."""

from nnviz.concepts.backprop.expression import Node

NAMES = ("x1", "x2", "w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c", "y")


def two_two_one(activation: str) -> tuple[Node, ...]:
    """Return the graph of L = (v₁φ(w₁₁x₁ + w₁₂x₂ + b₁) + v₂φ(w₂₁x₁ + w₂₂x₂ + b₂) + c − y)²; w₁₂ leads from x₂ to unit 1."""
    nodes = [Node("leaf", name=name) for name in NAMES]
    place = {name: index for index, name in enumerate(NAMES)}

    def add(operation: str, *inputs: int) -> int:
        nodes.append(Node(operation, inputs, signs=(1,) * len(inputs) if operation == "+" else ()))
        return len(nodes) - 1

    terms = []
    for unit in "12":
        products = [add("*", place[f"w{unit}{source}"], place[f"x{source}"]) for source in "12"]
        hidden = add(activation, add("+", *products, place[f"b{unit}"]))
        terms.append(add("*", place[f"v{unit}"], hidden))
    output = add("+", *terms, place["c"])
    add("loss", output, place["y"])
    return tuple(nodes)
