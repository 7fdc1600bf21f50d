"""Take the README's pictures from a running nnviz: `python -m docs.screenshots`."""

import tempfile
from pathlib import Path

from nnviz import catalogue
from tests.browser.machine import ROOT, chromium, serving
from tests.browser.tools import Browser

FOLDER = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1280, 720


def main() -> None:
    """Open home and every page that exists, wait until each is settled, and keep the picture."""
    FOLDER.mkdir(exist_ok=True)
    paths = {"home": "/"} | {page.slug: f"/{page.slug}" for page in catalogue.built()}
    with (
        serving(ROOT / "app.py") as server,
        tempfile.TemporaryDirectory() as profile,
        chromium(Path(profile)) as driver,
    ):
        browser = Browser(driver, server.address)
        for name, path in paths.items():
            browser.open(path)
            browser.emulate(width=WIDTH, height=HEIGHT)
            browser.settled()
            driver.save_screenshot(str(FOLDER / f"{name}.png"))
            print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
