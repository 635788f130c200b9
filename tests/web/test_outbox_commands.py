"""``quytrinh outbox`` and ``quytrinh journal verify --against``: what they print, and 0 done, 1 refused in one line."""

import re
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from engine import db
from engine.journal.entries import GENESIS
from engine.journal.models import JournalEntry, JournalHead
from engine.people import agencies
from engine.transaction import transaction
from tests.journal.test_verify import drop_guards
from tests.web.conftest import ON_BOTH
from tests.web.test_commands import Answer
from tests.web.test_commands import command as command
from tests.web.test_commands import database_content as database_content

Command = Callable[..., Answer]


@ON_BOTH
def test_the_outbox_is_held_and_released(command: Command) -> None:
    command("agencies", "add", "H31", "UBND thành phố Hải Phòng", "--kind", "province")
    quiet = "Đang chờ gửi: 0, lâu nhất 0 giây. Hỏng, chờ người xử lý: 0.\n"
    assert command("outbox", "status") == (0, quiet, "")
    held = "Đã giữ hộp thư đi. Cho gửi tiếp: quytrinh outbox release --reason LÝ_DO\n"
    assert command("outbox", "pause", "--reason", "phục hồi") == (0, held, "")
    code, out, _err = command("outbox", "status")
    assert (code, re.fullmatch(re.escape(quiet) + r"Đang bị giữ từ \d\d:\d\d \d\d/\d\d/\d{4}: phục hồi\n", out) is not None) == (
        0,
        True,
    )
    again = "Hộp thư đi đang được giữ rồi. Xem lý do trên trang hộp thư đi.\n"
    assert command("outbox", "pause", "--reason", "lần nữa") == (1, "", again)
    assert command("outbox", "release", "--reason", "đã đối chiếu") == (0, "Đã cho hộp thư đi gửi tiếp.\n", "")
    assert command("outbox", "release", "--reason", "lần nữa")[0] == 1
    assert command("outbox", "pause", "--reason", " ")[::2] == (
        1,
        "reason: Ghi lý do, dài nhất 500 ký tự: lý do được lưu vào nhật ký.\n",
    )
    assert command("outbox", "pause")[0] == 2


@ON_BOTH
def test_a_journal_is_compared_with_a_file_kept_elsewhere(command: Command, tmp_path: Path, database_url: str) -> None:
    command("agencies", "add", "H31", "UBND thành phố Hải Phòng", "--kind", "province")
    kept = tmp_path / "kept.jsonl"
    assert command("journal", "anchor", str(kept))[0] == 0
    assert command("journal", "verify", "--against", str(kept)) == (0, "Nhật ký nguyên vẹn: 1 bút toán.\n", "")
    engine = db.create_engine(database_url)
    with engine.begin() as connection:
        drop_guards(connection)
        connection.execute(sa.delete(JournalEntry))
        connection.execute(sa.update(JournalHead).values(number=0, hash=GENESIS))
    engine.dispose()
    with transaction():
        agencies.create("H31.1", "UBND xã", "commune", parent=agencies.by_code("H31"))
    assert command("journal", "verify")[0] == 0
    code, out, err = command("journal", "verify", "--against", str(kept))
    assert (code, out) == (1, "")
    told = (
        r"Cơ quan UBND thành phố Hải Phòng, bút toán số 1: Chuỗi bị cắt: lúc [\d: ]+ngày [\d/]+ đã có bút toán số 1, "
        r"nay chỉ còn đến số 0\. Không bút toán nào trước đó có dấu neo còn khớp\.\n"
    )
    assert re.fullmatch(told, err)
    assert command("journal", "verify", "--against", str(tmp_path / "absent.jsonl"))[0] == 1
