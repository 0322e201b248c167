import { create, createFileRegistry, toBinary } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** A tensor of weights. */
export interface TensorMessage {
  readonly name: string;
  readonly dims: readonly bigint[];
  /** One of `ElementType`. */
  readonly dataType: number;
  /** The numbers, little-endian. */
  readonly rawData: Uint8Array;
}

/** A named setting of an operation; `type` says which field holds it. */
export interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly i?: bigint;
  readonly ints?: readonly bigint[];
  readonly g?: GraphMessage;
}

/** An operation. */
export interface NodeMessage {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeMessage[];
}

/** An input or output of a graph. */
export interface ValueMessage {
  readonly name: string;
  readonly docString?: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      /** Sides: a number, or a name for one that may be anything. */
      readonly shape: {
        readonly dim: readonly { readonly dimValue?: bigint; readonly dimParam?: string }[];
      };
    };
  };
}

/** Operations in an order in which they can be run, and their weights. */
export interface GraphMessage {
  readonly name: string;
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly input: readonly ValueMessage[];
  readonly output: readonly ValueMessage[];
}

/** A whole file. */
export interface ModelMessage {
  readonly irVersion: bigint;
  readonly opsetImport: readonly { readonly domain: string; readonly version: bigint }[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly docString: string;
  readonly graph: GraphMessage;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** Types of numbers that we use. */
export const ElementType = { float: 1, double: 11 } as const;

/** Which field of an attribute holds its value. */
export const AttributeType = { int: 2, graph: 5, ints: 7 } as const;

/** Field: number, type, and whether there may be several; a name with a capital is a message. */
type Field = readonly [number: number, type: string, repeated?: "repeated"];

/**
 * The messages of the format that we write, with the field numbers of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, IR version 8).
 */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  ModelProto: {
    ir_version: [1, "INT64"],
    producer_name: [2, "STRING"],
    producer_version: [3, "STRING"],
    doc_string: [6, "STRING"],
    graph: [7, "GraphProto"],
    opset_import: [8, "OperatorSetIdProto", "repeated"],
    metadata_props: [14, "StringStringEntryProto", "repeated"],
  },
  OperatorSetIdProto: { domain: [1, "STRING"], version: [2, "INT64"] },
  StringStringEntryProto: { key: [1, "STRING"], value: [2, "STRING"] },
  GraphProto: {
    node: [1, "NodeProto", "repeated"],
    name: [2, "STRING"],
    initializer: [5, "TensorProto", "repeated"],
    input: [11, "ValueInfoProto", "repeated"],
    output: [12, "ValueInfoProto", "repeated"],
  },
  NodeProto: {
    input: [1, "STRING", "repeated"],
    output: [2, "STRING", "repeated"],
    name: [3, "STRING"],
    op_type: [4, "STRING"],
    attribute: [5, "AttributeProto", "repeated"],
  },
  AttributeProto: {
    name: [1, "STRING"],
    i: [3, "INT64"],
    g: [6, "GraphProto"],
    ints: [8, "INT64", "repeated"],
    type: [20, "INT32"],
  },
  TensorProto: {
    dims: [1, "INT64", "repeated"],
    data_type: [2, "INT32"],
    name: [8, "STRING"],
    raw_data: [9, "BYTES"],
  },
  ValueInfoProto: { name: [1, "STRING"], type: [2, "TypeProto"], doc_string: [3, "STRING"] },
  TypeProto: { tensor_type: [1, "TensorTypeProto"] },
  TensorTypeProto: { elem_type: [1, "INT32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto", "repeated"] },
  DimensionProto: { dim_value: [1, "INT64"], dim_param: [2, "STRING"] },
};

function describeField(
  name: string,
  [number, type, repeated]: Field,
): FieldDescriptorProto {
  const label = repeated === undefined ? Label.OPTIONAL : Label.REPEATED;
  const scalar = Object.hasOwn(MESSAGES, type) ? null : Type[type as keyof typeof Type];
  return create(FieldDescriptorProtoSchema, {
    ...{ name, number, label },
    ...(scalar === null ? { type: Type.MESSAGE, typeName: `.onnx.${type}` } : { type: scalar }),
  });
}

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    ...{ name: "onnx.proto3", package: "onnx", syntax: "proto3" },
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: Object.entries(fields).map(([field, shape]) => describeField(field, shape)),
    })),
  }),
  () => undefined,
);

/**
 * Writes an ONNX file.
 *
 * @param model The content.
 * @returns Its bytes.
 */
export function encodeOnnx(model: ModelMessage): Uint8Array {
  const schema = registry.getMessage("onnx.ModelProto")!;
  return toBinary(schema, create(schema, { ...model }));
}
