"""Links from a copy to what it copies → the story of each article."""

from __future__ import annotations

from collections.abc import Iterable


def stories(copies: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each article named in the links the article that stands for its story.

    Parameters
    ----------
    copies
        Pairs (article id, id of an earlier article that it copies), in any order, of any number of nights. Pairs of
        one article with several earlier ones join their stories.

    Returns
    -------
    dict
        Article id → story: the id of the member that copies nothing, the smallest if there are several.
    """
    links = sorted(set(copies))
    parent = {article: article for link in links for article in link}
    copied = {article for article, original in links if article != original}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for article, original in links:
        ends = sorted((root(article), root(original)), key=lambda end: (end in copied, end))
        parent[ends[1]] = ends[0]
    return {article: root(article) for article in sorted(parent)}
