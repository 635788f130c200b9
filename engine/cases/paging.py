"""Pages of a list that keep their place while rows come and go: the cursor names the last row seen, not an offset."""

import base64
import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from engine.errors import AnswersRejected

LARGEST_PAGE = 200
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items and where the next ones begin; ``next_cursor`` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None


@dataclass(frozen=True)
class Place:
    """The last row seen: its moment (None: it has none and stands after all that have one) and its id."""

    moment: datetime | None
    id: uuid.UUID

    def as_cursor(self) -> str:
        """The place as opaque text."""
        text = f"{self.moment.isoformat() if self.moment else ''}|{self.id.hex}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> Place | None:
    """The place a cursor names. Refuses (``AnswersRejected``) text that this program never gave out."""
    if not cursor:
        return None
    try:
        moment, id_ = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode().split("|")
        place = Place(datetime.fromisoformat(moment) if moment else None, uuid.UUID(id_))
    except (ValueError, binascii.Error):
        raise AnswersRejected({"cursor": ["Vị trí trang không hợp lệ. Hãy mở lại danh sách từ đầu."]}) from None
    if place.moment is not None and place.moment.tzinfo is None:
        raise AnswersRejected({"cursor": ["Vị trí trang không hợp lệ. Hãy mở lại danh sách từ đầu."]})
    return place


def page_size(limit: int) -> int:
    """``limit`` if it is 1 to 200; ``AnswersRejected`` otherwise."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise AnswersRejected({"limit": [f"Số dòng mỗi trang phải từ 1 đến {LARGEST_PAGE}."]})
    return limit
