"""Our own components: a few lines inside Streamlit that load an ES module from the static route.

Only these lines travel with every message; the module and its styles are fetched once, under a path that names their version.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

ASSETS = Path(__file__).parents[2] / "assets"
PLOTLY = f"/plotly/{plotly.__version__}/plotly.min.js"


@cache
def component(name: str) -> Any:
    """Return the Streamlit component whose module is assets/web/NAME.js; it exports `render(component) → close`."""
    html = f"""
        <link rel="stylesheet" href="{folder()}/nnviz.css">
        <div class="nv-mount" data-plotly="{PLOTLY}"></div>
    """
    js = f"""
        const code = import(location.origin + "{folder()}/{name}.js");
        export default (component) => {{
            let close = () => {{}};
            code.then((module) => {{ close = module.render(component); }});
            return () => close();
        }};
    """
    return st.components.v2.component(f"nnviz_{name}", html=html, js=js, isolate_styles=False)


@cache
def preloads() -> str:
    """Return a Link header, so that a browser fetches what our components need while Streamlit's own page starts."""
    modules = [f"<{folder()}/{file.name}>; rel=modulepreload" for file in sorted(ASSETS.glob("web/*.js"))]
    styles = f"<{folder()}/nnviz.css>; rel=preload; as=style"
    return ", ".join([f"<{PLOTLY}>; rel=preload; as=script", styles, *modules])


@cache
def folder() -> str:
    """Return the path that our modules and styles are served under; it names their version."""
    files = b"".join(file.read_bytes() for file in sorted(ASSETS.glob("web/*")))
    return f"/assets/{hashlib.blake2b(files, digest_size=6).hexdigest()}/web"
