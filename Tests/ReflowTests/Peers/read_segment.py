"""Reads a segment with PyPI mcap, checksums checked, and prints each topic's last message as JSON.

Binary messages are decoded by nothing but the layout text in the channel's schema: a line a field,
`name type[count] unit`, little-endian, without padding.
"""
import json
import re
import struct
import sys

from mcap.reader import make_reader

TYPES = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i64": "q", "f32": "f", "f64": "d"}


def decode(layout, data):
    fields = {}
    offset = 0
    for line in layout.splitlines():
        name, kind, count = re.match(r"(\w+) (\w+)(?:\[(\w+)\])?", line).groups()
        number = 1 if count is None else int(count) if count.isdigit() else fields[count]
        form = f"<{number}{TYPES[kind]}"
        values = struct.unpack_from(form, data, offset)
        offset += struct.calcsize(form)
        fields[name] = values[0] if count is None else list(values)
    if offset != len(data):
        raise SystemExit(f"{len(data) - offset} bytes are left of a message")
    return fields


with open(sys.argv[1], "rb") as stream:
    last = {}
    for schema, channel, message in make_reader(stream, validate_crcs=True).iter_messages():
        if channel.message_encoding == "json":
            json.loads(schema.data)
            last[channel.topic] = json.loads(message.data)
        else:
            last[channel.topic] = decode(schema.data.decode(), message.data)
    print(json.dumps(last))
