"""One real server and one real Chromium for all journeys."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser.tools import Browser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start `streamlit run app.py` on a free port; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "app.py", *flags], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("the server did not come up within a minute")


@pytest.fixture(scope="session")
def browser(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start headless Chromium with its driver, both looked for on PATH."""
    found = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        message = f"MISSING ON PATH: {' and '.join(missing)}. Install Chromium and its driver (Debian: chromium, chromium-driver)."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    options = webdriver.ChromeOptions()
    options.binary_location = str(found["chromium"])
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1280,720"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    for flag in [*flags, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(found["chromedriver"])))
    try:
        yield Browser(driver, server)
    finally:
        driver.quit()
