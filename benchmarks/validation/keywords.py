"""The naive rival: conflict words less cooperation words in the items that name a country, a day."""

import re

import pandas as pd

CONFLICT = """attack assault shell shot shoot fire bomb kill wound missile nuclear test torpedo sink clash fight
battle war threat threaten warn provoke hostil condemn accuse denounce blame sanction embargo expel seize arrest detain
protest refuse reject suspend retaliat invade violat""".split()
COOPERATION = """agree accord treaty talk negotiat meet visit summit dialogue cooperat aid assist donate relief help
peace reconcil reunion reunite release free return repatriat reopen resume restore exchange invite welcome praise thank
apolog pledge promise support ease concede withdraw joint truce""".split()
SOUTH = re.compile(r"\bSouth(?:ern)? Korea|\bSeoul\b|\bRepublic of Korea\b|\bROK\b")
NORTH = re.compile(r"\bNorth(?:ern)? Korea|\bPyongyang\b|\bDPRK\b|\bKim Jong")
BOTH = re.compile(f"(?s)(?=.*(?:{SOUTH.pattern}))(?=.*(?:{NORTH.pattern}))")


def pattern(words: list[str]) -> re.Pattern[str]:
    """Match words that begin so."""
    return re.compile(rf"\b(?:{'|'.join(words)})\w*", re.IGNORECASE)


def daily(texts: pd.DataFrame, named: re.Pattern[str]) -> pd.DataFrame:
    """Return for each day `flow` (cooperation less conflict words), `conflict` and the number of `items`."""
    some = texts[texts["text"].map(lambda text: bool(named.search(text)))]
    bad, good = (some["text"].str.count(pattern(words)) for words in (CONFLICT, COOPERATION))
    counted = pd.DataFrame({"flow": good - bad, "conflict": -bad, "items": 1}).astype(float)
    return counted.groupby(pd.DatetimeIndex(some["date"])).sum()
