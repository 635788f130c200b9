"""Do the entries about who signs and who is given a step fit the model and the forms?"""

from collections.abc import Iterator

from engine.errors import Finding
from engine.procedures import routing
from engine.procedures.definition import Definition

#: How ``engine.flow.particulars`` begins the words of a loop over a list.
_MANY = "nhiều lần"


def check(definition: Definition) -> Iterator[Finding]:
    """``given_to`` names a value somebody sets; ``is_personal`` steps are done for a list; an approval has its author's step."""
    known = set(routing.routed_words(definition)) | set(definition.start.values)
    elements = definition.facts.elements.items()
    repeated = {id_ for id_, element in elements if element.particulars.get("loop", "").startswith(_MANY)}
    for element, step in definition.steps.items():
        if step.given_to is not None and step.given_to not in known:
            message = f"Bước “{step.name}” giao cho “{step.given_to}” (given_to), nhưng không biểu mẫu nào cho giá trị ấy."
            yield Finding(element, "step.given_to", message)
        if step.is_personal and element not in repeated:
            message = f"Bước “{step.name}” giao đích danh (is_personal) phải lặp theo một danh sách người trong mô hình."
            yield Finding(element, "step.is_personal", message)
    if definition.start.has_subject and "author" not in {step.signs for step in definition.steps.values()}:
        message = "Quy trình mở kèm nội dung cần duyệt (has_subject) phải có bước người soạn ký (signs: author)."
        yield Finding("procedure.yaml: start.has_subject", "start.author", message)
