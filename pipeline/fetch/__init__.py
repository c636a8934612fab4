"""Links → bytes: politely, within limits, and never from inside the house.

`ledger` keeps what is wanted and what was had, `night` works it off, `client` makes one request; `addresses`,
`hosts`, `robots` and `bodies` each hold off one way in which that can go wrong.
"""

from pipeline.fetch.ledger import LEDGER_FILE, Ledger
from pipeline.fetch.night import fetch_wanted

__all__ = ["LEDGER_FILE", "Ledger", "fetch_wanted"]
