"""Somebody unknown asks for a page: they sign in and come back, with everything they had typed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import typed


def ask_to_sign_in() -> ResponseReturnValue:
    """Lead a reader to the sign-in page; show it in place, with the typed fields inside it, to somebody who sent a form."""
    if request.method in ("GET", "HEAD"):
        target = request.full_path.rstrip("?")
        return redirect(url_for("sign_in.password", next=target if target != "/" else None), code=303)
    fields = typed.posted() if typed.is_same_origin() else []
    message = _("Phiên làm việc đã hết hạn. Đăng nhập lại để tiếp tục.")
    if fields:
        message = _(
            "Phiên làm việc đã hết hạn. Đăng nhập lại: nội dung vừa nhập vẫn còn và sẽ hiện lại, riêng tệp phải chọn lại."
        )
    flash(message, "soon")
    page = render_template("sign_in/password.html", next=typed.form_path(), typed=typed.packed(fields), login="", errors={})
    return page, 401
