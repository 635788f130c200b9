"""The designers' words for people: kinds of questions, comparisons, forms of numbers, kinds of columns, ways to choose a rule."""

from flask_babel import lazy_gettext as _l

#: Kinds of questions (engine.procedures.fields.TYPES), in the order in which they are offered.
TYPES = {
    "text": _l("Một dòng chữ"),
    "textarea": _l("Nhiều dòng chữ"),
    "choice": _l("Chọn một"),
    "choices": _l("Chọn nhiều"),
    "boolean": _l("Có hoặc không"),
    "number": _l("Số"),
    "money": _l("Tiền (đồng)"),
    "date": _l("Ngày"),
    "datetime": _l("Ngày giờ"),
    "person": _l("Người trong cơ quan"),
    "people": _l("Nhiều người trong cơ quan"),
    "file": _l("Tệp của hồ sơ"),
    "id_number": _l("Số căn cước"),
    "phone": _l("Điện thoại"),
    "email": _l("Thư điện tử"),
}
#: Comparisons of a condition (engine.procedures.form_conditions.COMPARISONS).
COMPARISONS = (
    ("is", _l("là")),
    ("is_not", _l("không phải là")),
    ("one_of", _l("là một trong (cách nhau bằng dấu phẩy)")),
    ("has", _l("có chọn")),
    ("at_least", _l("từ … trở lên")),
    ("at_most", _l("đến hết …")),
    ("above", _l("lớn hơn")),
    ("below", _l("nhỏ hơn")),
    ("answered", _l("đã trả lời")),
    ("empty", _l("chưa trả lời")),
)
#: Patterns of one-line texts (engine.procedures.typed_text.PATTERNS).
PATTERNS = (
    ("digits", _l("Chỉ gồm chữ số")),
    ("tax_code", _l("Mã số thuế")),
    ("document_number", _l("Số và ký hiệu văn bản")),
    ("land_parcel", _l("Số thửa, số tờ bản đồ")),
)
#: Kinds of columns (DMN ``typeRef``).
KINDS = {
    "": _l("bất kỳ"),
    "string": _l("chữ"),
    "number": _l("số"),
    "integer": _l("số nguyên"),
    "boolean": _l("đúng hoặc sai"),
    "date": _l("ngày"),
    "dateTime": _l("ngày giờ"),
}
#: Hit policy and aggregation as one choice: word of DMN, and what it means.
POLICIES = (
    ("UNIQUE", _l("UNIQUE: nhiều nhất một dòng đúng")),
    ("FIRST", _l("FIRST: dòng đúng đầu tiên")),
    ("ANY", _l("ANY: nhiều dòng đúng phải cùng kết quả")),
    ("PRIORITY", _l("PRIORITY: kết quả đứng trước trong các giá trị được phép")),
    ("COLLECT", _l("COLLECT: danh sách mọi kết quả")),
    ("COLLECT SUM", _l("COLLECT SUM: cộng lại")),
    ("COLLECT MIN", _l("COLLECT MIN: nhỏ nhất")),
    ("COLLECT MAX", _l("COLLECT MAX: lớn nhất")),
    ("COLLECT COUNT", _l("COLLECT COUNT: đếm")),
    ("RULE ORDER", _l("RULE ORDER: danh sách theo thứ tự dòng")),
    ("OUTPUT ORDER", _l("OUTPUT ORDER: danh sách theo thứ tự giá trị được phép")),
)
