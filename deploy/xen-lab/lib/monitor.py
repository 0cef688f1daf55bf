"""Sends a line to a QEMU human monitor on a Unix socket and prints the answer."""

import socket
import sys

PROMPT = b"(qemu) "


def read_to_prompt(conn):
    answer = b""
    while not answer.endswith(PROMPT):
        part = conn.recv(65536)
        if not part:
            break
        answer += part
    return answer


with socket.socket(socket.AF_UNIX) as conn:
    conn.settimeout(110)
    conn.connect(sys.argv[1])
    read_to_prompt(conn)
    conn.sendall(sys.argv[2].encode() + b"\n")
    lines = read_to_prompt(conn).decode(errors="replace").splitlines()[1:-1]
    print("\n".join(lines))
    sys.exit(1 if any(line.startswith("Error") for line in lines) else 0)
