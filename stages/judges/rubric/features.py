"""What the rubric sees in one answer: what it has of the reference, whether it is to the point, and its form."""

from dataclasses import dataclass

from stages.judges.rubric.form import Form, plain, read_form
from stages.judges.rubric.opposites import opposite
from stages.judges.rubric.overlap import Added, read_added
from stages.judges.rubric.rubric_words import Word, content_stems, words_of
from stages.judges.rubric.task import Task, read_task

_SHORT = 4  # words; such an answer need not name its subject
_BESIDE = 0.8  # how far such an answer, or one where many are right, is taken to be to the point


@dataclass(frozen=True, slots=True)
class Reading:
    words: int  # that the answer has
    same: bool  # they are the reference's, in its order, but for contractions and how numbers are written
    exact: bool  # so are capitals and punctuation
    added: Added
    form: Form
    opposite: str  # what it turns round, "" where it turns nothing round
    topic: float  # 0-1, how far it speaks of the reference's subject
    enough: float  # 0-1, 1 from half of the reference's length, or of the words that it adds, on
    nothing_new: bool  # it has but words of the question, and did nothing with them
    free: bool  # the question has many right answers


def read(instruction: str, input: str, reference: str, answer: str) -> Reading:
    task = read_task(instruction, input)
    expected, given = words_of(reference), words_of(answer)
    added = read_added(task, reference, answer)
    form = read_form(task, reference, expected, answer, given)
    forms = [word.form for word in given]
    same = bool(forms) and forms == [word.form for word in expected] and (added.wanted > 0 or added.phrasing == 1)
    exact = plain(answer) == plain(reference)
    length, words = len(given) / max(1, len(expected)), added.brought / max(1, added.wanted)
    return Reading(
        words=len(given),
        same=same or (exact and plain(answer) != ""),  # a reference may be a mark alone
        exact=exact,
        added=added,
        form=form,
        opposite=opposite(expected, given),
        topic=_topic(task, expected, given, added),
        enough=min(1.0, 2 * max(length, words)),
        nothing_new=_nothing_new(task, given, added, form),
        free=task.free and not added.picked and not added.number,
    )


def _topic(task: Task, expected: tuple[Word, ...], given: tuple[Word, ...], added: Added) -> float:
    """The most that one of these shows: the added words, the reference's words, its subject, the text to work on."""
    content = content_stems(expected) or {word.stem for word in expected}
    about, stems = content_stems(given), {word.stem for word in given}
    subject = content & task.stems - task.options
    shown = min(1.0, 1.5 * len(content & stems) / max(1, len(content)))  # two thirds are enough
    if added.rejected:
        return 1.0
    if added.found:
        shown = max(shown, min(1.0, 0.5 + added.found))
    if task.works:
        shown = max(shown, min(1.0, 2 * len(about & task.offered) / max(1, len(about))))
    if subject:
        shown = max(shown, len(subject & stems) / len(subject))
    if added.brought > added.wanted + 1 or len(given) > 2 * len(expected) + 2:
        return shown
    short = len(given) <= _SHORT and (not subject or len(content - task.stems) <= 3)
    open_end = shown > 0 and task.free and task.marked <= stems
    return max(shown, _BESIDE) if short or open_end else shown


def _nothing_new(task: Task, given: tuple[Word, ...], added: Added, form: Form) -> bool:
    """The text left as it was, a part of it, or the question again."""
    if added.rework:
        return added.phrasing == 0 and added.found == 0 and added.same_pairs
    if [word.form for word in given] == [word.form for word in task.material]:
        return True
    if added.found or added.rejected:
        return False
    return form.echo > 0.5 or not {word.form for word in given if word.has_content} - task.forms
