"""
Draws letters in black and white at high resolution, and contact sheets of images. make.js calls it.

    python render.py masks ABC < fonts.txt      a path a line; prints SIZE × SIZE bytes a letter, 0 or 1, font by font
    python render.py sheet FILE WIDTH HEIGHT    writes a PNG of 16 greys; its pixels, a byte each, come from stdin

Pillow's pinned wheel brings its own FreeType, so the one of the system, with its version and settings, does not matter.
Here Python only draws: what follows is in make.js.
"""

import sys

from PIL import Image, ImageDraw, ImageFont

SIZE = 320
HEIGHT = 128


def masks(letters):
    for path in sys.stdin.read().splitlines():
        font = ImageFont.truetype(path, HEIGHT, layout_engine=ImageFont.Layout.BASIC)
        for letter in letters:
            image = Image.new("L", (SIZE, SIZE))
            ImageDraw.Draw(image).text((SIZE / 2, SIZE / 2), letter, fill=255, font=font, anchor="mm")
            box = image.getbbox()
            if box is None or min(box) == 0 or max(box) == SIZE:
                raise ValueError(f"expected {letter} of {path} inside {SIZE} × {SIZE} pixels, got the box {box}.")
            sys.stdout.buffer.write(image.point(lambda grey: grey >= 128).tobytes())


def sheet(file, width, height):
    image = Image.frombytes("L", (int(width), int(height)), sys.stdin.buffer.read())
    image.quantize(16).save(file, optimize=True)


{"masks": masks, "sheet": sheet}[sys.argv[1]](*sys.argv[2:])
