"""Parquet files that other programs wrote: `python parquet.py` writes parquet.json, each file as base64.

Made with Python 3.11.7, NumPy 2.4.6, pyarrow 26.0.1, datasets 5.2.0, Pillow 13.0.0. The tables are one table in every
packing; the pictures are in Hugging Face's layout, and in that of a table of PNG bytes.
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features
from datasets import Image as Picture
from PIL import Image

drawn = np.random.default_rng(1)
ROWS = 40


def text(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return base64.b64encode(out.getvalue()).decode()


def kept(values, mask):
    return [None if absent else value for value, absent in zip(values, mask)]


table = {
    "int8": drawn.integers(-100, 100, ROWS).astype("i1"),
    "uint32": drawn.integers(0, 2**32, ROWS).astype("u4"),
    "int64": drawn.integers(-(2**40), 2**40, ROWS),
    "float": drawn.standard_normal(ROWS).astype("f4"),
    "double": drawn.standard_normal(ROWS),
    "half": drawn.standard_normal(ROWS).astype("f2"),
    "truth": drawn.integers(0, 2, ROWS).astype(bool),
    "word": [["red", "green", "blue"][i % 3] for i in range(ROWS)],
}
columns = {name: pa.array(values) for name, values in table.items()}
whole = pa.table(columns)
# The same with values that are absent.
mask = drawn.integers(0, 3, ROWS) == 0
holes = pa.table({name: pa.array(kept(values.to_pylist(), mask), values.type) for name, values in columns.items()})

files = {}
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    files[codec] = text(whole, compression=codec)
files["pages of the second kind"] = text(whole, data_page_version="2.0", compression="snappy")
files["no dictionary"] = text(whole, use_dictionary=False, compression="none")
files["several groups"] = text(whole, row_group_size=11)
files["small pages"] = text(whole, data_page_size=16, write_batch_size=4)
files["differences"] = text(whole.drop_columns(["half"]), use_dictionary=False, column_encoding={"int64": "DELTA_BINARY_PACKED", "word": "DELTA_LENGTH_BYTE_ARRAY", "double": "BYTE_STREAM_SPLIT"})
absent = {name: text(holes, **options) for name, options in {
    "absent": {},
    "absent, pages of the second kind": {"data_page_version": "2.0"},
    "absent, no dictionary": {"use_dictionary": False},
}.items()}

# Small ones, for what changes them at random.
few = whole.select(["int64", "truth", "word"]).slice(0, 5).rename_columns(["int64", "truth", "label"])
small = {codec: text(few, compression=codec) for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]}
small["second kind"] = text(few, data_page_version="2.0")
small["differences"] = text(few, use_dictionary=False, compression="none", column_encoding={"int64": "DELTA_BINARY_PACKED", "label": "DELTA_LENGTH_BYTE_ARRAY"})
small["plain"] = text(few, use_dictionary=False, compression="none")

pictures = [drawn.integers(0, 256, (5, 4)).astype("u1") for _ in range(7)]
labels = [int(i) for i in drawn.integers(0, 3, 7)]
names = ["cat", "ant", "bee"]
features = Features({"image": Picture(), "label": ClassLabel(names=names)})
dataset = Dataset.from_dict({"image": [Image.fromarray(p) for p in pictures], "label": labels}, features=features)
out = io.BytesIO()
dataset.to_parquet(out)
files_of_pictures = {"hugging face": base64.b64encode(out.getvalue()).decode()}


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


small["pictures"] = text(pa.table({"image": [{"bytes": png(p), "path": None} for p in pictures[:3]], "label": ["a", "b", "a"]}))
bare = pa.table({"png": [png(p) for p in pictures], "digit": pa.array(labels, pa.int32())})
files_of_pictures["bytes"] = text(bare)
words = pa.table({"image": [{"bytes": png(p), "path": None} for p in pictures], "kind": [names[i] for i in labels]})
files_of_pictures["words"] = text(words)
secret = pa.table({"image": [{"bytes": png(p), "path": f"{i}.png"} for i, p in enumerate(pictures)], "label": [-1] * 7})
files_of_pictures["secret"] = text(secret)
one_absent = pa.table({"image": [{"bytes": png(p), "path": None} if i != 3 else None for i, p in enumerate(pictures)], "label": labels})
files_of_pictures["one absent"] = text(one_absent)

day = pa.array([1, 2, 3], pa.date32())
refused = {
    "dates": text(pa.table({"x": [1, 2, 3], "day": day})),
    "times": text(pa.table({"x": [1, 2, 3], "at": pa.array([1, 2, 3], pa.timestamp("us"))})),
    "lists": text(pa.table({"x": [1, 2, 3], "list": [[1], [2, 3], []]})),
    "structures": text(pa.table({"x": [1, 2, 3], "point": [{"a": 1, "b": 2}] * 3})),
    "bytes": text(pa.table({"x": [1, 2, 3], "raw": [b"a", b"b", b"c"]})),
    "texts by their differences": text(pa.table({"x": [1, 2, 3], "w": ["aa", "ab", "ac"]}), use_dictionary=False, column_encoding={"w": "DELTA_BYTE_ARRAY"}),
    "no rows": text(pa.table({"x": pa.array([], pa.int64()), "y": pa.array([], pa.int64())})),
}
import pandas as pd  # datasets brings it

frame = pd.DataFrame({0: [1.5, 2.5, 3.5], 1: [1, 2, None], "kind": ["a", "b", "a"]}, index=[5, 6, 7])
frame.columns = frame.columns.map(str)
pandas = text(pa.Table.from_pandas(frame))

Path(__file__).with_name("parquet.json").write_text(
    json.dumps(
        {
            "columns": list(table),
            "rows": [[None if v is None else (int(v) if isinstance(v, bool) else v) for v in row.values()] for row in whole.to_pylist()],
            "mask": mask.tolist(),
            "tables": files,
            "absent": absent,
            "small": small,
            "pictures": files_of_pictures,
            "pixels": [p.ravel().tolist() for p in pictures],
            "labels": labels,
            "names": names,
            "refused": refused,
            "pandas": pandas,
        }
    )
    + "\n"
)
