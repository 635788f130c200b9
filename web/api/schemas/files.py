"""Uploads."""

from flask_smorest.fields import Upload

from web.api.fields import Id, Whole
from web.api.schemas.shape import In


class UploadFields(In):
    """To which case a file belongs, and of which component (from 0) it is a scan."""

    case_id = Id(required=True)
    component = Whole(most=999, load_default=None, allow_none=True)


class UploadFile(In):
    """The file itself: PDF, PNG, JPEG, TIFF, .docx or .xlsx, up to 20 MB, told by its content."""

    file = Upload(required=True, error_messages={"required": "Bắt buộc: hãy gửi tệp."})


class UploadForm(UploadFields, UploadFile):
    """A file of a case, as one multipart form."""
