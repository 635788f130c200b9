"""What a citizen is told by letter when a promise changes: one mail in the same transaction, sent by the outbox."""

from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected
from engine.outbox import mail


def tell(dossier: Dossier, subject: str, text: str, *, key: str) -> bool:
    """Write to the owner where an address is known; returns whether. ``key`` names the occasion: twice is once.

    An address no mail can go to is no reason to undo what the office decided: the clerk then calls.
    """
    to = str(dossier.owner.get("email") or "").strip()
    if not to:
        return False
    signed = f"Kính gửi {dossier.owner['full_name']},\n\n{text}\n\nMã hồ sơ: {dossier.code}\nThủ tục: {dossier.service.name}\n"
    try:
        mail.queue(to, subject, signed, agency_id=dossier.agency_id, key=f"dossier:{dossier.code}:{key}")
    except AnswersRejected:
        return False
    return True
