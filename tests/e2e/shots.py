"""Pictures of the pages at 1366×768 and on a phone, and the list of requests that left the host (must be empty).

python tests/e2e/shots.py http://127.0.0.1:8000 USER PASSWORD OUT_FOLDER [page …]
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

SIZES: dict[str, ViewportSize] = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}
PAGES = {
    "workbench": "/",
    "plots": "/plots/",
    "enterprises": "/enterprises/",
    "occupancies": "/occupancies/",
    "parcels": "/parcels/",
    "zones": "/zones/",
    "map": "/map/",
    "plain": "/map/?plain=1",
    "search": "/search/?q=电机",
    "buildings": "/buildings/",
    "divisions": "/divisions/",
    "figures": "/figures/",
    "imports": "/survey/",
    "upload": "/survey/upload/",
    "survey-issues": "/survey/issues/",
    "jobs": "/jobs/",
    "audit": "/audit/",
    "policy": "/policies/",
    "users": "/users/",
    "roles": "/roles/",
    "departments": "/departments/",
    "profile": "/me/",
    "plot-new": "/plots/new/",
    "missing": "/nothing-here/",
}
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main() -> int:
    base, user, password, folder, *names = sys.argv[1:]
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        trouble = [line for size in SIZES for line in walk(browser, base, user, password, out, size, names)]
        browser.close()
    sys.stdout.write("\n".join(trouble) + f"\n{len(trouble)} 处异常\n")
    return int(bool(trouble))


def walk(browser: Browser, base: str, user: str, password: str, out: Path, size: str, names: list[str]) -> list[str]:
    """Take every picture of one size; returns what went wrong: console errors and requests off the host."""
    page = browser.new_page(viewport=SIZES[size], locale="en-US", device_scale_factor=1)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.extend([f"{size} {page.url} {message.text}"] * heard(message)))
    page.on("pageerror", lambda error: trouble.extend([f"{size} {page.url} {error}"]))
    page.on("request", lambda request: trouble.extend([f"{size} 站外请求 {request.url}"] * foreign(base, request.url)))
    page.goto(base + "/login/")
    page.screenshot(path=out / f"{size}-login.png")
    page.fill('input[name="username"]', user)
    page.fill('input[name="password"]', password)
    page.press('input[name="password"]', "Enter")
    page.wait_for_load_state("networkidle")
    for name, path in {**PAGES, **records(page, base)}.items():
        if names and name not in names:
            continue
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        if name == "map":
            page.wait_for_timeout(2500)
        page.screenshot(path=out / f"{size}-{name}.png", full_page=name not in ("map", "plain"))
    page.close()
    return trouble


def records(page: Page, base: str) -> dict[str, str]:
    """Addresses of one plot, one enterprise and their forms, found by walking the lists."""
    found: dict[str, str] = {}
    for kind in ("plots", "enterprises"):
        page.goto(f"{base}/{kind}/?sort=-{'surveyed_cm2' if kind == 'plots' else 'registered_on'}")
        links = page.locator("tbody tr[data-href]")
        if links.count():
            url = links.nth(0).get_attribute("data-href") or ""
            found[kind[:-1]] = url
            found[f"{kind[:-1]}-edit"] = url + "edit/"
            found[f"{kind[:-1]}-history"] = url + "?tab=history"
            if kind == "plots":
                found["split"] = url + "split/"
                second = links.nth(1).get_attribute("data-href") or url
                found["merge"] = "/plots/merge/?" + "&".join(f"pick={part.split('/')[2]}" for part in (url, second))
    return found


def heard(message: ConsoleMessage) -> bool:
    """An error of the page's own; a page that answers 403 or 404 is looked at on purpose."""
    return message.type == "error" and "status of 40" not in message.text


def foreign(base: str, url: str) -> bool:
    return url.startswith("http") and urlsplit(url).netloc != urlsplit(base).netloc


if __name__ == "__main__":
    raise SystemExit(main())
