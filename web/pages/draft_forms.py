"""Forms of a draft: which step asks which, and the designer with the form as it will be beside it."""

import re
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.errors import AnswersRejected, Conflict, Finding, ProcedureRejected
from engine.procedures import drafts, form_sheets, form_uses, form_writing
from engine.procedures.folder import Folder
from engine.procedures.form_writing import Located
from engine.procedures.forms import Form
from engine.procedures.models import ProcedureDraft
from web import designer_words, draft_files, draft_pieces, form_designer, guard, role_names
from web.draft_pieces import Pieces
from web.form_designer import Row

bp = Blueprint("draft_forms", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/forms")

FORMS = Pieces(form_sheets.DIRECTORY, ".yaml", _l("Bản dự thảo không có biểu mẫu này. Chọn trong danh sách biểu mẫu."))
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@bp.get("")
@guard.requires("procedure.check")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Every form, and the steps that ask it."""
    return _list(draft_files.found(draft_id, "procedure.check"))


@bp.post("")
@guard.requires("procedure.draft")
def create(draft_id: uuid.UUID) -> ResponseReturnValue:
    """A new form, empty or a copy of another one."""
    draft = draft_files.found(draft_id, "procedure.draft")
    folder, name, copied = drafts.folder_of(draft), request.form.get("name", "").strip(), request.form.get("copied", "")
    refusal = draft_pieces.refused(draft_id, "name", lambda: {FORMS.path(name): _first_content(folder, name, copied)})
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    return redirect(url_for(".edit", draft_id=draft_id, name=name), code=303)


@bp.post("/<name>/remove")
@guard.requires("procedure.draft")
def remove(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take a form out that no step asks."""
    draft = draft_files.found(draft_id, "procedure.draft")
    FORMS.content(drafts.folder_of(draft), name)
    refusal = draft_pieces.refused(draft_id, "name", lambda: _without(drafts.folder_of(draft), name))
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    flash(_("Đã xoá biểu mẫu %(name)s.", name=name), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.get("/<name>")
@guard.requires("procedure.check")
def edit(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """The designer of one form."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = FORMS.content(drafts.folder_of(draft), name)
    try:
        sheet = form_writing.read(content, FORMS.path(name))
    except ProcedureRejected as refusal:
        return draft_files.page("form.html", draft, "forms", name=name, refused=refusal.findings)
    return _designer(draft, name, sheet, form_designer.rows_of(sheet))


@bp.post("/<name>")
@guard.requires("procedure.draft")
def change(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Save the form, or rearrange what is typed and show it again without saving."""
    draft = draft_files.found(draft_id, "procedure.draft")
    former = FORMS.content(drafts.folder_of(draft), name)
    act = request.form.get("act", "save")
    rows = form_designer.typed_rows(request.form)
    if act != "save":
        rows = form_designer.changed_rows(rows, act)
    sheet = form_designer.sheet_of(request.form.get("sheet-title", ""), request.form.get("sheet-help", ""), rows)
    if act != "save":
        return _designer(draft, name, sheet, rows)
    faults = _twice(rows)
    if faults:
        return _designer(draft, name, sheet, rows, faults=faults), 422
    refusal = draft_pieces.refused(draft_id, "sheet-title", lambda: {FORMS.path(name): form_writing.write(sheet, former)})
    if refusal:
        return _designer(draft, name, sheet, rows, faults=refusal[0]), refusal[1]
    flash(_("Đã lưu biểu mẫu %(name)s.", name=name), "good")
    return redirect(url_for(".edit", draft_id=draft_id, name=name), code=303)


def _designer(
    draft: ProcedureDraft,
    name: str,
    sheet: dict[str, Any],
    rows: list[Row],
    *,
    faults: dict[str, list[str]] | None = None,
) -> str:
    written = form_writing.write(sheet)
    findings, located = form_writing.check(FORMS.path(name), written)
    errors = _errors(rows, located) if request.method == "POST" or sheet.get("fields") or sheet.get("sections") else {}
    shown: dict[str, Any] = {"name": name, "sheet": sheet, "rows": rows, "findings": findings}
    return draft_files.page(
        "form.html",
        draft,
        "forms",
        **shown,
        errors={**errors, **(faults or {})},
        preview=_preview(name, written),
        steps=form_uses.steps(drafts.folder_of(draft)),
        roles=[(role, name) for role, name, _hint in role_names.ROLES],
        offers=form_designer.offers,
        wrong_rows={found.rpartition("-")[2] for found in (*errors, *(faults or {}))},
        names=[(row["name"], row["label"] or row["name"]) for row in rows if row["kind"] == "field" and row["name"]],
        types=designer_words.TYPES,
        comparisons=designer_words.COMPARISONS,
        patterns=designer_words.PATTERNS,
    )


def _preview(name: str, content: bytes) -> Form:
    """The form as far as it can be drawn: what is wrong in it is left out or drawn plainly."""
    unheard: list[Finding] = []
    return form_sheets.read(FORMS.path(name), content, unheard)


def _errors(rows: list[Row], located: list[Located]) -> dict[str, list[str]]:
    """Messages by the name of the box they belong to."""
    places: dict[tuple[int, int], str] = {}
    section = field = 0
    for row in rows:
        if row["kind"] == "section":
            section, field = section + 1, 0
            places[section, 0] = row["key"]
        else:
            field += 1
            places[section, field] = row["key"]
    errors: dict[str, list[str]] = {}
    for found in located:
        key = places.get((found.section, found.field))
        attribute = {"title": "label"}.get(found.attribute, found.attribute) or "label"
        errors.setdefault(f"{attribute}-{key}" if key else "sheet-title", []).append(found.message)
    return errors


def _twice(rows: list[Row]) -> dict[str, list[str]]:
    """Choices that a mapping cannot keep apart, or that have no word."""
    faults: dict[str, list[str]] = {}
    for row in rows:
        words = [choice[0] for choice in row.get("choices", ())]
        if len(set(words)) < len(words) or "" in words:
            faults[f"choices-{row['key']}"] = [_("Mỗi lựa chọn cần một mã riêng: sửa mã trùng hoặc ghi mã còn thiếu.")]
    return faults


def _first_content(folder: Folder, name: str, copied: str) -> bytes:
    if not _NAME.fullmatch(name):
        raise AnswersRejected({"name": [_("Mã biểu mẫu chỉ gồm chữ thường không dấu, chữ số, gạch dưới, như mã bước dùng nó.")]})
    if FORMS.path(name) in folder.files:
        raise AnswersRejected({"name": [_("Đã có biểu mẫu mang mã này: đặt mã khác, hoặc mở biểu mẫu ấy để sửa.")]})
    if copied:
        return FORMS.content(folder, copied)
    return form_writing.write({"title": form_uses.steps(folder).get(name, name)})


def _without(folder: Folder, name: str) -> dict[str, bytes | None]:
    used = form_uses.uses(folder).get(name, [])
    if used:
        raise Conflict(_("Biểu mẫu này đang dùng ở: %(steps)s. Bỏ ở đó trước rồi mới xoá.", steps=", ".join(used)))
    return {FORMS.path(name): None}


def _list(draft: ProcedureDraft, errors: dict[str, list[str]] | None = None) -> str:
    folder = drafts.folder_of(draft)
    used, rows = form_uses.uses(folder), []
    for path in FORMS.paths(folder):
        name = FORMS.name(path)
        findings: list[Finding] = []
        form = form_sheets.read(path, folder.files[path], findings)
        rows.append((name, form.title, len(form.fields), used.get(name, []), findings))
    lacking = sorted((form, users[0]) for form, users in used.items() if FORMS.path(form) not in folder.files)
    return draft_files.page("forms.html", draft, "forms", forms=rows, lacking=lacking, errors=errors or {})
