"""The printed procedure as a Word document: the same data as the PDF, part by part, for offices that keep Word files."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from docx.document import Document
from docx.shared import Mm

from engine.documents.printed_procedure import KEPT, Printed, chart_pictures
from engine.printing import docx_packing, docx_watermark
from engine.printing import docx_writing as word
from engine.procedures.readme import Block

_DOTS = "." * 24


def docx(printed: Printed) -> bytes:
    """The document's bytes; the same procedure gives the same ones."""
    return written(printed.text, printed.issued_at)


@lru_cache(maxsize=KEPT)
def written(text: str, issued_at: datetime) -> bytes:
    """The Word document of a document's data as JSON text: written once, then kept for the next reader of the same."""
    data = json.loads(text)
    document = word.begin()
    word.lay_out(document.sections[0], is_landscape=False, left=25)
    _head_and_foot(document, data)
    _front(document, data)
    _text(document, data)
    _charts(document, Printed(data, issued_at))
    _steps(document, data)
    _papers(document, data)
    _forms(document, data)
    if data["watermark"]:
        docx_watermark.add(document, data["watermark"], data["watermark_note"])
    return docx_packing.packed(document, title=f"Quy trình {data['title']}", issued_at=issued_at)


def _head_and_foot(document: Document, data: dict[str, Any]) -> None:
    section, edition = document.sections[0], data["edition"]
    shares = (32, 42, 26)
    made = section.header.add_table(1, 3, Mm(170))
    made.style = "Table Grid"
    section.header._element.append(section.header.paragraphs[0]._p)  # a table may not be the last thing in a header
    word.fit(made, shares)
    agency, title, facts = made.rows[0].cells
    word.fill(
        agency,
        [data["agency"]["parent_name"].upper(), [{"text": data["agency"]["name"].upper(), "style": "bold"}]],
        size=10,
        alignment=word.CENTER,
    )
    word.fill(title, ["QUY TRÌNH", data["title"]], bold=True, size=10.5, alignment=word.CENTER)
    lines = [
        f"Mã hiệu: {data['procedure_code']}",
        f"Lần ban hành: {edition['edition']}",
        f"Lần sửa đổi: {edition['amendment']}",
        f"Ngày hiệu lực: {edition['effective'] or _DOTS[:12]}",
        "Trang: ",
    ]
    word.fill(facts, lines, size=10)
    word.field(facts.paragraphs[-1], "PAGE", size=10)
    word.write(facts.paragraphs[-1], "/", size=10)
    word.field(facts.paragraphs[-1], "NUMPAGES", size=10)
    foot = section.footer.paragraphs[0]
    state = (
        f"{data['watermark']}{' – ' + data['watermark_note'] if data['watermark_note'] else ''}. " if data["watermark"] else ""
    )
    word.write(foot, f"SHA-256 của quy trình: {data['sha256']}. {state}", size=7.5)


def _front(document: Document, data: dict[str, Any]) -> None:
    edition = data["edition"]
    for words, size in (("QUY TRÌNH", 20.0), (data["title"], 16.0)):
        paragraph = document.add_paragraph()
        paragraph.alignment = word.CENTER
        word.write(paragraph, words, bold=True, size=size)
    lines = [f"Mã hiệu: {data['procedure_code']}    Lần ban hành: {edition['edition']}    Lần sửa đổi: {edition['amendment']}"]
    lines += [f"Ban hành lúc: {edition['issued']}"] if edition["issued"] else []
    lines += [f"Hiệu lực từ: {edition['effective']}"] if edition["effective"] else []
    lines += [f"Căn cứ ban hành: {edition['basis']}"] if edition["basis"] else []
    for line in [*lines, f"Đơn vị, người chủ trì: {data['owner']}"]:
        document.add_paragraph(line).alignment = word.CENTER
    if data["findings"]:
        document.add_paragraph(f"Bản dự thảo còn {data['findings']} điểm phải sửa; nội dung in theo những gì đã đọc được.")
    _signatures(document, data["signatures"])
    paragraph = document.add_paragraph()
    paragraph.alignment = word.CENTER
    word.write(paragraph, "BẢNG THEO DÕI SỬA ĐỔI", bold=True)
    rows = [(row["number"], row["date"], row["changes"], row["basis"]) for row in data["history"]]
    word.table(document, ("Lần", "Ngày", "Nội dung thay đổi", "Căn cứ"), rows, (10, 14, 44, 32))
    word.new_page(document)


def _signatures(document: Document, blocks: list[dict[str, Any]]) -> None:
    made = word.ruled(document, 2, len(blocks), [1] * len(blocks))
    for caption, cell, block in zip(made.rows[0].cells, made.rows[1].cells, blocks, strict=True):
        word.shade(caption)
        word.fill(caption, block["meaning"].upper(), bold=True, alignment=word.CENTER)
        lines: list[Any] = []
        for signed in block["signed"]:
            lines += [[{"text": signed["name"], "style": "bold"}], signed["title"], f"Đã ký lúc {signed['at']}"]
            lines += [f"Ký thay {signed['acting_for']}"] if signed["acting_for"] else []
            lines += [f"SHA-256: {signed['sha256']}"]
        blank = ["", "", "", f"Họ tên: {_DOTS}", f"Chức danh: {_DOTS[:20]}", f"Ngày: {_DOTS}"]
        word.fill(cell, lines or blank, size=10.5, alignment=word.CENTER)
    document.add_paragraph()


def _text(document: Document, data: dict[str, Any]) -> None:
    said = data["said"]
    word.heading(document, "1. MỤC ĐÍCH")
    _said(document, said["purpose"], f"Quy định thống nhất cách thực hiện “{data['title']}” tại cơ quan.")
    word.heading(document, "2. PHẠM VI ÁP DỤNG")
    _said(document, said["scope"], "Áp dụng cho các đơn vị, cá nhân có tên ở mục Trách nhiệm.")
    word.heading(document, "3. CĂN CỨ PHÁP LÝ, TÀI LIỆU VIỆN DẪN")
    _said(document, said["basis"], "" if data["legal_basis"] or data["iso_clauses"] else "Không có.")
    _listed(document, data["legal_basis"])
    if data["iso_clauses"]:
        document.add_paragraph("Điều khoản tiêu chuẩn áp dụng:")
        _listed(document, data["iso_clauses"])
    word.heading(document, "4. TRÁCH NHIỆM")
    _said(document, said["duties"])
    if data["duties"]:
        document.add_paragraph("Phân công theo mô hình:")
        rows = [(duty["who"], "; ".join(duty["steps"])) for duty in data["duties"]]
        word.table(document, ("Vai trò", "Bước thực hiện"), rows, (32, 68))
    word.heading(document, "5. ĐỊNH NGHĨA, CHỮ VIẾT TẮT")
    _said(document, said["terms"])
    rows = [(one["term"], one["meaning"]) for one in data["terms"]]
    word.table(document, ("Từ, chữ viết tắt", "Nghĩa"), rows, (24, 76))
    word.heading(document, "6. NỘI DUNG QUY TRÌNH")
    word.heading(document, "6.1. Lưu đồ", level=2)


def _charts(document: Document, printed: Printed) -> None:
    charts = printed.data["charts"]
    if not charts:
        document.add_paragraph("Mô hình chưa có sơ đồ.")
    pictures = iter(chart_pictures(printed))
    for chart in charts:
        for place, sheet in enumerate(chart["sheets"], 1):
            word.lay_out(document.add_section(), is_landscape=sheet["is_landscape"], left=15)
            word.picture(document, next(pictures), sheet["width"], words=f"Lưu đồ: {chart['words']}")
            where = f"tờ {place}/{len(chart['sheets'])}, hàng {sheet['row'] + 1}, cột {sheet['column'] + 1}"
            part = f" ({where})" if len(chart["sheets"]) > 1 else ""
            document.add_paragraph(f"Lưu đồ {chart['title']}{part}").alignment = word.CENTER
    if charts:
        word.lay_out(document.add_section(), is_landscape=False, left=25)


def _steps(document: Document, data: dict[str, Any]) -> None:
    word.heading(document, "6.2. Diễn giải các bước", level=2)
    rows = [(str(step["number"]), _work(step), step["who"], step["term"], step["form"]) for step in data["steps"]]
    captions = ("Bước", "Nội dung công việc", "Trách nhiệm", "Thời hạn", "Biểu mẫu")
    word.table(document, captions, rows, (8, 38, 19, 16, 19))
    if data["messages"]:
        document.add_paragraph("Việc có thể xảy ra trong khi giải quyết, ghi nhận khi có:")
        forms = [f" (biểu mẫu “{message['form']}”)" if message["form"] else "" for message in data["messages"]]
        _listed(document, [message["title"] + form for message, form in zip(data["messages"], forms, strict=True)])
    number = 3
    for title, blocks in [
        ("Quy định thêm", data["said"]["steps"]),
        *((part["title"], part["blocks"]) for part in data["others"]),
    ]:
        if blocks:
            word.heading(document, f"6.{number}. {title}", level=2)
            _said(document, blocks)
            number += 1


def _work(step: dict[str, Any]) -> list[Any]:
    lines: list[Any] = [[{"text": step["name"], "style": "bold"}]]
    lines += [step["help"]] if step["help"] else []
    return lines + ([[{"text": f"→ {'; '.join(step['ways'])}.", "style": "italic"}]] if step["ways"] else [])


def _papers(document: Document, data: dict[str, Any]) -> None:
    word.heading(document, "7. BIỂU MẪU, PHIẾU IN")
    _said(document, data["said"]["forms"], "" if data["forms"] or data["slips"] else "Không có.")
    if data["forms"]:
        rows = [(str(n), form["title"], form["code"], "; ".join(form["used"])) for n, form in enumerate(data["forms"], 1)]
        word.table(document, ("TT", "Biểu mẫu (Phụ lục)", "Ký hiệu", "Dùng ở bước"), rows, (6, 36, 24, 34))
    if data["slips"]:
        document.add_paragraph("Giấy tờ in từ quy trình:")
        papers = [(str(n), slip["title"], slip["file"]) for n, slip in enumerate(data["slips"], 1)]
        word.table(document, ("TT", "Tên phiếu", "Tệp mẫu"), papers, (6, 60, 34))
    word.heading(document, "8. HỒ SƠ LƯU")
    record = data["record"]
    years = f"{record['years']} năm" if record["years"] else "theo bảng thời hạn bảo quản của cơ quan"
    word.table(document, ("Loại hồ sơ", "Thời hạn lưu"), [(record["name"], years)], (70, 30))
    _said(document, data["said"]["records"])
    if data["register_columns"]:
        document.add_paragraph(f"Sổ theo dõi gồm các cột: {'; '.join(data['register_columns'])}.")


def _forms(document: Document, data: dict[str, Any]) -> None:
    if not data["forms"]:
        return
    word.new_page(document)
    word.heading(document, "PHỤ LỤC: NỘI DUNG BIỂU MẪU").alignment = word.CENTER
    for number, form in enumerate(data["forms"], 1):
        word.heading(document, f"{number}. {form['title']} ({form['code']})", level=2)
        rows = [(f["label"], f["type"], f["required"], f["choices"]) for f in form["fields"]]
        if rows:
            word.table(document, ("Mục", "Loại", "Bắt buộc", "Lựa chọn"), rows, (35, 16, 13, 36))
        else:
            document.add_paragraph("Không có câu hỏi.")


def _said(document: Document, blocks: list[Block], otherwise: str = "") -> None:
    """What README.md says of a part; ``otherwise`` where it says nothing."""
    for block in blocks:
        if block["kind"] == "table" and block["head"]:
            made = word.table(document, [""] * len(block["head"]), block["rows"], [1] * len(block["head"]))
            for cell, runs in zip(made.rows[0].cells, block["head"], strict=True):
                word.write_runs(cell.paragraphs[0], runs, bold=True, size=10.5)
        elif block["kind"] == "list":
            for number, runs in enumerate(block["items"], 1):
                _item(document, runs, f"{number}." if block["is_ordered"] else "–")
        elif block["kind"] != "table":
            paragraph = document.add_paragraph()
            paragraph.alignment = word.JUSTIFY
            word.write_runs(paragraph, block["runs"], bold=block["kind"] == "heading")
    if not blocks and otherwise:
        document.add_paragraph(otherwise)


def _listed(document: Document, lines: list[str]) -> None:
    for line in lines:
        _item(document, [{"text": line, "style": ""}], "–")


def _item(document: Document, runs: Any, mark: str) -> None:
    paragraph = document.add_paragraph(f"{mark} ")
    paragraph.paragraph_format.left_indent = Mm(4)
    word.write_runs(paragraph, runs)
