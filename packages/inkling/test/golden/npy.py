"""Small arrays as NumPy saves them: npy.json. Run with NumPy 2.4.6: python npy.py > npy.json"""

import base64
import io
import json

import numpy as np


def saved(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return base64.b64encode(file.getvalue()).decode()


counting = np.arange(24).reshape(2, 3, 4)
cases = []
for kind in ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]:
    for order in "<>":
        numbers = (counting - (0 if kind[0] == "u" else 12)) * (1 if kind[1] == "1" else 7)
        array = (numbers / (4 if kind[0] == "f" else 1)).astype(order + kind)
        cases.append((order + kind, array, None))
cases.append(("b1", counting % 3 == 0, None))
cases.append(("Fortran order", np.asfortranarray(counting.astype("<f4")), None))
cases.append(("Fortran order, big endian", np.asfortranarray(counting.astype(">i4")), None))
cases.append(("a vector", np.arange(5, dtype="<f8"), None))
cases.append(("one number", np.array(2.5, dtype="<f4"), None))
cases.append(("no numbers", np.zeros((0, 3), dtype="<f4"), None))
cases.append(("version 2", counting.astype("<f4"), (2, 0)))
cases.append(("version 3", counting.astype("<f4"), (3, 0)))

print(
    json.dumps(
        [
            {
                "name": name,
                "shape": array.shape,
                "type": array.dtype.str[1:],
                "values": [str(value) for value in array.ravel().astype(array.dtype.newbyteorder("=")).tolist()],
                "base64": saved(array, version),
            }
            for name, array, version in cases
        ],
        indent=1,
    )
)
