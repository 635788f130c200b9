"""Words across every page of a Word document, as Word itself writes a watermark: letters along a path, behind the text."""

from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor

_RED = RGBColor(0xC8, 0x1E, 0x1E)
_SHAPE = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"><w:rPr><w:noProof/></w:rPr><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
    '<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
    '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom"'
    ' o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
    '<v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>'
    '<o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
    '<v:shape id={id} o:spid={spid} type="#_x0000_t136" o:allowincell="f" fillcolor="#c81e1e" stroked="f"'
    ' style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:{height}pt;rotation:315;z-index:-251658752;'
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    'mso-position-vertical:center;mso-position-vertical-relative:margin">'
    '<v:fill opacity=".3"/><v:textpath style="font-family:&quot;Times New Roman&quot;;font-size:1pt" string={words}/>'
    "</v:shape></w:pict></w:r>"
)
#: Points across the page, and the highest letters.
_WIDEST, _HIGHEST = 460, 110


def add(document: Document, words: str, note: str = "") -> None:
    """Put ``words`` across the pages of every section that has a heading of its own; in plain letters above the text too, because
    not every program shows letters along a path. ``note`` stands in that line beside them."""
    said = f"{words} – {note}" if note else words
    height = min(_HIGHEST, round(_WIDEST / max(len(words), 1) * 1.6))
    for place, section in enumerate(document.sections, 1):
        if place > 1 and section.header.is_linked_to_previous:
            continue
        line = section.header.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run(said)
        run.bold, run.font.size, run.font.color.rgb = True, Pt(11), _RED
        shape = {"id": quoteattr(f"WaterMark{place}"), "spid": quoteattr(f"_x0000_s{2048 + place}"), "words": quoteattr(words)}
        line._p.append(parse_xml(_SHAPE.format(width=_WIDEST, height=height, **shape)))
