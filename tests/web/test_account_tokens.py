"""My access tokens: created once, shown once, ended at once."""

import re
from collections.abc import Callable

from flask import Flask

from engine.people import tokens
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
PATH = "/account/tokens"


def test_a_token_is_made_works_and_is_ended(app: Flask, browse: Browse) -> None:
    clerk = browse("clerk")
    assert "Chưa có mã nào" in clerk.get(PATH).text
    assert clerk.post(PATH, {"label": "Máy quét", "expires_on": "31/12/2099"}).status_code == 200
    token = re.search(r'<output class="secret">([^<]+)</output>', clerk.page)
    assert token is not None
    with app.app_context():
        actor = tokens.actor_for(token[1])
        assert actor is not None
        assert actor.login == "clerk"
    clerk.get(PATH)
    assert token[1] not in clerk.page
    end = re.search(r'action="(/account/tokens/[^"]+/end)"', clerk.page)
    assert end is not None
    leader = browse("leader")
    leader.get(PATH)
    assert leader.post(end[1]).status_code == 404
    assert clerk.post(end[1]).location == PATH
    with app.app_context():
        assert tokens.actor_for(token[1]) is None
    assert "đã thu hồi" in clerk.get(PATH).text


def test_a_token_needs_a_purpose_and_an_end(browse: Browse) -> None:
    clerk = browse("clerk")
    clerk.get(PATH)
    assert clerk.post(PATH, {"label": "", "expires_on": "31/12/2099"}).status_code == 422
    assert clerk.post(PATH, {"label": "Máy quét", "expires_on": "01/01/2020"}).status_code == 422
    assert 'value="Máy quét"' in clerk.page
