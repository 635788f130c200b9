"""What pages and API say of delegations: states, scopes and signing capacities in words; codes that exist in an agency."""

import uuid
from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.dossiers import services
from engine.errors import AnswersRejected
from engine.people import agencies, delegation_queries
from engine.people.delegation_models import Delegation
from engine.procedures import catalogue
from web import role_names

#: State of a delegation → its name and the kind of its badge.
STATES = {
    "in_force": (_l("đang hiệu lực"), "good"),
    "coming": (_l("chưa đến ngày"), "info"),
    "over": (_l("đã hết hạn"), ""),
    "withdrawn": (_l("đã thu hồi"), "late"),
}
#: Signing capacities as they are offered: (value, name, when it is right).
SIGNINGS = (
    ("", _l("Không ký thay"), _l("Chỉ làm các bước không ký văn bản của cơ quan.")),
    ("KT.", _l("KT. – ký thay"), _l("Cấp phó ký thay người đứng đầu.")),
    ("TL.", _l("TL. – thừa lệnh"), _l("Người đứng đầu đơn vị ký thừa lệnh người đứng đầu cơ quan.")),
    ("TUQ.", _l("TUQ. – thừa ủy quyền"), _l("Người đứng đầu đơn vị ký theo văn bản ủy quyền; không ủy quyền tiếp.")),
)
#: How the scope is chosen: (value, name, hint).
SCOPES = (
    ("all", _l("Mọi việc của vai trò"), ""),
    ("procedures", _l("Chỉ một số quy trình"), ""),
    ("services", _l("Chỉ một số thủ tục hành chính"), ""),
)
#: Names of a list that are shown; the rest are counted.
_SHOWN = 3


def state(delegation: Delegation) -> tuple[str, str]:
    """Name of the state and the kind of its badge."""
    name, kind = STATES[delegation_queries.state_of(delegation)]
    return str(name), kind


def scope(delegation: Delegation) -> str:
    """What it is about, in one line: roles, then procedures or services by name."""
    roles = ", ".join(role_names.name_of(role) for role in delegation.roles)
    chosen = names_of(delegation)
    if not chosen:
        return str(_("%(roles)s: mọi việc", roles=roles))
    named = "; ".join(chosen[:_SHOWN])
    more = len(chosen) - _SHOWN
    named = _("%(names)s và %(count)d mục khác", names=named, count=more) if more > 0 else named
    return f"{roles}: {named}"


def names_of(delegation: Delegation) -> list[str]:
    """Names of the procedures or services it is limited to, in their order; a code that is no more stands for itself."""
    if not delegation.procedures and not delegation.services:
        return []
    known = dict(procedures(delegation.agency_id) if delegation.procedures else public_services(delegation.agency_id))
    return sorted(known.get(code, code) for code in [*delegation.procedures, *delegation.services])


def procedures(agency_id: uuid.UUID) -> list[tuple[str, str]]:
    """(code, title) of the procedures in force."""
    return [(procedure.code, procedure.title) for procedure in catalogue.listing(agencies.chain(agency_id))]


def public_services(agency_id: uuid.UUID) -> list[tuple[str, str]]:
    """(code, name) of the public services offered, by field and name."""
    return [(service.code, service.name) for service in services.available(agency_id)]


def refuse_unknown(agency_id: uuid.UUID, procedure_codes: Collection[str], service_codes: Collection[str]) -> None:
    """``AnswersRejected`` naming codes the agency does not know: a scope with a slip of the pen would hold nothing."""
    wrong: dict[str, list[str]] = {}
    for field, given, offered in (
        ("procedures", procedure_codes, procedures),
        ("services", service_codes, public_services),
    ):
        unknown = sorted(set(given) - {code for code, _name in offered(agency_id)}) if given else []
        if unknown:
            wrong[field] = [_("Cơ quan không có: %(codes)s. Hãy chọn trong danh sách.", codes=", ".join(unknown))]
    if wrong:
        raise AnswersRejected(wrong)


def as_signed(delegation: Delegation) -> list[str]:
    """The captions of a signature under it, as papers print them above the name."""
    own = next((p.title for p in delegation.delegate.positions if p.agency_id == delegation.agency_id), "")
    if not delegation.signing:
        return []
    collective = delegation.position.collective if delegation.signing == "KT." else None
    return [*([f"TM. {collective}"] if collective else []), f"{delegation.signing} {delegation.position.title}", own]


def words() -> dict[str, Any]:
    """What the templates of delegations call."""
    return {
        "state_of": state,
        "scope_of": scope,
        "first_day": delegation_queries.first_day,
        "last_day": delegation_queries.last_day,
    }
