"""How the calendar speaks: dates, moments and lengths of time, in Vietnamese as on a slip."""

from datetime import date, datetime, timedelta

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def day_text(on: date) -> str:
    """``thứ Ba 08/07/2025``."""
    return f"{WEEKDAYS[on.weekday()]} {on.day:02}/{on.month:02}/{on.year}"


def day_start(on: date) -> str:
    """The same at the start of a sentence: ``Thứ Ba 08/07/2025``."""
    text = day_text(on)
    return text[0].upper() + text[1:]


def moment_text(local: datetime) -> str:
    """``09:15 thứ Ba 08/07/2025``; seconds only where there are any."""
    seconds = f":{local.second:02}" if local.second else ""
    return f"{local.hour:02}:{local.minute:02}{seconds} {day_text(local)}"


def duration_text(length: timedelta) -> str:
    """``26 giờ 30 phút``; seconds only where there are any."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    parts = [(minutes // 60, "giờ"), (minutes % 60, "phút"), (seconds, "giây")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 phút"


def minutes(length: timedelta) -> int | float:
    """The length in minutes as JSON writes it: a whole number where it is one."""
    exact = length / timedelta(minutes=1)
    return int(exact) if exact == int(exact) else round(exact, 4)
