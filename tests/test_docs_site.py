"""The site is built without a warning, and asks nobody for anything."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from support import ROOT

pytest.importorskip("zensical", reason="tox -e docs has it")

sys.path.insert(0, str(ROOT / "docs"))

from making import pages

_FETCHED = {"img": "src", "script": "src", "iframe": "src", "link": "href"}


class Fetched(HTMLParser):
    """What a browser fetches by itself when it shows a page, and the links on it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        """What a link may point to on this page."""

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if address := found.get(_FETCHED.get(tag, "")):
            self.addresses.append(address)
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if "id" in found:
            self.places.add(found["id"])


def read(page: Path) -> Fetched:
    reader = Fetched()
    reader.feed(page.read_text("utf-8"))
    return reader


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    pages.write(folder / "made")
    built = subprocess.run(
        [
            *(sys.executable, "-m", "zensical", "build", "--strict"),
            *("--config-file", str(folder / "made" / "mkdocs.yml")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "made" / "site"


def test_every_page_is_built(site):
    for page in pages.PAGES.rglob("*.md"):
        place = page.relative_to(pages.PAGES).with_suffix(".html")
        assert "</html>" in (site / place).read_text("utf-8")


def test_no_mark_is_left(site):
    for page in site.rglob("*.html"):
        assert "<!-- make:" not in page.read_text("utf-8"), page


def test_nothing_is_fetched_from_elsewhere_and_every_file_is_there(site):
    for page in site.rglob("*.html"):
        reader = read(page)
        for address in reader.addresses:
            assert not re.match(r"(?:[a-z]+:)?//", address), (page.name, address)
            if page.name != "404.html":  # shown by a server, at any address
                assert (page.parent / address.partition("?")[0]).is_file(), address
        assert not [each for each in reader.links if re.match(r"https?:", each)]


def test_every_link_leads_somewhere(site):
    read_pages = {page.resolve(): read(page) for page in site.rglob("*.html")}
    followed = 0
    for page, reader in read_pages.items():
        if page.name == "404.html":
            continue
        for link in reader.links:
            address, _, place = unquote(link).partition("#")
            target = (page.parent / address).resolve() if address else page
            target = target / "index.html" if target.is_dir() else target
            assert target in read_pages, (page.name, link)
            if place:
                assert place in read_pages[target].places, (page.name, link)
            followed += 1
    assert followed > 500


def test_every_page_is_within_reach_of_the_first(site):
    begin = site.resolve() / "index.html"

    reached = {(begin.parent / each).resolve() for each in read(begin).links}

    for page in pages.PAGES.rglob("*.md"):
        place = page.relative_to(pages.PAGES).with_suffix(".html")
        assert begin.parent / place in reached | {begin}


WORKER = "onmessage = (e) => { e.data.asked.push('by it'); postMessage(e.data); };"
PROBE = """<!doctype html><script src="iframe-worker.js"></script><script>
const mine = { asked: ["by me"] }, worker = new Worker("worker.js");
worker.onmessage = (e) => { document.title = [mine.asked, e.data.asked].join(" / "); };
worker.postMessage(mine);
</script>"""


@pytest.mark.skipif(not shutil.which("chromium"), reason="asks a real browser")
def test_the_search_of_opened_files_is_answered_as_by_a_worker(tmp_path):
    shutil.copy(pages.PAGES / "assets" / "iframe-worker.js", tmp_path)
    (tmp_path / "worker.js").write_text(WORKER, "utf-8")
    (tmp_path / "probe.html").write_text(PROBE, "utf-8")

    shown = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu"),
            *("--virtual-time-budget=5000", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--dump-dom", (tmp_path / "probe.html").as_uri()),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    # What one side does to a message, the other does not see in its own.
    assert "<title>by me / by me,by it</title>" in shown.stdout


def test_no_style_fetches_anything_from_elsewhere(site):
    for style in site.rglob("*.css"):
        assert not re.search(
            r"(?:url\(|@import )[\"']?(?:https?:)?//", style.read_text("utf-8")
        )


def test_the_search_knows_every_page(site):
    index = (site / "search.json").read_text("utf-8")

    for page in pages.PAGES.rglob("*.md"):
        assert page.relative_to(pages.PAGES).with_suffix(".html").as_posix() in index
