"""Pictures that other programs wrote, with their pixels: `python pictures.py` writes pictures.json.

PNG files of every kind (colour type, bits, interlacing, transparency) are packed here, by zlib, from samples that a
seed draws: the truth is the samples. JPEG files are Pillow's, and the truth is what Pillow reads from them.
Made with Python 3.11.7, NumPy 2.4.6, Pillow 13.0.0.
"""

import base64
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

drawn = np.random.default_rng(1)
W, H = 13, 9
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, depth):
    """Scanlines: each with a filter byte, the filters 0 to 4 in turn."""
    out, before = b"", None
    for y, row in enumerate(samples.reshape(len(samples), -1)):
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype("u1").tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        bpp = max(1, samples.shape[2] * depth // 8)
        up = before or bytes(len(line))
        kind = y % 5
        packed = bytearray()
        for i, byte in enumerate(line):
            a = line[i - bpp] if i >= bpp else 0
            b, c = up[i], up[i - bpp] if i >= bpp else 0
            p = a + b - c
            paeth = min([(abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)])[2]
            packed.append((byte - [0, a, b, (a + b) // 2, paeth][kind]) & 255)
        out += bytes([kind]) + bytes(packed)
        before = line
    return out


def png(samples, depth, colour, interlaced=False, palette=None, clear=None):
    h, w, _ = samples.shape
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced)))
    data += chunk(b"tEXt", b"__proto__\0a text that nobody asks for")
    if palette is not None:
        data += chunk(b"PLTE", palette[:, :3].astype("u1").tobytes())
    if clear is not None:
        data += chunk(b"tRNS", clear)
    if interlaced:
        raw = b"".join(rows(part, depth) for x, y, dx, dy in PASSES if (part := samples[y::dy, x::dx]).size)
    else:
        raw = rows(samples, depth)
    packed = zlib.compress(raw, 9)
    # In two chunks, cut anywhere.
    return data + chunk(b"IDAT", packed[:11]) + chunk(b"IDAT", packed[11:]) + chunk(b"IEND", b"")


def text(data):
    return base64.b64encode(bytes(data)).decode()


def case(name, file, pixels, most=0):
    h, w, channels = pixels.shape
    pixels = pixels.astype("u1").tobytes()
    return {"name": name, "file": text(file), "width": w, "height": h, "channels": channels, "pixels": text(pixels), "most": most}


def eight_bits(samples, depth):
    top = 2**depth - 1
    return (samples.astype("u8") * 255 * 2 + top) // (2 * top)


cases = []
for colour, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 4: [8, 16], 6: [8, 16]}.items():
    for depth in depths:
        samples = drawn.integers(0, 2**depth, (H, W, SAMPLES[colour]))
        truth = eight_bits(samples, depth)
        for interlaced in [False, True] if depth >= 8 else [False]:
            name = f"png {colour} {depth}{' interlaced' if interlaced else ''}"
            cases.append(case(name, png(samples, depth, colour, interlaced), truth))
        if colour in (0, 2):
            clear = samples[4, 4]
            alpha = np.where((samples == clear).all(axis=2, keepdims=True), 0, 255)
            file = png(samples, depth, colour, clear=clear.astype(">u2").tobytes())
            cases.append(case(f"png {colour} {depth} with a clear colour", file, np.concatenate([truth, alpha], axis=2)))
for depth in [1, 2, 4, 8]:
    samples = drawn.integers(0, 2**depth, (H, W, 1))
    palette = drawn.integers(0, 256, (2**depth, 4))
    palette[2 ** (depth - 1) :, 3] = 255
    file = png(samples, depth, 3, palette=palette)
    cases.append(case(f"png palette {depth}", file, palette[samples[:, :, 0], :3]))
    clear = palette[: 2 ** (depth - 1), 3].astype("u1").tobytes()
    file = png(samples, depth, 3, palette=palette, clear=clear)
    cases.append(case(f"png palette {depth} with alpha", file, palette[samples[:, :, 0]]))
interlaced_1 = png(drawn.integers(0, 2, (H, W, 1)), 1, 0, True)


def smooth(w, h, channels):
    """A picture without sharp edges in its colours, so that decoders agree on them."""
    y, x = np.mgrid[0:h, 0:w]
    waves = [127 + 100 * np.sin((x * (c + 1) + y * (3 - c)) / 17 + c) for c in range(channels)]
    return np.stack(waves, axis=2).astype("u1")


def jpeg(pixels, mode, **options):
    image = Image.fromarray(pixels[:, :, 0] if mode == "L" else pixels, mode=mode)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, **options)
    read = ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue())))
    read = np.asarray(read.convert("L" if mode == "L" else "RGB"))
    return out.getvalue(), read if read.ndim == 3 else read[:, :, None]


grey, colours = smooth(37, 21, 1), smooth(37, 21, 3)
cases.append(case("jpeg grey", *jpeg(grey, "L"), most=2))
cases.append(case("jpeg colour", *jpeg(colours, "RGB", subsampling=0), most=3))
cases.append(case("jpeg colour 4:2:0", *jpeg(colours, "RGB", subsampling=2), most=24))
cases.append(case("jpeg progressive", *jpeg(colours, "RGB", subsampling=0, progressive=True), most=3))
cases.append(case("jpeg progressive grey", *jpeg(grey, "L", progressive=True), most=2))
cases.append(case("jpeg RGB as it is", *jpeg(colours, "RGB", subsampling=0, keep_rgb=True), most=2))
cases.append(case("jpeg restarts", *jpeg(colours, "RGB", subsampling=0, restart_marker_blocks=3), most=3))
for turn in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "a camera"
    cases.append(case(f"jpeg orientation {turn}", *jpeg(grey, "L", exif=exif), most=2))
cmyk = Image.fromarray(np.concatenate([colours, grey // 2], axis=2), mode="CMYK")
print_colours = io.BytesIO()
cmyk.save(print_colours, "JPEG", quality=92, subsampling=0)
cases.append(case("jpeg CMYK", print_colours.getvalue(), np.asarray(Image.open(print_colours).convert("RGB")), most=4))

refused = {"interlaced, 1 bit": text(interlaced_1)}
for kind in ["WEBP", "GIF", "BMP", "TIFF"]:
    out = io.BytesIO()
    Image.fromarray(colours[:4, :4]).save(out, kind)
    refused[kind] = text(out.getvalue())
Path(__file__).with_name("pictures.json").write_text(json.dumps({"cases": cases, "refused": refused}, indent=1) + "\n")
