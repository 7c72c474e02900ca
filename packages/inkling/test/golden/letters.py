"""Letters of ten Debian fonts as MNIST would have them, for letters.gz: 10 x 52 pictures of 28 x 28 bytes.

    apt-get download fonts-dejavu-core fonts-liberation fonts-freefont-ttf fonts-lmodern fonts-cantarell \\
        fonts-roboto-unhinted fonts-comic-neue fonts-dancingscript
    for file in *.deb; do dpkg -x $file fonts; done
    python letters.py fonts letters.gz

Made with Pillow 13.0 and NumPy 2.4.6, with the fonts of Debian 12. A letter is drawn 160 pixels high and normalised as MNIST's digits
were: a square around its ink, area averages into 20 x 20, the centre of mass at the centre of 28 x 28. Font after font,
A to Z and a to z.
"""

import gzip
import string
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = ["DejaVuSans.ttf", "DejaVuSerif.ttf", "LiberationSans-Regular.ttf", "LiberationSerif-Italic.ttf", "FreeMono.ttf",
         "lmroman10-regular.otf", "Cantarell-Regular.otf", "Roboto-Regular.ttf", "ComicNeue-Regular.otf",
         "DancingScript-Regular.otf"]


def shares(n):
    """How much of each of n pixels lies in each of 20 cells."""
    edges = np.arange(n + 1) * 20 / n
    cells = np.arange(20)[:, None]
    return np.clip(np.minimum(edges[1:], cells + 1) - np.maximum(edges[:-1], cells), 0, None)


def normalised(ink):
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    cut = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1].astype(float)
    height, width = cut.shape
    side = max(height, width)
    square = np.zeros((side, side))
    i, j = (side - height) // 2, (side - width) // 2
    square[i:i + height, j:j + width] = cut
    small = shares(side) @ square @ shares(side).T
    small = np.round(255 * small / min(1, small.max())).clip(0, 255)
    middle = np.arange(20) + 0.5
    across, down = (small.sum(0) * middle).sum() / small.sum(), (small.sum(1) * middle).sum() / small.sum()
    page = np.zeros((48, 48), np.uint8)
    i, j = [min(28, max(0, int(15 - c) + 10)) for c in (down, across)]
    page[i:i + 20, j:j + 20] = small
    return page[10:38, 10:38]


def letter(font, character):
    image = Image.new("L", (480, 480), 0)
    ImageDraw.Draw(image).text((140, 120), character, font=font, fill=255)
    return normalised(np.asarray(image) > 127)


source, out = Path(sys.argv[1]), sys.argv[2]
pictures = []
for name in FONTS:
    font = ImageFont.truetype(str(next(source.rglob(name))), 160)
    pictures += [letter(font, character) for character in string.ascii_uppercase + string.ascii_lowercase]
with open(out, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=9) as packed:
    packed.write(np.stack(pictures).tobytes())
