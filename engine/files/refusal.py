"""Why a file is not kept."""

from engine.errors import AnswersRejected

ALLOWED = "PDF, PNG, JPEG, TIFF, Word (.docx), Excel (.xlsx)"


class FileRejected(AnswersRejected):
    """The file cannot be kept: a Vietnamese reason that says what to do, also under the field ``file``."""

    code = "file_rejected"

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]}, reason)
