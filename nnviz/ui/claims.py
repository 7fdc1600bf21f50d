"""Claims as they are shown: on a page's tab and in the ledger, each with its verdict and a way to run it again."""

import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from nnviz.core import claims
from nnviz.core.claims import Claim, Stored, Verdict
from nnviz.core.notation import significant


def draw(slug: str, all_claims: Sequence[Claim]) -> None:
    """Show a page's claims."""
    if not all_claims:
        st.markdown("This page makes no claims of its own; the ledger has those of the others.")
    stored = claims.stored(slug)
    for claim in all_claims:
        entry(slug, claim, stored)
    if stored:
        versions = ", ".join(f"{name} {version}" for name, version in stored.versions.items())
        st.caption(f"Verdicts computed on {stored.date} with {versions}; those run here replace them for this visit.")


def current(slug: str, claim: Claim, stored: Stored | None) -> tuple[Verdict | None, float]:
    """Return the verdict run in this visit, or the stored one, and the seconds that it took."""
    fresh: dict[str, tuple[Verdict, float]] = st.session_state.get(f"verdicts-{slug}", {})
    if claim.name in fresh:
        return fresh[claim.name]
    return (stored.verdicts.get(claim.name), stored.seconds.get(claim.name, 0.0)) if stored else (None, 0.0)


def entry(slug: str, claim: Claim, stored: Stored | None) -> None:
    """Show one claim: its text, its source, its verdict, and the button that runs it again."""
    verdict, took = current(slug, claim, stored)
    doubtful = " *(widely repeated, doubtful)*" if claim.doubtful else ""
    st.markdown(f"**{claim.text}**{doubtful} — {claim.source}")
    left, right = st.columns([5, 1], vertical_alignment="center")
    if verdict:
        left.markdown(describe(verdict) + (f" *Took {took:.0f} s.*" if took >= 1 else ""))
    if right.button("Run it", key=f"claim-{slug}-{claim.name}", help=f"Test it now, over {claim.seeds} seeds"):
        begun = time.monotonic()
        tested = _test(claim)
        st.session_state.setdefault(f"verdicts-{slug}", {})[claim.name] = tested, time.monotonic() - begun
        st.rerun()


def describe(verdict: Verdict) -> str:
    """Say a verdict with its numbers."""
    interval = f"{significant(verdict.effect)} {verdict.unit} (95 % interval {significant(verdict.low)} to {significant(verdict.high)}, {verdict.seeds} seeds)"
    return f"{verdict.sign} **{verdict.word}** · {interval}. {verdict.reason}"


def _test(claim: Claim) -> Verdict:
    bar = st.progress(0.0, text="Testing over seeds …")

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001
        bar.progress(min(fraction, 1.0), text=what or "Testing over seeds …")

    return claim.test(range(claim.seeds), report)
