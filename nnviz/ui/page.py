"""The frame of every page: title, stage, and below it Predict, Claims, The code, References, Next."""

import inspect
import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from nnviz import catalogue
from nnviz.catalogue import Page, Room
from nnviz.core import claims
from nnviz.core.claims import Claim, Verdict
from nnviz.core.lesson import Prediction, Reference
from nnviz.core.params import Params
from nnviz.ui import stage
from nnviz.ui.jobs import STAGES

STYLE = """<style>
    .block-container { padding-top: 3.6rem; padding-bottom: 2rem; max-width: 1500px; }
    .block-container h1 { padding: 0 0 0.1rem; font-size: 1.9rem; }
    @media (max-width: 640px) { .block-container { padding-inline: 0.9rem; } }
</style>"""
CLAIM_SEEDS = 16


def show(slug: str, extras: Callable[[Any], None] | None = None) -> None:
    """Show the page of that slug, with the settings that stand in the address bar.

    Args:
        slug: the page.
        extras: draws what only this page has, between its stage and its tabs; takes the page's settings.
    """
    page, room = catalogue.find(slug), catalogue.load(slug)
    params, notes = stage.settings_from_url(room.Params)
    st.html(STYLE)
    _head(page, room)
    stage.mount(slug, room, params, notes)
    if extras:
        extras(params)
    _lesson(slug, room, params)
    _next(slug)


def _head(page: Page, room: Room) -> None:
    number, chapter = catalogue.chapter_of(page.slug)
    questions = ", ".join(f"Q{question}" for question in page.questions)
    st.caption(f"Chapter {number} · {chapter.title}{' · ' if questions else ''}{questions}")
    st.title(page.title, anchor=False)
    st.markdown(room.lesson.intro)


def _lesson(slug: str, room: Room, params: Params) -> None:
    """Draw the tabs; only the open one runs, so that the stage does not wait for what nobody reads yet."""
    drawn: dict[str, Callable[[], None]] = {
        "Predict": lambda: _predictions(slug, room, params),
        "Claims": lambda: _claims(slug, room.lesson.claims),
        "The code": lambda: _code(slug, room, params),
        "References": lambda: _list([_reference(reference) for reference in room.lesson.references]),
    }
    if stage.teaching():
        drawn = {"Presenter's notes": lambda: _list(room.lesson.notes)} | drawn
    key = f"tab-{slug}"
    asked = st.query_params.get("tab")
    if asked in drawn:
        st.session_state[key] = asked
    tabs = st.tabs(list(drawn), key=key, on_change=lambda: stage.write_own("tab", st.session_state[key]))
    for tab, draw in zip(tabs, drawn.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _list(lines: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {line}" for line in lines))


def _predictions(slug: str, room: Room, params: Params) -> None:
    for index, prediction in enumerate(room.lesson.predictions):
        _predict(slug, room, params, index, prediction)


def _predict(slug: str, room: Room, params: Params, index: int, prediction: Prediction) -> None:
    """Ask first; grade from a run of the very settings that the question speaks of."""
    asked = prediction.setting(params)
    key = f"predict-{slug}-{index}-{hash(asked)}"
    st.markdown(f"**{prediction.question}**")
    choice = st.radio(prediction.question, prediction.choices, index=None, key=key, label_visibility="collapsed")
    if choice is None:
        return
    with st.spinner("Computing the answer from the run …"):
        answer = prediction.answer(STAGES["full"].result(slug, room, asked))
    right = prediction.choices[answer.choice]
    if choice == right:
        st.success(f"Right. {answer.because}", icon=":material/check:")
    else:
        st.error(f"Not here: it is “{right}”. {answer.because}", icon=":material/close:")
    if asked != params:
        st.button("Show this run above", key=f"{key}-show", on_click=stage.write_url, args=(asked,))


def _claims(slug: str, all_claims: Sequence[Claim]) -> None:
    stored = claims.stored(slug)
    fresh: dict[str, Verdict] = st.session_state.setdefault(f"verdicts-{slug}", {})
    for claim in all_claims:
        verdict = fresh.get(claim.name) or (stored.verdicts.get(claim.name) if stored else None)
        doubtful = " *(widely repeated, doubtful)*" if claim.doubtful else ""
        st.markdown(f"**{claim.text}**{doubtful} — {claim.source}")
        left, right = st.columns([5, 1], vertical_alignment="center")
        if verdict:
            left.markdown(_verdict(verdict))
        if right.button(
            "Run it", key=f"claim-{slug}-{claim.name}", help=f"Test this claim now, over {CLAIM_SEEDS} seeds"
        ):
            fresh[claim.name] = _test(claim)
            st.rerun()
    if stored:
        versions = ", ".join(f"{name} {version}" for name, version in stored.versions.items())
        st.caption(f"Verdicts computed on {stored.date} with {versions}; those run here replace them for this visit.")


def _verdict(verdict: Verdict) -> str:
    interval = f"{verdict.effect:.3g} {verdict.unit} (95 % interval {verdict.low:.3g} to {verdict.high:.3g}, {verdict.seeds} seeds)"
    return f"{verdict.sign} **{verdict.word}** · {interval}. {verdict.reason}"


def _test(claim: Claim) -> Verdict:
    bar = st.progress(0.0, text="Testing over seeds …")

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001
        bar.progress(min(fraction, 1.0), text=what or "Testing over seeds …")

    return claim.test(range(CLAIM_SEEDS), report)


def _code(slug: str, room: Room, params: Params) -> None:
    changed = {name: getattr(params, name) for name in params.to_query()}
    arguments = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    module = f"nnviz.concepts.{catalogue.find(slug).room}"
    st.markdown("The run on screen, in a notebook:")
    st.code(
        f"from {module} import Params, run, view\n\nresult = run(Params({arguments}))\nview(result).charts[0].to_figure()"
    )
    flags = " ".join(f"--{name} {json.dumps(text)}" for name, text in params.to_query().items())
    st.code(f"python -m nnviz run {slug} {flags} --out run.npz".replace("  ", " "), language="bash")
    st.markdown("The heart of the model, as it runs:")
    for part in room.lesson.heart:
        st.code(inspect.getsource(part))


def _reference(reference: Reference) -> str:
    return f"[{reference.text}]({reference.url}), {reference.year}"


def _next(slug: str) -> None:
    built = catalogue.built()
    position = [page.slug for page in built].index(slug)
    st.divider()
    columns = st.columns(3)
    if position > 0:
        _link(columns[0], built[position - 1], ":material/arrow_back:")
    columns[1].page_link("home.py", label="All fifty questions", icon=":material/hub:")
    if position + 1 < len(built):
        _link(columns[2], built[position + 1], ":material/arrow_forward:")


def _link(column: Any, page: Page, icon: str) -> None:
    column.page_link(f"{page.room}.py", label=page.title, icon=icon)
