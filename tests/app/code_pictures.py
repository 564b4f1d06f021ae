"""Pictures and videos of codes, as a camera sees them on a shelf."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.shapes import Group, Rect, mmult

SIZE = (960, 540)
# Chromium plays pictures at this rate, per second
RATE = 30
SQUARE = ("QR", "ECC200DataMatrix")
# How much larger a code is drawn than it is seen, so that its edges are smooth
FINE = 4


def draw_code(kind, value, width, height=None):
    """A code as a label, with white around it.

    :param str kind: a name of reportlab's codes; FNC1 in Code128 is ``\\xf1``
    :param int width: of the label, in pixels
    :rtype: PIL.Image.Image
    """
    options = {} if kind in SQUARE else {"humanReadable": False}
    drawing = createBarcodeDrawing(kind, value=value, **options)
    scale = (width * FINE / drawing.width, (height or width) * FINE / drawing.height)
    code = Image.new("L", (width * FINE, (height or width) * FINE), 255)
    pen = ImageDraw.Draw(code)
    for rect, (a, _b, _c, d, e, f) in _rects(drawing.contents, (1, 0, 0, 1, 0, 0)):
        if rect.fillColor and rect.fillColor.red < 0.5:
            left, right = a * rect.x + e, a * (rect.x + rect.width) + e
            top, bottom = d * (rect.y + rect.height) + f, d * rect.y + f
            box = (left, drawing.height - top, right, drawing.height - bottom)
            ends = [round(place * scale[i % 2]) for i, place in enumerate(box)]
            pen.rectangle((ends[0], ends[1], ends[2] - 1, ends[3] - 1), fill=0)
    code = code.resize((width, height or width), Image.Resampling.BOX)
    label = Image.new("L", (code.width + 60, code.height + 60), 255)
    label.paste(code, (30, 30))
    return label


def _rects(shapes, transform):
    """The rectangles of reportlab's shapes, each with where it is."""
    for shape in shapes:
        if isinstance(shape, Rect):
            yield shape, transform
        elif isinstance(shape, Group):
            yield from _rects(shape.contents, mmult(transform, shape.transform))
        elif hasattr(shape, "draw"):
            yield from _rects([shape.draw()], transform)


def draw_shelf(*labels, blur=0):
    """A picture of a shelf.

    :param labels: each a picture, its left upper corner, and its tilt in degrees
    :param float blur: as the camera's focus is off, in pixels
    :rtype: PIL.Image.Image
    """
    shelf = Image.effect_noise(SIZE, 12)
    for label, corner, tilt in labels:
        tilted = label.convert("LA").rotate(
            tilt, expand=True, resample=Image.Resampling.BICUBIC
        )
        shelf.paste(tilted.getchannel("L"), corner, tilted.getchannel("A"))
    return shelf.filter(ImageFilter.GaussianBlur(blur)).convert("RGB")


def write_video(path, scenes):
    """Write a Motion JPEG video, which Chromium plays again and again.

    :param scenes: each a picture and for how many seconds it is seen
    """
    with open(path, "wb") as video:
        for picture, seconds in scenes:
            jpeg = BytesIO()
            picture.save(jpeg, "JPEG", quality=80)
            video.write(jpeg.getvalue() * round(seconds * RATE))
