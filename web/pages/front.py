"""The front page leads everybody to where their work is."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from web import guard, navigation

bp = Blueprint("front", __name__)


@bp.get("/")
@guard.signed_in
def index() -> ResponseReturnValue:
    """The first menu entry this person has; the own account where there is none."""
    entries = navigation.menu()
    return redirect(url_for(entries[0][0].endpoint if entries else "account.index"), code=303)
