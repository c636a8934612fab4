"""Work beside other work."""

from contextvars import ContextVar
from threading import Event

import pytest

from pipeline.chain.meanwhile import meanwhile


def test_two_go_on_side_by_side_and_the_end_is_told_when_both_are_there():
    theirs, ours, told = Event(), Event(), []

    def work() -> None:
        theirs.set()
        assert ours.wait(10)
        told.append("work")

    with meanwhile(work, lambda: told.append("done"), beside=True):
        assert theirs.wait(10)
        ours.set()
    assert told == ["work", "done"]


def test_what_cannot_go_on_beside_goes_first():
    told: list[str] = []
    with meanwhile(lambda: told.append("work"), lambda: told.append("done"), beside=False):
        told.append("own")
    assert told == ["work", "done", "own"]


@pytest.mark.parametrize("beside", [True, False])
def test_an_error_of_the_work_is_raised_and_nothing_is_called_done(beside: bool):
    def work() -> None:
        raise OSError("the disk is full")

    told: list[str] = []
    with pytest.raises(OSError, match="full"), meanwhile(work, lambda: told.append("done"), beside=beside):
        pass
    assert not told


def test_who_fails_waits_for_the_work_all_the_same():
    going, ended = Event(), Event()

    def work() -> None:
        assert going.wait(10)
        ended.set()

    def own() -> None:
        going.set()
        raise ValueError("own")

    with pytest.raises(ValueError, match="own"), meanwhile(work, lambda: None, beside=True):
        own()
    assert ended.is_set()


def test_the_work_knows_what_its_caller_knows():
    night, seen = ContextVar("night", default="none"), []
    night.set("tonight")
    with meanwhile(lambda: seen.append(night.get()), lambda: None, beside=True):
        pass
    assert seen == ["tonight"]
