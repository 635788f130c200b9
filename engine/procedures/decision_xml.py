"""DMN as XML: versions 1.1 to 1.5 read alike, texts of cells, the kinds a file declares for itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Finding
from engine.procedures.decision_kinds import WORDS, Kind

#: DMN 1.1 (two spellings), 1.2, 1.3, 1.4 and 1.5.
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
#: Names of FEEL, the language of cells, in the files of various tools.
_FEEL = frozenset({"", "feel", "s-feel"})


@dataclass(frozen=True)
class Declared:
    """A kind a file declares under a name of its own, and the text of the values it allows."""

    kind: Kind
    allowed: str = ""


Kinds = Mapping[str, Declared]


@dataclass(frozen=True)
class Place:
    """Where in a file something is read: ``note`` adds what is wrong there to the findings."""

    path: str
    decision: str
    findings: list[Finding]

    def note(self, code: str, message: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(f"{self.path}: {self.decision}", f"decision.{code}", message))


def name(node: Any) -> str:
    """The DMN name of an element, such as ``decisionTable``; empty for elements of other namespaces."""
    tag = node.tag
    if not isinstance(tag, str) or not tag.startswith("{"):
        return ""
    namespace, _, local = tag[1:].partition("}")
    return local if namespace in NAMESPACES else ""


def children(node: Any, *wanted: str) -> Iterator[Any]:
    """The elements of these names directly inside ``node``."""
    return (child for child in node if name(child) in wanted)


def child(node: Any, wanted: str) -> Any:
    """The first element of this name directly inside ``node``; None where there is none."""
    return next(children(node, wanted), None)


def text(node: Any) -> str:
    """The text of a cell, an expression or a list of values; empty where there is none."""
    found = child(node, "text") if node is not None else None
    return "".join(found.itertext()).strip() if found is not None else ""


def is_feel(node: Any) -> bool:
    """Whether an element is written in FEEL, as everything is that does not say otherwise."""
    language = (node.get("expressionLanguage") or "").lower().rstrip("/")
    return language in _FEEL or (language.startswith(("http://www.omg.org/", "https://www.omg.org/")) and "feel" in language)


def kinds(root: Any) -> Kinds:
    """What the file's item definitions say, by their names; a structure or a list of values has no kind here and is left out."""
    declared: dict[str, Declared] = {}
    for item in children(root, "itemDefinition"):
        word = "".join(part.text or "" for part in children(item, "typeRef"))
        kind = WORDS.get(_bare(word))
        if kind is not None and word and item.get("isCollection") != "true":
            declared[_bare(item.get("name") or "")] = Declared(kind, text(child(item, "allowedValues")))
    return declared


def kind_of(node: Any, declared: Kinds, place: Place, where: str) -> Declared:
    """The kind an element names; any, with a finding, where it is unknown."""
    word = _bare(node.get("typeRef") or "") if node is not None else ""
    if word in declared:
        return declared[word]
    if word not in WORDS:
        known = "string, number, integer, boolean, date, dateTime"
        place.note("kind", f"{where}: không dùng được kiểu “{word}”. Hãy chọn một trong {known}.")
    return Declared(WORDS.get(word, Kind.ANY))


def _bare(word: str) -> str:
    return word.strip().rsplit(":", 1)[-1].lower()
