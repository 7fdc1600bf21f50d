"""A real server and a real Chromium, started for tests and benchmarks alike and always ended."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.webdriver import WebDriver

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds a server may take to come up
CHROMIUM = ("chromium", "chromedriver")
FLAGS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--window-size=1280,720",
]


@dataclass(frozen=True)
class Server:
    """A server that answers at `address`; `process` is its process."""

    address: str
    process: "subprocess.Popen[bytes]"


def missing() -> list[str]:
    """Return which of Chromium and its driver are not on PATH."""
    return [name for name in CHROMIUM if shutil.which(name) is None]


@contextmanager
def serving(
    script: Path, *options: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None, wait: bool = True
) -> Iterator[Server]:
    """Start `streamlit run SCRIPT` in a folder, whose configuration counts, on a free port; end it at last.

    Raises:
        RuntimeError: if `wait` and the server does not answer within a minute, or ends.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1", *options]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *flags]
    process = subprocess.Popen(command, cwd=folder, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        if wait:
            wait_for(server)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def wait_for(server: Server, pause: float = 0.25) -> None:
    """Wait until a server is healthy; raises RuntimeError if it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(pause)
    raise RuntimeError(f"the server did not come up within {PATIENCE:g} s (exit code {server.process.poll()})")


@contextmanager
def chromium(profile: Path) -> Iterator[WebDriver]:
    """Start headless Chromium with its driver, both looked for on PATH, and its profile in a folder; end it at last."""
    browser, driver_path = (shutil.which(name) for name in CHROMIUM)
    options = webdriver.ChromeOptions()
    options.binary_location = str(browser)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_path))
    try:
        yield driver
    finally:
        driver.quit()
