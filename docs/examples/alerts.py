#!/usr/bin/env python3
"""Prints blkwarden's alerts, one per line. Needs only Python's standard library.

usage: alerts.py [SUBJECT]      NATS_URL is the NATS server: nats://[USER:PASSWORD@]HOST[:PORT]

It implements only what a subscriber needs. In production use nats-py, which supports TLS, NKeys
and reconnection: docs/ALERTS.md has an example.
"""

import json
import os
import socket
import sys
import unicodedata
from urllib.parse import unquote, urlsplit


def safe(text):
    """Escapes non-printable characters: guests choose their names."""
    return "".join(
        f"\\u{{{ord(c):x}}}" if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c
        for c in str(text)
    )


def listen(url, subject):
    """Yields the subject and the payload of each message."""
    server = urlsplit(url)
    address = (server.hostname or "127.0.0.1", server.port or 4222)
    with socket.create_connection(address) as link, link.makefile("rwb") as lines:
        hello = lines.readline()
        if not hello.startswith(b"INFO "):
            raise ConnectionError(f"no nats-server at {address}: {hello!r}")
        login = {"verbose": False, "pedantic": False, "name": "blkwarden example", "lang": "python"}
        if server.username:
            login["user"], login["pass"] = unquote(server.username), unquote(server.password or "")
        lines.write(b"CONNECT %s\r\nSUB %s 1\r\nPING\r\n" % (json.dumps(login).encode(), subject.encode()))
        lines.flush()
        for line in lines:
            words = line.split()
            if words[0] == b"MSG":  # MSG <subject> <sid> [reply-to] <bytes>
                payload = lines.read(int(words[-1]) + 2)[:-2]
                yield words[1].decode(), payload
            elif words[0] == b"PING":
                lines.write(b"PONG\r\n")
                lines.flush()
            elif words[0] == b"PONG":
                print(f"listening to {subject} at {address[0]}:{address[1]}", file=sys.stderr, flush=True)
            elif words[0] == b"-ERR":
                raise ConnectionError(line.decode().strip())


def main():
    subject = sys.argv[1] if len(sys.argv) > 1 else "blkwarden.v1.alert.*.*.*"
    for name, payload in listen(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"), subject):
        try:
            alert = json.loads(payload)
        except ValueError:
            print(f"{safe(name)}: no JSON", file=sys.stderr)
            continue
        if not str(alert.get("schema")).startswith("blkwarden.alert.v1"):
            continue  # a later version
        print(
            *(safe(alert.get(key)) for key in ("at", "state", "severity", "host", "summary")),
            flush=True,
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except OSError as fault:
        sys.exit(f"alerts.py: {fault}")
