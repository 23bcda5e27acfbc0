"""What a person sees: the run's page in the Prefect UI, in headless Chromium, shows the run's artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.running_server import FlowRun, Server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1400,2400")
PAGE_SECONDS = 90

absent = [str(path) for path in (CHROMIUM, DRIVER) if not path.exists()]
pytestmark = pytest.mark.skipif(bool(absent), reason=f"apt-get install chromium chromium-driver: there is no {', '.join(absent)}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start a Chromium with a profile of its own, and end it."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


def page_with(browser: Chrome, url: str, words: list[str]) -> str:
    """Open a page and return its text once it shows all the words, or when it has had time enough to."""
    from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    def text(driver: Chrome) -> str:
        return str(driver.find_element(By.TAG_NAME, "body").text)

    browser.get(url)
    try:
        waiting = WebDriverWait(browser, PAGE_SECONDS, ignored_exceptions=[StaleElementReferenceException])
        waiting.until(lambda driver: all(word in text(driver) for word in words))
    except TimeoutException:
        pass
    return text(browser)


def test_run_page_shows_the_run_and_its_artifacts(browser: Chrome, server: Server, released_run: FlowRun) -> None:
    keys = sorted(server.artifact_keys(released_run))
    assert keys
    shown = page_with(browser, f"{server.url}/v2/runs/flow-run/{released_run.id}?tab=Artifacts", [*keys, "Released"])
    assert "Released" in shown
    assert [key for key in keys if key not in shown] == []


def test_decision_opens_as_a_page(browser: Chrome, server: Server, released_run: FlowRun) -> None:
    (decision,) = [key for key in server.artifact_keys(released_run) if key.endswith("-decision")]
    shown = page_with(browser, f"{server.url}/v2/artifacts/key/{decision}", [decision])
    assert decision in shown


def test_run_form_asks_for_the_flow_parameters(browser: Chrome, server: Server) -> None:
    deployment = server.get("/deployments/name/anonymize/manual")["id"]
    shown = page_with(browser, f"{server.url}/v2/deployments/deployment/{deployment}/run", ["drop", "policy"])
    assert "drop" in shown
    assert "policy" in shown
