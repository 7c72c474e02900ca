"""Small NPZ and NPY files as NumPy saves them. Run with NumPy 2.4.6: python arrays.py"""

import numpy as np

random = np.random.default_rng(1)
images = random.integers(0, 256, (30, 5, 6), dtype=np.uint8)
labels = np.arange(30, dtype=np.int64) % 3

# The layout of Keras's mnist.npz.
np.savez_compressed("keras.npz", x_train=images[:20], y_train=labels[:20], x_test=images[20:], y_test=labels[20:])
# The same as a program that normalises, with PyTorch's order of the channels, one-hot answers and column-major memory.
floats = (np.repeat(images[:, None], 3, axis=1) / 255).astype(np.float32)
np.savez("torch.npz", X=np.asfortranarray(floats), y=np.eye(3, dtype=np.float32)[labels])
# A table and its numbers to predict.
table = random.normal(size=(30, 2))
np.savez("table.npz", features=table, target=table @ [2.0, -1.0] + 0.5, names=np.array(["a", "b"]))
np.save("table.npy", np.column_stack([table, labels]).astype(">f4"))
np.save("images.npy", images)
np.save("labels.npy", labels.astype(np.int32)[:, None])
print(images[0].tolist(), images[20].tolist(), table[0].tolist())
