"""What a person does to a page, in a few words."""

import time
from collections.abc import Callable
from typing import Any

from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

PATIENCE = 60.0  # seconds


class Browser:
    """A Chromium with nnviz in it."""

    def __init__(self, driver: WebDriver, server: str) -> None:
        self.driver = driver
        self.server = server

    def open(self, path: str, *, wait: bool = True) -> None:
        """Open a path of the server; the page's animation is stilled so that tests see settled pictures."""
        self.emulate(width=1280, height=720)
        self.driver.get(self.server + path)
        if wait:
            self.settled()

    def emulate(self, *, width: int, height: int, dark: bool = False, still: bool = True) -> None:
        """Set the window, the colour scheme, and whether the system asks for less motion."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"},
        ]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def settled(self) -> None:
        """Wait until the page is idle, and what Streamlit puts below the stage stands too."""
        scripted = "return document.querySelector('[data-testid=stApp]').dataset.testScriptState"
        self.until(lambda: self.status() == "idle" and self.js(scripted) == "notRunning", "the page to be idle")

    def status(self) -> str | None:
        """Return what the page says of itself: running, idle, error, or None before it stands."""
        return self.js("return document.querySelector('[data-status]')?.dataset.status ?? null")

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait until something is true; raises AssertionError naming what was waited for."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, (
                f"waited {PATIENCE:g} s for {what}; status {self.status()}; notes {self.notes()}"
            )
            time.sleep(0.03)

    def js(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript in the page."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        """Return the first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def control(self, name: str) -> WebElement:
        """Return the input of a control, made visible."""
        self.js("for (const fold of document.querySelectorAll('details')) fold.open = true")
        return self.find(f'[data-param="{name}"] input, [data-param="{name}"] select')

    def value(self, name: str) -> str:
        """Return what a range control shows as its exact value."""
        return str(self.js("return document.querySelector(`[data-param='${arguments[0]}'] .nv-number`).value", name))

    def drag(self, name: str, pixels: int, *, release: bool = True) -> None:
        """Take a slider at its middle and drag it."""
        self.control(name)
        slider = self.find(f'[data-param="{name}"] input[type=range]')
        chain = ActionChains(self.driver, duration=20).click_and_hold(slider)
        for _ in range(10):
            chain.move_by_offset(pixels // 10, 0)
        if release:
            chain.release()
        chain.perform()

    def release(self) -> None:
        """Let the pointer go."""
        ActionChains(self.driver).release().perform()

    def press(self, *keys: str) -> None:
        """Press keys on the page itself."""
        self.js("document.activeElement.blur()")
        ActionChains(self.driver).send_keys(*keys).perform()

    def drawn(self, chart: str) -> str:
        """Return a chart's drawing as text: what changes when the picture changes."""
        script = """
            const plot = document.querySelector(`[data-chart="${arguments[0]}"] .nv-plot`);
            const canvas = [...plot.querySelectorAll("canvas, image")].map((one) => one.toDataURL?.() ?? one.getAttribute("href"));
            return plot.innerHTML + canvas.join("");
        """
        return str(self.js(script, chart))

    def charts(self) -> list[str]:
        """Return the names of the page's charts."""
        return list(self.js("return [...document.querySelectorAll('[data-chart]')].map((one) => one.dataset.chart)"))

    def notes(self) -> str:
        """Return what the page says about settings it ignored and errors."""
        return str(self.js("return document.querySelector('.nv-notes')?.textContent ?? ''"))

    def complaints(self) -> list[str]:
        """Return the browser console's errors, but for the health checks that Streamlit itself tries under each path."""
        log = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in log if entry["level"] == "SEVERE" and "/_stcore/" not in entry["message"]]


SPACE, LEFT, RIGHT, HOME, END, ENTER = (
    Keys.SPACE,
    Keys.ARROW_LEFT,
    Keys.ARROW_RIGHT,
    Keys.HOME,
    Keys.END,
    Keys.ENTER,
)
