"""A formula as a learner types it, read into a computation graph: a small grammar, nothing is ever executed.

sum: term (± term)* · term: factor (× factor | ÷ factor)* · factor: − factor | power · power: atom (^ whole number)?
atom: number | a b c d y | function(sum) | (sum)
"""

import re
from dataclasses import dataclass

LEAVES = ("a", "b", "c", "d", "y")
FUNCTIONS = ("sigmoid", "tanh", "relu", "exp", "log", "sin", "cos", "sqrt")
LONGEST = 80  # characters
MOST = 24  # nodes
POWERS = (-3, 6)
TOKEN = re.compile(r"\s*(\d+\.?\d*|\.\d+|[A-Za-z]\w*|[-+*/^()])")


@dataclass(frozen=True)
class Node:
    """One number of the graph and how it comes about.

    Attributes:
        operation: "leaf", "number", "+", "*", "/", "^", "neg", "loss" or one of FUNCTIONS.
        inputs: places in the graph of the nodes that it is computed from, all of them earlier.
        name: of a leaf.
        number: of a number; of a power its exponent.
        signs: of a sum, +1 or −1 for each input.
    """

    operation: str
    inputs: tuple[int, ...] = ()
    name: str = ""
    number: float = 0.0
    signs: tuple[int, ...] = ()


class Reader:
    """Reads a formula from left to right and collects its nodes, leaves first, each after all that it needs."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.place = 0
        names = sorted({token for token in self.tokens if token in LEAVES})
        self.nodes = [Node("leaf", name=name) for name in names]

    def take(self, *wanted: str) -> str:
        """Return the next token if it is one of those wanted, else ""."""
        if self.place < len(self.tokens) and self.tokens[self.place] in wanted:
            self.place += 1
            return self.tokens[self.place - 1]
        return ""

    def add(self, node: Node) -> int:
        """Append a node and return its place."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def read_sum(self) -> int:
        """Read terms with their signs into one node."""
        signs, terms = [], []
        sign = self.take("-", "+")
        while True:
            signs.append(-1 if sign == "-" else 1)
            terms.append(self.read_term())
            sign = self.take("-", "+")
            if not sign:
                break
        if len(terms) > 1:
            return self.add(Node("+", tuple(terms), signs=tuple(signs)))
        return terms[0] if signs == [1] else self.add(Node("neg", (terms[0],)))

    def read_term(self) -> int:
        """Read a chain of products and quotients."""
        left = self.read_factor()
        while sign := self.take("*", "/"):
            left = self.add(Node(sign, (left, self.read_factor())))
        return left

    def read_factor(self) -> int:
        """Read a power, or its negative."""
        if self.take("-"):
            return self.add(Node("neg", (self.read_factor(),)))
        base = self.read_atom()
        if not self.take("^"):
            return base
        sign = -1 if self.take("-") else 1
        exponent = self.take(*[str(whole) for whole in range(10)])
        if not exponent or not POWERS[0] <= sign * int(exponent) <= POWERS[1]:
            raise ValueError(f"an exponent must be a whole number from {POWERS[0]} to {POWERS[1]}, got {self.rest()}")
        return self.add(Node("^", (base,), number=float(sign * int(exponent))))

    def read_atom(self) -> int:
        """Read a number, a leaf, a function or a parenthesis."""
        token = self.tokens[self.place] if self.place < len(self.tokens) else ""
        self.place += 1
        if token == "(":
            return self.closed(self.read_sum())
        if token in LEAVES:
            return next(place for place, node in enumerate(self.nodes) if node.name == token)
        if token in FUNCTIONS and self.take("("):
            return self.add(Node(token, (self.closed(self.read_sum()),)))
        if token[:1].isdigit() or token[:1] == ".":
            return self.add(Node("number", number=float(token)))
        self.place -= 1
        known = f"a number, {', '.join(LEAVES)}, or one of {', '.join(FUNCTIONS)} with its parenthesis"
        raise ValueError(f"expected {known}, got {self.rest()}")

    def closed(self, node: int) -> int:
        """Take the closing parenthesis."""
        if not self.take(")"):
            raise ValueError(f"a parenthesis is not closed before {self.rest()}")
        return node

    def rest(self) -> str:
        """Return the next token as it is told to the learner."""
        return repr(self.tokens[self.place]) if self.place < len(self.tokens) else "the end"


def tokens(text: str) -> list[str]:
    """Split a formula into numbers, names and signs."""
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"{text[place:].strip()[:1]!r} has no meaning here")
        found.append(match[1])
        place = match.end()
    return found


def parse(text: str) -> tuple[Node, ...]:
    """Return the computation graph of a formula; its last node is the result. A letter used twice is one leaf.

    Raises:
        ValueError: naming what is wrong, with what is accepted.
    """
    if len(text) > LONGEST:
        raise ValueError(f"a formula has at most {LONGEST} characters, this has {len(text)}")
    reader = Reader(text.replace("**", "^"))
    reader.read_sum()
    if reader.place < len(reader.tokens):
        raise ValueError(f"expected a sign such as + or * before {reader.rest()}")
    if len(reader.nodes) > MOST:
        raise ValueError(f"a formula has at most {MOST} nodes, this has {len(reader.nodes)}")
    if reader.nodes[0].operation != "leaf" or len(reader.nodes) == 1:
        raise ValueError(f"a formula needs a letter ({', '.join(LEAVES)}) and something done with it")
    return tuple(reader.nodes)
