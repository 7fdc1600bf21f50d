"""The code: the run on screen as a script, in a notebook, on the command line, and the heart of the model as it runs."""

import inspect
import json

import streamlit as st

from nnviz import catalogue
from nnviz.catalogue import Room
from nnviz.core import script
from nnviz.core.params import Params


def draw(slug: str, room: Room, params: Params) -> None:
    """Show the code of a page."""
    if room.lesson.recipe:
        parts = script.cells(room.lesson.recipe, params.model_dump(), f"nnviz · {catalogue.find(slug).title}")
        python, notebook = script.as_python(parts), script.as_notebook(parts)
        st.markdown("The run on screen in plain PyTorch: it prints the numbers of the first seed, and needs no nnviz.")
        left, right, _ = st.columns([1, 1, 2])
        left.download_button("Script (.py)", python, f"{slug}.py", "text/x-python", icon=":material/download:")
        right.download_button("Notebook (.ipynb)", notebook, f"{slug}.ipynb", icon=":material/download:")
        with st.expander(f"Read it ({python.count(chr(10))} lines)"):
            st.code(python)
    st.markdown("The heart of the model, as it runs:")
    for part in room.lesson.heart:
        st.code(inspect.getsource(part))
    changed = {name: getattr(params, name) for name in params.to_query()}
    arguments = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    module = f"nnviz.concepts.{catalogue.find(slug).room}"
    st.markdown("With nnviz installed, in a notebook and on the command line:")
    st.code(
        f"from {module} import Params, run, view\n\nresult = run(Params({arguments}))\nview(result).charts[0].to_figure()"
    )
    flags = " ".join(f"--{name} {json.dumps(text)}" for name, text in params.to_query().items())
    st.code(f"python -m nnviz run {slug} {flags} --out run.npz".replace("  ", " "), language="bash")
