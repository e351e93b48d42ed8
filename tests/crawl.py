"""The public side followed link by link, as a reader's browser and a screen reader would."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from django.test import Client


class Page(HTMLParser):
    """What a page points to and what can be pointed to in it."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
            self.references += given.get(name, "").split()
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form" and given.get("method", "get") == "get":
            self.links.append(given["action"])
        elif tag in ("link", "use") and "href" in given:
            self.assets.append(given["href"])
        elif "src" in given:
            self.assets.append(given["src"])


class Crawl:
    """Every page a citizen can reach from the first one; what is wrong is one line each."""

    def __init__(self, client: Client):
        self.client = client
        self.pages: dict[str, Page | None] = {}  # None: no page, but a file
        self.wrong: list[str] = []
        self.linked: dict[tuple[str, str], str] = {}  # (address, fragment): first page that points there
        self.assets: set[str] = set()
        waiting = ["/"]
        while waiting:
            path = waiting.pop()
            if path not in self.pages:
                waiting += self.look(path)
        self.check_fragments()

    def look(self, path: str) -> list[str]:
        """The addresses this page points to, to be looked at in turn."""
        response = self.client.get(path)
        if response.status_code != 200:
            self.wrong.append(f"{path}: {response.status_code}")
        if not response.headers["Content-Type"].startswith("text/html"):
            b"".join(response)  # a file is read to its end, and closed
            self.pages[path] = None
            return []
        page = self.pages[path] = Page(response.content.decode())
        self.check(path, page)
        self.assets |= {urlsplit(asset).path for asset in page.assets}
        targets = [urldefrag(urljoin(path, link)) for link in page.links if self.is_own(link)]
        for target in targets:
            self.linked.setdefault((target.url, unquote(target.fragment)), path)
        # Lists of results point to further lists without end: they are looked at from elsewhere only.
        return [url for url, _ in targets if not ("?" in path and "?" in url)]

    @staticmethod
    def is_own(link: str) -> bool:
        return not urlsplit(link).netloc and urlsplit(link).scheme not in ("mailto", "tel")

    def check(self, path: str, page: Page) -> None:
        if twice := {name for name in page.ids if page.ids.count(name) > 1}:
            self.wrong.append(f"{path}: ids twice: {sorted(twice)}")
        if dangling := set(page.references) - set(page.ids):
            self.wrong.append(f"{path}: names nothing: {sorted(dangling)}")
        if page.headings.count("h1") != 1:
            self.wrong.append(f"{path}: {page.headings.count('h1')} h1")

    def check_fragments(self) -> None:
        for (url, fragment), source in self.linked.items():
            page = self.pages.get(url)
            if fragment and page is not None and fragment not in page.ids:
                self.wrong.append(f"{source}: {url}#{fragment} is nowhere")
