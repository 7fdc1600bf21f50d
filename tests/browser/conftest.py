"""One real server and one real Chromium for all journeys."""

import os
from collections.abc import Iterator

import pytest

from tests.browser.machine import ROOT, chromium, missing, serving
from tests.browser.tools import Browser


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start `streamlit run app.py` on a free port; yields its address."""
    with serving(ROOT / "app.py", "--server.fileWatcherType=none") as started:
        yield started.address


@pytest.fixture(scope="session")
def browser(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start headless Chromium with its driver, both looked for on PATH."""
    if absent := missing():
        message = f"MISSING ON PATH: {' and '.join(absent)}. Install Chromium and its driver (Debian: chromium, chromium-driver)."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield Browser(driver, server)
