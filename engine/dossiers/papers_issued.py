"""Does every end of a dossier leave the citizen with a paper: a numbered result, a refusal, or a notice of stopping?"""

from collections.abc import Iterator

from engine.cases import capabilities
from engine.errors import Finding
from engine.procedures import state_space
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder

#: Kinds of slips that end a dossier (Mẫu 03, Mẫu 05).
_FINAL = ("refusal", "stop")


def missing(folder: Folder, definition: Definition) -> Iterator[Finding]:
    """Each end with an outcome that some dossier reaches without any such paper.

    Ends without an outcome end a branch only. What was not explored is not claimed.
    """
    space = state_space.explored(definition, folder.sha256, capabilities.facts())
    papers = {element for element in definition.calls if _issues(definition, element)}
    following: dict[int, list[int]] = {}
    for before, deed, then in space.ways:
        if not (deed.kind == "complete" and deed.element in papers):
            following.setdefault(before, []).append(then)
    todo = [state.number for state in space.states if state.before is None]
    seen = set(todo)
    while todo:
        for then in following.get(todo.pop(), ()):
            if then not in seen:
                seen.add(then)
                todo.append(then)
    bare = {space.states[number].ended_at for number in seen if space.states[number].is_completed}
    for element in sorted(one for one in bare if one is not None and definition.ends.get(one)):
        facts = definition.facts.elements[element]
        message = (
            f"Hồ sơ có thể kết thúc ở “{facts.name or element}” mà công dân không nhận được giấy nào: hãy đặt trước đó bước "
            "cấp số kết quả, phiếu từ chối (Mẫu 03) hoặc thông báo dừng (Mẫu 05)."
        )
        yield Finding(element, "end.no_paper", message)


def _issues(definition: Definition, element: str) -> bool:
    """Whether the task gives a final paper; a kind that is computed may be one."""
    use = definition.calls[element]
    kind = use.parameters.get("kind")
    return use.capability == "number_result" or (use.capability == "issue_slip" and (not isinstance(kind, str) or kind in _FINAL))
