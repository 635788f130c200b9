"""What time it is. The only place that asks, so that a test can stop it.

Under ``QUYTRINH_TESTING=1`` the setting ``QUYTRINH_TEST_CLOCK`` names a file that is read again at each look. It holds an
ISO instant (the clock stands still there) or a signed offset such as ``+72h`` (the clock runs, shifted): units ``s m h d``.
"""

import os
import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

#: Legal deadlines are counted in this zone whatever the machine's ``TZ`` says (R15).
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_OFFSET = re.compile(r"([+-])(\d+(?:\.\d+)?)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def now() -> datetime:
    """The present instant, aware, UTC."""
    shifted = _test_time()
    return shifted if shifted is not None else datetime.now(UTC)


def machine_milliseconds() -> int:
    """Milliseconds since 1970 on the machine's own clock: for ids that sort by time, never for a moment people see."""
    return time.time_ns() // 1_000_000


def local(instant: datetime) -> datetime:
    """The same instant as the office's wall clock shows it."""
    return instant.astimezone(LOCAL_ZONE)


def today() -> date:
    """Today's date on the office's wall."""
    return local(now()).date()


def _test_time() -> datetime | None:
    if "QUYTRINH_TEST_CLOCK" not in os.environ or os.environ.get("QUYTRINH_TESTING") != "1":
        return None
    name = os.environ["QUYTRINH_TEST_CLOCK"]
    if not name:
        return None
    try:
        text = Path(name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    if not text:
        return None
    offset = _OFFSET.fullmatch(text)
    if offset is None:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=instant.tzinfo or LOCAL_ZONE).astimezone(UTC)
    sign, amount, unit = offset.groups()
    shift = timedelta(**{_UNITS[unit]: float(amount)})
    return datetime.now(UTC) + (shift if sign == "+" else -shift)
