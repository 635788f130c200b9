"""Reasons people type."""

import pytest

from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param(" \n", "Hãy ghi lý do.", id="empty"),
        pytest.param("a" * 2_001, "Lý do dài quá 2000 ký tự. Hãy rút gọn.", id="too long"),
        pytest.param("Sai 🙂", "Phiếu không in được ký tự: 🙂. Hãy bỏ ký tự này.", id="unprintable"),
    ],
)
def test_reason_refuses(typed: str, told: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        reason_of(typed)
    assert refusal.value.fields == {"reason": [told]}


def test_reason_is_cleaned() -> None:
    assert reason_of(" Sai căn cứ\n") == "Sai căn cứ"
