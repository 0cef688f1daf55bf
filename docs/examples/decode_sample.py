#!/usr/bin/env python3
"""Decodes a blkwarden.sample.v1 batch from a file and prints it as JSON (docs/PROTOCOL.md)."""
import json
import sys
import uuid

COLUMNS = (
    "read_ios read_sectors read_ms write_ios write_sectors write_ms in_flight io_ms queue_ms"
    " discard_ios discard_sectors flush_ios flush_ms out_of_requests"
    " unknown_columns shared_io_ms"
).split()
# Only in batches in which a row has them.
LATER_COLUMNS = 2
TABLES = {0: "disks", 1: "devices"}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"ends at {len(self.data)}, expected {count} bytes at {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7


def table(body):
    rows = body.varint()
    bits = body.take((rows + 7) // 8)
    present = [row for row in range(rows) if bits[row // 8] >> (row % 8) & 1]
    result = [None] * rows
    for row in present:
        result[row] = dict.fromkeys(COLUMNS[:-LATER_COLUMNS], 0)
    for _ in range(body.varint()):
        column, values = body.varint(), Reader(body.take(body.varint()))
        if column < len(COLUMNS):
            for row in present:
                result[row][COLUMNS[column]] = values.varint()
    for row in present:
        unknown = result[row].pop("unknown_columns", 0)
        for column, name in enumerate(COLUMNS):
            if unknown >> column & 1:
                result[row][name] = None
    return result


def decode(data):
    reader = Reader(data)
    if reader.take(3) != b"\xb1\x4b\x01":
        raise ValueError("not a blkwarden.sample.v1 batch")
    batch = {"run": str(uuid.UUID(bytes=reader.take(16)))}
    for field in "base_id revision sequence monotonic_ms wall_ms interval_ms".split():
        batch[field] = reader.varint()
    flags = reader.take(1)[0]
    batch["io_some_us"] = reader.varint() if flags & 1 else None
    batch["io_full_us"] = reader.varint() if flags & 2 else None
    for _ in range(reader.varint()):
        kind, body = reader.varint(), Reader(reader.take(reader.varint()))
        if kind in TABLES:
            batch[TABLES[kind]] = table(body)
    return batch


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        print(json.dumps(decode(file.read()), indent=1))
