from tenglong.web.templatetags.web import _is_here, _one_here


def marked(path: str, urls: list[str]) -> list[str]:
    links = [{"url": url, "here": _is_here(path, url)} for url in urls]
    _one_here(links)
    return [link["url"] for link in links if link["here"]]


def test_a_page_below_two_entries_belongs_to_the_longer_one() -> None:
    urls = ["/evaluation/", "/evaluation/compare/", "/evaluation/whatif/"]
    assert marked("/evaluation/compare/", urls) == ["/evaluation/compare/"]
    assert marked("/evaluation/01ABC/areas/", urls) == ["/evaluation/"]
    assert marked("/plots/", urls) == []
