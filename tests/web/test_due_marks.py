"""The time left as lists show it."""

import pytest
from flask import Flask, session

from web import due_marks, i18n


@pytest.mark.parametrize(
    ("minutes", "term", "kind", "words"),
    [
        (480, None, "good", "còn 1 ngày"),
        (100, None, "soon", "còn 1 giờ 40 phút"),
        (100, 200, "good", "còn 1 giờ 40 phút"),
        (-5, None, "late", "quá hạn 5 phút"),
    ],
    ids=["good", "soon", "soon-of-a-short-step", "late"],
)
def test_left_badge_says_it_in_words_and_colour(app: Flask, minutes: int, term: int | None, kind: str, words: str) -> None:
    with app.test_request_context():
        drawn = due_marks.left_badge(minutes, term)
    assert drawn.startswith(f'<span class="badge badge-{kind}"><svg ')
    assert drawn.endswith(f"</svg>{words}</span>")


def test_left_badge_speaks_the_language_of_each_reader(app: Flask) -> None:
    said = []
    for language in ("vi", "en", "vi"):
        with app.test_request_context():
            session["language"] = language
            assert i18n.chosen() == language
            said.append(due_marks.left_badge(480).rpartition("</svg>")[2])
    assert said == ["còn 1 ngày</span>", "1 d left</span>", "còn 1 ngày</span>"]
