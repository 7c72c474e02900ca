/**
 * Event files, which TensorBoard shows: records (records.ts), each an Event as protobuf. The numbers of the fields are
 * those of TensorFlow's event.proto, summary.proto and tensor.proto.
 *
 *   const file = [eventFileHeader(now), encodeEvent({ wallTime: now, step: 1, values: [{ tag: "loss", scalar: 0.3 }] })];
 *
 * Bytes that are appended to a file as they come are a file that TensorBoard follows live.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ArgumentError } from "inkling";
import type { Histogram } from "./histogram.ts";
import { framed } from "./records.ts";

/** A picture in an event: a PNG file, and its size. */
export interface EventPicture {
  readonly width: number;
  readonly height: number;
  /** How many numbers a pixel has: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly png: Uint8Array;
}

/** One value under its tag; a / in the tag makes groups. */
export type EventValue = { readonly tag: string } & (
  | { readonly scalar: number }
  | { readonly histogram: Histogram }
  | { readonly picture: EventPicture }
  /** Markdown. */
  | { readonly text: string }
);

/** What is said of one step. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** The step, or the epoch: the axis that curves are drawn over. */
  readonly step: number;
  readonly values: readonly EventValue[];
}

/** What an event file begins with. `wallTime`: seconds since 1970. */
export function eventFileHeader(wallTime: number): Uint8Array<ArrayBuffer> {
  const event = new BinaryWriter();
  event.tag(1, WireType.Bit64).double(wallTime);
  event.tag(3, WireType.LengthDelimited).string("brain.Event:2");
  return framed(event.finish());
}

/** An event as bytes to append to a file. Throws an ArgumentError for a step that is no whole number from 0. */
export function encodeEvent({ wallTime, step, values }: TensorBoardEvent): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(step) || step < 0) throw new ArgumentError("encodeEvent", "a step from 0", String(step));
  const event = new BinaryWriter();
  event.tag(1, WireType.Bit64).double(wallTime);
  // A number of 0 is left out, as protobuf does.
  if (step > 0) event.tag(2, WireType.Varint).int64(step);
  event.tag(5, WireType.LengthDelimited).fork();
  for (const value of values) {
    event.tag(1, WireType.LengthDelimited).fork();
    writeValue(event, value);
    event.join();
  }
  event.join();
  return framed(event.finish());
}

function writeValue(writer: BinaryWriter, value: EventValue): void {
  writer.tag(1, WireType.LengthDelimited).string(value.tag);
  if ("scalar" in value) writer.tag(2, WireType.Bit32).float(asFloat(value.scalar));
  else if ("picture" in value) writePicture(writer, value.picture);
  else if ("histogram" in value) writeHistogram(writer, value.histogram);
  else writeText(writer, value.text);
}

/** A number beyond float32 is infinite there, as NaN is NaN: TensorBoard shows both as such. */
function asFloat(value: number): number {
  return Math.fround(value);
}

function writePicture(writer: BinaryWriter, { width, height, channels, png }: EventPicture): void {
  writer.tag(4, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int32(height);
  writer.tag(2, WireType.Varint).int32(width);
  writer.tag(3, WireType.Varint).int32(channels);
  writer.tag(4, WireType.LengthDelimited).bytes(png);
  writer.join();
}

function writeHistogram(writer: BinaryWriter, histogram: Histogram): void {
  const { min, max, count, sum, sumOfSquares, limits, counts } = histogram;
  writer.tag(5, WireType.LengthDelimited).fork();
  for (const [i, value] of [min, max, count, sum, sumOfSquares].entries()) {
    if (value !== 0) writer.tag(i + 1, WireType.Bit64).double(value);
  }
  for (const [field, numbers] of [[6, limits] as const, [7, counts] as const]) {
    writer.tag(field, WireType.LengthDelimited).fork();
    for (const number of numbers) writer.double(number);
    writer.join();
  }
  writer.join();
}

/** TensorFlow's number for a type of texts. */
const DT_STRING = 7;

/** A tensor of one text, and in its metadata the name of what shows it. */
function writeText(writer: BinaryWriter, text: string): void {
  writer.tag(8, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int32(DT_STRING);
  // A shape of one dimension, of size 1.
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int64(1);
  writer.join().join();
  writer.tag(8, WireType.LengthDelimited).string(text);
  writer.join();
  writer.tag(9, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string("text");
  writer.join().join();
}
