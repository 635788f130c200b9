"""Sample data of a slip template by its name, with the words of the prescribed form it belongs to."""

from typing import Any

from engine.dossiers import forms as slip_forms
from engine.dossiers.models import SlipForm
from engine.procedures import slip_templates


def of(name: str) -> dict[str, Any]:
    """Sample data, with the size of paper and the form's own words where the template belongs to a prescribed form."""
    form = form_of(name)
    if form is None:
        return slip_templates.sample()
    said = {"title": form.title, "number_text": form.number_text, "basis": form.legal_basis}
    return slip_templates.sample() | {"paper": form.paper, "form": said}


def form_of(name: str) -> SlipForm | None:
    """The prescribed form whose template has this name, in Typst or in Word; None where there is none."""
    known = (form for forms in slip_forms.generations().values() for form in forms)
    return next((form for form in known if form.template == f"{name}.typ"), None)
