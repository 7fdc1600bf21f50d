"""axe-core looks at every page, in both themes: no serious violation in what is ours."""

from pathlib import Path

import axe_core_python
import pytest

from nnviz import catalogue
from tests.browser.tools import Browser

pytestmark = pytest.mark.browser
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PATHS = ["/", "/ledger", "/glossary", "/lesson-plan", *(f"/{page.slug}" for page in catalogue.built())]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
LOOK = """
    const [source, rules] = arguments, done = arguments[arguments.length - 1];
    if (!window.axe) (0, eval)(source);
    axe.run({ exclude: ["[data-testid=stHeader]", "[data-testid=stSidebar]"] }, rules).then((found) => done(found.violations));
"""
STILL = """
    const moving = document.getAnimations().some((one) => one.playState === "running");
    return !moving && document.querySelector("h1") !== null && document.querySelector("[data-stale=true]") === null;
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_no_serious_violation(browser: Browser, path: str, dark: bool) -> None:
    staged = path not in ("/ledger", "/glossary", "/lesson-plan")
    browser.open(f"{path}?tab=Claims" if staged else path, wait=False)
    browser.emulate(width=1280, height=720, dark=dark)
    if staged:
        browser.settled()
    browser.until(lambda: browser.js(STILL), "the page to stand still")
    found = browser.driver.execute_async_script(LOOK, AXE, RULES)
    serious = [
        (one["id"], one["help"], [node["target"] for node in one["nodes"]][:5])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious, serious
