"""Measure the unit of the 0-100 mapping: the median |flow| of a dyad's days with events in some outputs.

python benchmarks/base_unit.py OUTPUTS DYAD
"""

import sys

from pipeline import read_index

if __name__ == "__main__":
    index = read_index(sys.argv[1], sys.argv[2])
    active = index[index["n_events"] > 0]
    flow = (active["conflict"] + active["cooperation"]).abs()
    first, last = active["date"].min().date(), active["date"].max().date()
    print(f"unit {flow.median():.2f} from {len(active)} days, {first} to {last}")
