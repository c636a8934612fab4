"""What a night has found, against what is usual → what looks wrong, before it is published.

A check is a plain function that returns a `Check`. Each compares with the last published night: what was so then, and
was published, only warns. Where there is too little past to judge by, nothing is judged.
"""

from pipeline.checks.jumps import Move, judge_jumps
from pipeline.checks.outlets import judge_silence
from pipeline.checks.printing import Printing, judge_coverage
from pipeline.checks.records import judge_records

__all__ = ["Move", "Printing", "judge_coverage", "judge_jumps", "judge_records", "judge_silence"]
