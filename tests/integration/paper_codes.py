"""QR codes on paper, read back from the PDF that draws them."""

import io
import re

import zxingcpp
from PIL import Image, ImageDraw
from pypdf import PdfReader

#: Dots of the picture for each point of the paper.
_DOTS = 2.83


def codes_on(pdf: bytes) -> list[str]:
    """What a reader finds in the dark runs that the PDF draws."""
    [page] = PdfReader(io.BytesIO(pdf)).pages
    drawn = page.get_contents()
    assert drawn is not None
    numbers = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f", drawn.get_data())
    wide, high = (int(float(side) * _DOTS) for side in page.mediabox[2:])
    picture = Image.new("L", (wide, high), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width, height in (tuple(map(float, row)) for row in numbers):
        top = high - y * _DOTS
        box = (x * _DOTS, top, (x + width) * _DOTS - 0.5, top - height * _DOTS - 0.5)
        pen.rectangle(box, fill=0)
    return [found.text for found in zxingcpp.read_barcodes(picture)]
