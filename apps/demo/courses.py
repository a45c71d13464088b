"""The ways a return of the demonstration can go, as steps of `returns.Return`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from apps.demo.mistakes import Mistake
from apps.demo.reporting import WrittenFact
from apps.demo.returns import Return
from apps.demo.story import Course
from apps.reviews.parts import Parts


def counted_elements(course: Course, parts: Parts) -> set[int]:
    """Return the elements of a return that count at the end of its course."""
    offices = {
        Course.ACCEPTED: sorted(parts),
        Course.CORRECTED: sorted(parts),
        Course.PARTLY: sorted(parts)[:-1],
    }
    accepting = offices.get(course, [])
    waiting = {element for key in parts if key not in accepting for element in parts[key].element_ids}
    return {element for key in accepting for element in parts[key].element_ids} - waiting


def play(
    course: Course, made: Return, facts: Sequence[WrittenFact], mistake: Mistake, tied: Collection[int]
) -> None:
    """Take a return through its course.

    Args:
        mistake: the fact that is (or was) returned, with what was written at first.
        tied: elements that a rule ties to it.
    """
    wrong = [mistake.wrong if fact.key == mistake.key else fact for fact in facts]
    right = next(fact for fact in facts if fact.key == mistake.key)
    offices = sorted(made.parts)
    steps: dict[Course, list[Callable[[], None]]] = {
        Course.DRAFT: [lambda: made.write(mistake.unfinished(facts))],
        Course.WAITING: [lambda: made.write(facts), made.submit],
        Course.PARTLY: [lambda: made.write(facts), made.submit, lambda: made.accept(offices[:-1])],
        Course.RETURNED: [lambda: made.write(wrong), made.submit, lambda: made.send_back(mistake, tied)],
        Course.CORRECTED: [
            lambda: made.write(wrong),
            made.submit,
            lambda: made.send_back(mistake, tied),
            lambda: made.correct(right),
            lambda: made.submit("resubmitted"),
            lambda: made.accept(offices),
        ],
        Course.ACCEPTED: [lambda: made.write(facts), made.submit, lambda: made.accept(offices)],
    }
    for step in steps[course]:
        step()
