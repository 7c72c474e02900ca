"""Events as TensorBoard's own classes write them, for src/tensorboard/events.test.ts.

    pip install tensorboard==2.21.0 'setuptools<80'
    python events.py > events.json
"""

import base64
import io
import json

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.record_writer import RecordWriter, masked_crc32c


class Kept(io.BytesIO):
    def close(self):
        pass


def framed(event):
    kept = Kept()
    RecordWriter(kept).write(event.SerializeToString())
    return base64.b64encode(kept.getvalue()).decode()


Value = summary_pb2.Summary.Value
PNG = b"\x89PNG not really"
text = Value(tag="configuration/text_summary")
text.metadata.plugin_data.plugin_name = "text"
text.tensor.CopyFrom(
    TensorProto(dtype="DT_STRING", string_val=["η = 0.5".encode()], tensor_shape=TensorShapeProto(dim=[{"size": 1}]))
)
histogram = summary_pb2.HistogramProto(
    min=-1, max=2, num=4, sum=3, sum_squares=9, bucket_limit=[0, 1, 2], bucket=[1, 0, 3]
)
picture = summary_pb2.Summary.Image(height=2, width=3, colorspace=1, encoded_image_string=PNG)


def event(step, *values):
    return framed(event_pb2.Event(wall_time=1700000000.25, step=step, summary=summary_pb2.Summary(value=values)))


print(
    json.dumps(
        {
            "masked": {word: int(masked_crc32c(word.encode())) for word in ["", "a", "123456789"]},
            "header": framed(event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2")),
            "scalars": event(2**40, Value(tag="epoch/loss", simple_value=0.1), Value(tag="é", simple_value=-3e38)),
            "first": event(0, Value(tag="zero", simple_value=0)),
            "histogram": event(3, Value(tag="weights", histo=histogram)),
            "picture": event(4, Value(tag="mistake", image=picture)),
            "text": event(5, text),
        },
        indent=1,
    )
)
