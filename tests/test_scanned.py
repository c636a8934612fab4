"""What stages ask of an article that was scanned once, and which articles need not be split for that."""

from datetime import date
from pathlib import Path

import pytest
from conftest import make_article

from pipeline.actors import load_finder
from pipeline.chain import code_articles, coding, collect
from pipeline.corrections import Corrections
from pipeline.paths import seeds_dir
from pipeline.scanned import Scanned
from pipeline.sentences import article_text, split_sentences
from pipeline.settings import Settings


def scanned(body: str, on: date = date(2012, 5, 1)) -> Scanned:
    return Scanned(split_sentences(make_article(body)), load_finder(), on)


def test_an_article_knows_whom_it_names_and_where_a_pair_may_be():
    article = scanned("Chile voted. The talks went on. Both sides left. Peru thanked Haiti.")
    assert article.named >= {"CHL", "PER", "HTI"}
    assert [article.may_have_pair(n) for n in range(4)] == [False, False, True, True]
    assert [actor.code for actor in article.actors(3)] == ["PER", "HTI"]


def test_whom_a_text_may_name_holds_all_that_its_sentences_name():
    articles, _ = collect([Path(seeds_dir() / "articles")], Settings())
    for article in articles:
        named = Scanned(split_sentences(article), load_finder(), article.published_at.date()).named
        assert load_finder().codes_in(" ".join(article_text(article).split())) >= named
    assert articles


def test_articles_that_can_tell_of_nothing_are_not_split(estimator, monkeypatch: pytest.MonkeyPatch):
    dull = make_article("Chile held a vote on Sunday. The mayor was pleased.")
    armed = make_article("Pyongyang test-fired two missiles on Monday.", "2009-05-26")
    split: list[str] = []
    monkeypatch.setattr(coding, "split_sentences", lambda one: split.append(one.body) or split_sentences(one))
    assert code_articles([dull, armed], estimator, Settings(), Corrections())
    assert split == [armed.body]
