"""A clock that is set back does not stop what runs by itself."""

import datetime as dt

import pytest
from celery import Celery
from celery.schedules import schedule

from lusong_edu.beat import SteadyScheduler


@pytest.fixture
def beat(tmp_path, monkeypatch):
    """A scheduler with two entries, and the names of what it hands out."""
    handed_out = []
    app = Celery("beat", set_as_current=False)
    made = SteadyScheduler(app, schedule_filename=str(tmp_path / "schedule"))
    monkeypatch.setattr(made, "apply_entry", lambda entry, producer=None: handed_out.append(entry.name))
    monkeypatch.setattr(SteadyScheduler, "producer", None)
    made.schedule.clear()
    for name in ("sweep", "remind"):
        made.add(name=name, task=name, schedule=schedule(20.0))
    yield made, handed_out
    made.close()


def ran(beat, ago):
    for entry in beat.schedule.values():
        entry.last_run_at = entry.default_now() - ago


@pytest.mark.parametrize("ahead", [dt.timedelta(hours=1), dt.timedelta(days=1)])
def test_everything_goes_on_soon_after_the_clock_was_set_back(beat, ahead):
    made, handed_out = beat
    ran(made, -ahead)
    assert 0 < made.tick() <= 20
    ran(made, dt.timedelta(seconds=21))
    made._heap = None
    made.tick()
    made.tick()
    assert sorted(handed_out) == ["remind", "sweep"]


def test_a_clock_that_is_corrected_by_seconds_changes_nothing(beat):
    made, _handed_out = beat
    ran(made, -dt.timedelta(seconds=2))
    before = [entry.last_run_at for entry in made.schedule.values()]
    made.mind_the_clock()
    assert [entry.last_run_at for entry in made.schedule.values()] == before
