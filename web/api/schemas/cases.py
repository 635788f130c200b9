"""Cases, their history, remarks and files."""

from typing import Any

from flask import url_for
from marshmallow import fields

from engine.cases import comments, messages, queries
from engine.cases.history import Event
from engine.cases.models import Attachment, Case
from engine.people import directory
from web.api.fields import Answers, Choice, Facts, Moment, Part, Rows, Text
from web.api.schemas.shape import In, Out, PageIn, PageOut
from web.api.schemas.steps import StepOut, steps_out

STATES = ("running", "completed", "stopped", "suspended", "incident")


class CaseIn(In):
    """A case of any procedure that people start themselves; ``answers`` are those of its start form.

    With ``message``, the name of a message the procedure starts with, ``answers`` are the routing values it brings.
    """

    procedure = Text(longest=100, shortest=1, required=True)
    title = Text(longest=500, shortest=1, required=True)
    answers = Answers(keys=fields.String(), load_default=dict)
    message = Text(longest=100, shortest=1, metadata={"description": "Tên thông báo mở quy trình; không ghi thì mở bằng tay."})


class CaseQuery(PageIn):
    """Which cases."""

    q = Text(load_default="")
    state = Choice(["", *STATES], load_default="")
    procedure = Text(longest=100, load_default="")


class CommentIn(In):
    """A remark for colleagues."""

    text = Text(longest=comments.LONGEST, shortest=1, required=True)


class CaseOut(Out):
    """One case as lists show it."""

    id = fields.UUID()
    code = fields.String(allow_none=True)
    procedure = fields.String()
    title = fields.String()
    state = fields.String()
    opened_at = Moment()
    due_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)


class CasePage(PageOut):
    """A page of cases, newest first."""

    items = Rows(Part(CaseOut))


class CaseDetail(CaseOut):
    """One case with every step it had. ``version`` grows with each move."""

    version = fields.Integer()
    revision_id = fields.UUID()
    ended_at_element = fields.String(allow_none=True)
    values = Facts()
    steps = Rows(Part(StepOut))
    open_steps = Rows(Part(StepOut))
    expected_messages = Rows(fields.String())


class EventOut(Out):
    """One entry of the journal about a case."""

    number = fields.Integer()
    at = Moment()
    kind = fields.String()
    title = fields.String()
    person_id = fields.UUID(allow_none=True)
    person = fields.String()
    person_title = fields.String()
    on_behalf_of = fields.String()
    facts = Facts()


class History(Out):
    """Everything that happened to a case, oldest first."""

    items = Rows(Part(EventOut))


class CommentOut(Out):
    """A remark."""

    id = fields.UUID()
    at = Moment()
    author = fields.String()
    text = fields.String()


class CommentList(Out):
    """Remarks, oldest first."""

    items = Rows(Part(CommentOut))


class FileOut(Out):
    """A file of a case. ``content`` is the address of its bytes."""

    id = fields.UUID()
    case_id = fields.UUID()
    file_name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    component = fields.Integer(allow_none=True)
    at = Moment()
    content = fields.String()


class FileList(Out):
    """Files of a case, oldest first."""

    items = Rows(Part(FileOut))


def case_out(case: Case) -> dict[str, Any]:
    """One case as lists show it."""
    own = {name: getattr(case, name) for name in ("id", "code", "title", "state", "opened_at", "due_at", "closed_at")}
    return {**own, "procedure": case.procedure_code}


def detail_out(case: Case) -> dict[str, Any]:
    """One case with its steps."""
    steps = steps_out(queries.steps_of(case), case)
    own = {name: getattr(case, name) for name in ("version", "revision_id", "ended_at_element", "values")}
    open_now = [step for step in steps if step["state"] == "open"]
    return {**case_out(case), **own, "steps": steps, "open_steps": open_now, "expected_messages": messages.expected(case)}


def event_out(event: Event) -> dict[str, Any]:
    """One entry of the history."""
    return vars(event)


def comments_out(case: Case) -> list[dict[str, Any]]:
    """The remarks on a case with their authors."""
    found = comments.of(case)
    people = directory.people({comment.person_id for comment in found})
    return [
        {"id": comment.id, "at": comment.at, "author": people[comment.person_id].full_name, "text": comment.text}
        for comment in found
    ]


def file_out(file: Attachment) -> dict[str, Any]:
    """One file of a case."""
    names = ("id", "case_id", "file_name", "media_type", "size", "sha256", "component", "at")
    return {**{name: getattr(file, name) for name in names}, "content": url_for("api_files.content", file_id=file.id)}
