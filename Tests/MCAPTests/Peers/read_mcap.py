"""Reads an MCAP file with PyPI mcap, checksums checked, and prints what it found as JSON."""
import json
import sys

from mcap.reader import make_reader

with open(sys.argv[1], "rb") as stream:
    reader = make_reader(stream, validate_crcs=True)
    summary = reader.get_summary()
    topics = {}
    total = 0
    for schema, channel, message in reader.iter_messages():
        topics[channel.topic] = topics.get(channel.topic, 0) + 1
        total += len(message.data)
    print(json.dumps({
        "messages": summary.statistics.message_count,
        "chunks": len(summary.chunk_indexes),
        "topics": topics,
        "bytes": total,
        "metadata": [index.name for index in summary.metadata_indexes],
    }))
