"""Machine-readable marks on a slip, as SVG pictures: QR (ISO/IEC 18004) and Code 128 (ISO/IEC 15417).

TT 01/2018/TT-VPCP Đ.19 lets a bar code or a QR code stand beside the dossier code. Both are drawn as one vector path each, so
that they stay sharp at any size.
"""

import io
from dataclasses import dataclass

import segno

from engine.printing.press import PrintingFailed

#: Bar and space widths of the 103 data symbols, then Start A, Start B, Start C (ISO/IEC 15417 table 1).
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_PATTERNS = [_WIDTHS[at : at + 6] for at in range(0, len(_WIDTHS), 6)]
_STOP = "2331112"
_START = {"B": 104, "C": 105}
_SWITCH = {"B": 100, "C": 99}
_QUIET = 10


@dataclass(frozen=True)
class Mark:
    """A picture of a code: ``svg`` text and its width in modules (the narrowest bar), quiet zones included."""

    svg: str
    modules: int


def qr(text: str) -> Mark:
    """A QR code of any text (UTF-8, error correction M) with its four-module quiet zone."""
    code = segno.make_qr(text, error="m")
    picture = io.BytesIO()
    code.save(picture, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4)
    return Mark(picture.getvalue().decode("utf-8").strip(), int(code.symbol_size(border=4)[0]))


def code128(text: str) -> Mark:
    """A Code 128 bar code of printable ASCII text, pairs of digits packed; refuses anything else and the empty text."""
    widths = [int(width) for symbol in code128_symbols(text) for width in _PATTERNS[symbol]] + [int(width) for width in _STOP]
    path, at = [], _QUIET
    for index, width in enumerate(widths):
        if index % 2 == 0:
            path.append(f"M{at} 0h{width}v1h-{width}z")
        at += width
    modules = at + _QUIET
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {modules} 1" preserveAspectRatio="none">'
    return Mark(f'{head}<path d="{"".join(path)}"/></svg>', modules)


def code128_bars(text: str) -> str:
    """The same bar code as a row of modules, ``1`` black and ``0`` white, quiet zones included."""
    patterns = [_PATTERNS[symbol] for symbol in code128_symbols(text)] + [_STOP]
    bars = "".join(("1", "0")[index % 2] * int(width) for index, width in enumerate("".join(patterns)))
    return "0" * _QUIET + bars + "0" * _QUIET


def code128_symbols(text: str) -> list[int]:
    """Symbol values of the shortest B/C encoding: start, data with switches, check symbol (weighted sum modulo 103)."""
    if not text or not all(" " <= character <= "~" for character in text):
        raise PrintingFailed("Mã vạch chỉ ghi được chữ không dấu và số; hãy kiểm tra lại mã hồ sơ.")
    symbols = min((plan for plan in _plans(text).values()), key=len)
    return [*symbols, (symbols[0] + sum(place * value for place, value in enumerate(symbols))) % 103]


def _plans(text: str) -> dict[str, list[int]]:
    """The shortest list of symbols for the whole text, by the code set it ends in."""
    best: list[dict[str, list[int]]] = [{name: [start] for name, start in _START.items()}]
    for end in range(1, len(text) + 1):
        here = {"B": [*best[end - 1]["B"], ord(text[end - 1]) - 32]} if "B" in best[end - 1] else {}
        if end >= 2 and "C" in best[end - 2] and text[end - 2 : end].isdigit():
            here["C"] = [*best[end - 2]["C"], int(text[end - 2 : end])]
        for name, other in (("B", "C"), ("C", "B")):
            if other in here and (name not in here or len(here[other]) + 1 < len(here[name])):
                here[name] = [*here[other], _SWITCH[name]]
        best.append(here)
    return best[-1]
