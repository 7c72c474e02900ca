/**
 * The messages of an ONNX file, as far as models of this kind need them: onnx.proto of onnx 1.23 as tables of fields,
 * and beside each table the type of what is read by it. A graph inside of an attribute, as If and Loop have, is not
 * read: no layer needs it.
 */
import { many, one, type Table } from "./protobuf.ts";

export interface Pair {
  readonly key?: string;
  readonly value?: string;
}
const pair: Table = { key: one(1, "string"), value: one(2, "string") };

/** Numbers with a shape. Where they stand depends on their type, and on who wrote them: tensors.ts. */
export interface TensorProto {
  readonly dims: readonly number[];
  readonly data_type?: number;
  readonly float_data?: readonly number[];
  readonly int32_data?: readonly number[];
  readonly string_data?: readonly Uint8Array[];
  readonly int64_data?: readonly number[];
  readonly name?: string;
  readonly raw_data?: Uint8Array;
  readonly double_data?: readonly number[];
  readonly uint64_data?: readonly number[];
  readonly external_data?: readonly Pair[];
  /** 1: the numbers are in another file. */
  readonly data_location?: number;
}
const tensor: Table = {
  dims: many(1, "int64"),
  data_type: one(2, "int32"),
  float_data: many(4, "float"),
  int32_data: many(5, "int32"),
  string_data: many(6, "bytes"),
  int64_data: many(7, "int64"),
  name: one(8, "string"),
  raw_data: one(9, "bytes"),
  double_data: many(10, "double"),
  uint64_data: many(11, "int64"),
  external_data: many(13, pair),
  data_location: one(14, "int32"),
};

export interface AttributeProto {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly type?: number;
}
const attribute: Table = {
  name: one(1, "string"),
  f: one(2, "float"),
  i: one(3, "int64"),
  s: one(4, "bytes"),
  t: one(5, tensor),
  floats: many(7, "float"),
  ints: many(8, "int64"),
  strings: many(9, "bytes"),
  type: one(20, "int32"),
};

/** One operation of a graph. */
export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly op_type?: string;
  readonly attribute: readonly AttributeProto[];
  /** "" or "ai.onnx" for the standard's own operators. */
  readonly domain?: string;
}
const node: Table = {
  input: many(1, "string"),
  output: many(2, "string"),
  name: one(3, "string"),
  op_type: one(4, "string"),
  attribute: many(5, attribute),
  domain: one(7, "string"),
};

export interface DimensionProto {
  readonly dim_value?: number;
  /** The name of a length that is free: N. */
  readonly dim_param?: string;
}
export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: {
    readonly tensor_type?: {
      readonly elem_type?: number;
      readonly shape?: { readonly dim: readonly DimensionProto[] };
    };
  };
}
const dimension: Table = { dim_value: one(1, "int64"), dim_param: one(2, "string") };
const tensorType: Table = { elem_type: one(1, "int32"), shape: one(2, { dim: many(1, dimension) }) };
const valueInfo: Table = { name: one(1, "string"), type: one(2, { tensor_type: one(1, tensorType) }) };

export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name?: string;
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}
const graph: Table = {
  node: many(1, node),
  name: one(2, "string"),
  initializer: many(5, tensor),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
};

export interface OperatorSetProto {
  readonly domain?: string;
  readonly version?: number;
}
export interface ModelProto {
  readonly ir_version?: number;
  readonly producer_name?: string;
  readonly producer_version?: string;
  readonly doc_string?: string;
  readonly graph?: GraphProto;
  readonly opset_import: readonly OperatorSetProto[];
  readonly metadata_props: readonly Pair[];
}
export const modelTable: Table = {
  ir_version: one(1, "int64"),
  producer_name: one(2, "string"),
  producer_version: one(3, "string"),
  doc_string: one(6, "string"),
  graph: one(7, graph),
  opset_import: many(8, { domain: one(1, "string"), version: one(2, "int64") }),
  metadata_props: many(14, pair),
};
