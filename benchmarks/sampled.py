"""Where the processor's time goes: the running line is looked at every few milliseconds of its own time.

    python benchmarks/sampled.py [ARTICLES] [MIXTURE]

A look notes the innermost function of ours on the stack, so that what a library does for a function counts for that
function. Looking costs next to nothing, unlike a profiler that is called at every call and makes small functions look
slow. Writes the section `functions` of `benchmarks/results.json`: the functions of the whole plain line, by share.
"""

import signal
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import pipeline
from pipeline.settings import Settings
from pipeline.store import Store

ARTICLES = 3000
_SECONDS = 0.002
_TOP = 15
_HERE = str(Path(pipeline.__file__).parent) + "/"
Place = tuple[str, str]
"""File below `pipeline/`, and function."""


class Sampler:
    """Looks at the stack of this process's main thread while the block runs; `seen` counts the looks by place."""

    def __init__(self) -> None:
        self.seen: Counter[Place] = Counter()

    def __enter__(self) -> "Sampler":
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _SECONDS, _SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)

    def _look(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            code = frame.f_code
            if code.co_filename.startswith(_HERE):
                self.seen[code.co_filename[len(_HERE) :], code.co_qualname.replace(".<locals>", "")] += 1
                return
            frame = frame.f_back
        self.seen["", "outside the package"] += 1


def shares(seen: Counter[Place]) -> dict[Place, float]:
    """Return the share of every place, largest first."""
    total = max(seen.total(), 1)
    return {place: count / total for place, count in sorted(seen.items(), key=lambda one: (-one[1], one[0]))}


def functions(mixture: str, articles: int) -> list[dict[str, object]]:
    """Run the whole plain line on one core under the sampler; return its functions with the largest shares."""
    from generated import Shape, write  # noqa: PLC0415

    from pipeline import chain  # noqa: PLC0415
    from pipeline.actors import load_finder  # noqa: PLC0415
    from pipeline.training.build import ready_estimator  # noqa: PLC0415

    coder, _ = ready_estimator(), load_finder()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        write(path, Shape(articles), mixture)
        with Sampler() as sampler:
            chain.run([path], Store(Path(folder) / "outputs"), Settings(), coder)
    found = list(shares(sampler.seen).items())[:_TOP]
    return [{"file": file, "function": name, "share": round(share, 4)} for (file, name), share in found]


def main() -> None:
    from generated import MIXTURES  # noqa: PLC0415
    from measuring import keep  # noqa: PLC0415

    articles = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES
    chosen = sys.argv[2:] or list(MIXTURES)
    # dense articles take several times as long
    sizes = {mixture: articles if mixture == "default" else articles // 3 for mixture in chosen}
    found = {mixture: {"articles": size, "top": functions(mixture, size)} for mixture, size in sizes.items()}
    for mixture, rows in found.items():
        print(mixture, *rows["top"], sep="\n  ")
    keep("functions", found)


if __name__ == "__main__":
    main()
