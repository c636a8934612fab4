"""Tables of a made index of many covered days, for reports that must stay small or fit a page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.mapping import tension
from pipeline.settings import IndexSettings


def ten_years(dyad: str, days: pd.DatetimeIndex, level: np.ndarray) -> pd.DataFrame:
    """Return an index of a dyad that is covered every day."""
    value = tension(level, IndexSettings())
    parts = {"tension": value, "low": value - 3.21, "high": value + 3.21, "conflict": -1.23, "cooperation": 2.34}
    rest = {"level": level, "n_events": 3, "n_articles": 40, "percentile": 55.5, "highest_since": days[0].date()}
    return pd.DataFrame({"date": days.date, "dyad": dyad, **parts, **rest})


def told(index: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return two events a day of an index, each told by a sentence of usual length in an article of its own."""
    rows = index.loc[index.index.repeat(2)].reset_index(drop=True)
    ids = rows["dyad"] + rows.index.astype(str)
    who = {"source": rows["dyad"].str[:3], "target": rows["dyad"].str[4:], "event_type": "ACCUSE", "mode": "allege"}
    dates = {
        "event_date": rows["date"],
        "date_precision": "day",
        "first_seen_at": pd.to_datetime(rows["date"], utc=True),
    }
    sure = {"status": "happened", "score": -2.0, "confidence": 0.8, "n_outlets": 3}
    events = pd.DataFrame({"event_id": ids, **who, **dates, **sure, "mention_ids": [[one] for one in ids]})
    sentence = ids + " The ministry accused the other side of having broken the agreement on the border. " * 2
    sentences = {"mention_id": ids, "article_id": ids, "sentence_no": 1, "sentence": sentence, "probability": 0.8}
    url = "https://news.example/world/asia/2020/06/16/a-headline-of-the-usual-length-" + ids
    return events, pd.DataFrame(sentences), pd.DataFrame({"article_id": ids, "outlet": "The Harbour Wire", "url": url})
