"""A terminal for a program under test.

    terminal.py COMMAND...

Runs COMMAND on a pseudo-terminal of 24 rows and 80 columns. Each line on standard input is an order:

    keys HEX            presses them
    size ROWS COLUMNS   is drawn larger or smaller
    signal NUMBER       sends it to the program

Each line on standard output tells one thing:

    modes HEX           the terminal's modes, before the program began and after it has ended
    shown HEX           what the program wrote
    ended CODE          its exit code, or minus the signal that ended it
"""
import fcntl
import os
import select
import signal
import struct
import sys
import termios


def tell(what, value):
    sys.stdout.write(f"{what} {value}\n")
    sys.stdout.flush()


def resize(rows, columns):
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def modes():
    return repr(termios.tcgetattr(keyboard)).encode().hex()


screen, keyboard = os.openpty()
resize(24, 80)
tell("modes", modes())
program = os.fork()
if program == 0:
    os.setsid()
    fcntl.ioctl(keyboard, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores it
    for stream in range(3):
        os.dup2(keyboard, stream)
    os.execvp(sys.argv[1], sys.argv[1:])

orders = b""
inputs = [screen, 0]
while True:
    ready, _, _ = select.select(inputs, [], [], 0.05)
    if screen in ready:
        tell("shown", os.read(screen, 65536).hex())
    if 0 in ready:
        some = os.read(0, 65536)
        if not some:
            inputs.remove(0)
        *whole, orders = (orders + some).split(b"\n")
        for order in whole:
            verb, *rest = order.decode().split()
            if verb == "keys":
                os.write(screen, bytes.fromhex(rest[0]))
            elif verb == "size":
                resize(int(rest[0]), int(rest[1]))
            elif verb == "signal":
                os.kill(program, int(rest[0]))
    if not ready:
        done, status = os.waitpid(program, os.WNOHANG)
        if done:
            tell("modes", modes())
            tell("ended", os.waitstatus_to_exitcode(status))
            break
