"""Raw records → articles and rejections, in order; pages are parsed by processes that can be killed.

A page is written by strangers, and some pages take a parser minutes or gigabytes. So pages go to worker processes with
a limit of memory, and a worker that takes too long over one is killed. Small pages travel in batches; where a batch
fails, its pages are tried one by one, so that a hostile page costs only itself. Records without a page stay here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from pipeline.extract.fields import page_of, refuse, to_article, without_page
from pipeline.extract.limits import too_long
from pipeline.extract.pool import Convert, Pages, Place
from pipeline.records import Article, Raw, Rejection
from pipeline.settings import ArticleSettings, PageSettings

_MOST_WAITING = 2000  # records done that wait for a page before them


def extract_all(
    raws: Iterable[Raw | Rejection],
    articles: ArticleSettings,
    pages: PageSettings,
    convert: Convert = to_article,
) -> Iterator[Article | Rejection]:
    """Turn raw records into articles, in their order, in constant memory.

    Processes are started at the first page and ended with the iteration, however that ends; to end it early, close
    the iterator.

    Parameters
    ----------
    raws
        Records as the sources give them; rejections pass through.
    articles, pages
        What the records' fields are called, and how pages are read.
    convert
        Makes an article of a record that holds a page, in a worker; a function that a process can import.

    Yields
    ------
    Article or Rejection
        Of the reasons, "page too slow" and "page unreadable" tell that a worker was killed, or died or failed.
    """
    with Extractor(articles, pages, convert) as extractor:
        yield from extractor.extract(raws)


class Extractor:
    """`extract_all` for several rounds of records, with the same processes, while its context is open."""

    def __init__(self, articles: ArticleSettings, pages: PageSettings, convert: Convert = to_article) -> None:
        self._articles, self._settings = articles, pages
        self._pages = Pages(articles, pages, convert)

    def __enter__(self) -> Extractor:
        self._pages.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._pages.__exit__(*error)

    def extract(self, raws: Iterable[Raw | Rejection]) -> Iterator[Article | Rejection]:
        """Turn one round of raw records into articles."""
        waiting: deque[Article | Rejection | Place] = deque()
        for raw in raws:
            waiting.append(self._started(raw))
            while waiting and (self._pages.is_full or len(waiting) > _MOST_WAITING or _is_done(waiting[0])):
                yield _done(waiting.popleft())
        while waiting:
            yield _done(waiting.popleft())

    def _started(self, raw: Raw | Rejection) -> Article | Rejection | Place:
        if isinstance(raw, Rejection):
            return raw
        html = page_of(raw, self._articles)
        if not html:
            return self._record(raw)
        problem = too_long(html, self._settings)  # before it travels
        return refuse(raw, self._articles, *problem) if problem else self._pages.add(raw, len(html))

    def _record(self, raw: Raw) -> Article | Rejection:
        try:
            return without_page(raw, self._articles, self._settings)
        except Exception as error:  # whatever one record brings up, the others are read
            return refuse(raw, self._articles, "unreadable record", f"{type(error).__name__}: {error}")


def _is_done(item: Article | Rejection | Place) -> bool:
    return not isinstance(item, Place) or item.batch.is_done


def _done(item: Article | Rejection | Place) -> Article | Rejection:
    return item.batch.result(item.number) if isinstance(item, Place) else item
