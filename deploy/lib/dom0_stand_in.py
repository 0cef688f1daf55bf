"""A simulated dom0 for an agent in a chroot: files in /sys and /proc, and xenstored's socket.

    dom0_stand_in.py ROOT DISKS

Creates ROOT/sys, ROOT/proc and the xenstore of a host whose guests have two disks each, on volumes of one physical
disk. Prints "ready", and updates all counters every second until it is killed. Every second guest has two rings per
disk. The workers are threads of this program, with simulated names and real priorities. All other files in /proc are
those of this machine, which must be mounted at ROOT/host/proc.
"""

import os
import select
import socket
import struct
import sys
import threading
import time
import uuid

DM_MAJOR = 253
HANDLES = (51713, 51714)  # xvda1 and xvda2
OTHER_TASKS = 300
HEADER = struct.Struct("=IIII")
DIRECTORY, READ, WATCH, WATCH_EVENT, ERROR = 1, 2, 4, 15, 16


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def replace(path, text):
    """Replaces a file atomically, so that readers never see a part of it."""
    put(path + ".new", text)
    os.rename(path + ".new", path)


def link(path, target):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


class Disk:
    def __init__(self, number):
        self.minor = number
        self.swap = number % 2 == 1
        self.domid = number // 2 + 1
        self.handle = HANDLES[number % 2]
        self.vdev = "xvda2" if self.swap else "xvda1"
        self.rings = 1 + self.domid % 2
        self.volume = f"vm{100 + self.domid}_{'swap' if self.swap else 'root'}"

    def columns(self, second):
        """The counters in a line of /proc/diskstats; seven of ten disks are busy."""
        ios = second * (20 + self.minor % 50) if self.minor % 10 < 7 else 0
        return f"{ios} 0 {ios * 16} {ios * 3} {ios // 2} 0 {ios * 8} {ios} {ios % 3} {ios * 2} {ios * 4} 0 0 0 0 0 0"


def workers(disks):
    """Starts one thread per ring."""
    threading.stack_size(64 * 1024)
    end = threading.Event()
    pids = []
    for disk in disks:
        for ring in range(disk.rings):
            thread = threading.Thread(target=end.wait, daemon=True)
            thread.start()
            pids.append((thread.native_id, f"{disk.domid}.{disk.vdev}-{ring}"))
    return pids


def task(root, pid, comm, parent):
    base = f"{root}/proc/{pid}/"
    put(base + "stat", f"{pid} ({comm}) S {parent} 0 0 0 -1 2097216{' 0' * 12} {100 + pid % 100} 0 0{' 0' * 28}\n")
    put(base + "io", "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n")
    put(base + "cmdline", "")
    put(base + "comm", comm + "\n")


def lay_out(root, disks):
    os.makedirs(root + "/proc")
    for name in os.listdir("/proc"):
        if not name.isdigit() and name != "diskstats":
            link(f"{root}/proc/{name}", "../host/proc/" + name)
    for pid, comm in workers(disks):
        task(root, pid, comm, 2)
    for number in range(OTHER_TASKS):
        task(root, 4_000_000 + number, f"other{number}", 1)
    for name, number, folder in [("sda", "8:0", "pci0000:00/0000:00:02.0/block")] + [
        (f"dm-{disk.minor}", f"{DM_MAJOR}:{disk.minor}", "virtual/block") for disk in disks
    ]:
        device = f"{root}/sys/devices/{folder}/{name}/"
        put(device + "dev", number + "\n")
        put(device + "stat", "0 " * 16 + "0\n")
        put(device + "queue/scheduler", "[mq-deadline] none\n" if name == "sda" else "none\n")
        put(device + "queue/rotational", "1\n")
        os.makedirs(device + "slaves")
        link(f"{root}/sys/block/{name}", f"../devices/{folder}/{name}")
        link(f"{root}/sys/dev/block/{number}", f"../../devices/{folder}/{name}")
    for disk in disks:
        device = f"{root}/sys/devices/virtual/block/dm-{disk.minor}/"
        group, volume = (uuid.uuid5(uuid.NAMESPACE_OID, name).hex for name in ("vg", disk.volume))
        put(device + "dm/name", f"vg-{disk.volume}\n")
        put(device + "dm/uuid", f"LVM-{group}{volume}\n")
        put(device + "dm/suspended", "0\n")
        link(device + "slaves/sda", "../../../../pci0000:00/0000:00:02.0/block/sda")
        backend = f"{root}/sys/bus/xen-backend/devices/vbd-{disk.domid}-{disk.handle}/"
        put(backend + "physical_device", f"{DM_MAJOR:x}:{disk.minor:x}\n")
        put(backend + "mode", "w\n")
        for name in ("oo_req", "rd_req", "wr_req", "f_req", "ds_req", "rd_sect", "wr_sect"):
            put(backend + "statistics/" + name, "0\n")


def xenstore(disks):
    store = {}
    for disk in disks:
        guest = f"/local/domain/{disk.domid}"
        front = f"{guest}/device/vbd/{disk.handle}"
        back = f"/local/domain/0/backend/vbd/{disk.domid}/{disk.handle}"
        store[guest + "/name"] = f"vm{100 + disk.domid}"
        store[guest + "/vm"] = f"/vm/{uuid.uuid5(uuid.NAMESPACE_OID, guest)}"
        store[front + "/multi-queue-num-queues"] = str(disk.rings)
        for key, value in {
            "frontend": front,
            "frontend-id": str(disk.domid),
            "online": "1",
            "state": "4",
            "dev": disk.vdev,
            "type": "phy",
            "mode": "w",
            "params": f"/dev/vg/{disk.volume}",
            "physical-device": f"{DM_MAJOR:x}:{disk.minor:x}",
            "physical-device-path": f"/dev/dm-{disk.minor}",
            "hotplug-status": "connected",
            "multi-queue-max-queues": "2",
        }.items():
            store[f"{back}/{key}"] = value
    names = {}
    for path in store:
        while path:
            path, _, name = path.rpartition("/")
            names.setdefault(path or "/", {})[name] = None
    return store, names


class Xenstored(threading.Thread):
    """Answers the agent's reads, lists and watches. The tree never changes."""

    def __init__(self, path, disks):
        super().__init__(daemon=True)
        self.store, self.names = xenstore(disks)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(path)
        self.listening.listen(8)

    def run(self):
        waiting = {}
        while True:
            ready, _, _ = select.select([self.listening, *waiting], [], [])
            for at in ready:
                if at is self.listening:
                    waiting[at.accept()[0]] = b""
                    continue
                more = at.recv(65536)
                if not more:
                    del waiting[at]
                    at.close()
                    continue
                waiting[at] = self.answer(at, waiting[at] + more)

    def answer(self, at, text):
        out = []
        while len(text) >= HEADER.size:
            kind, request, _, length = HEADER.unpack_from(text)
            if len(text) < HEADER.size + length:
                break
            payload = text[HEADER.size : HEADER.size + length]
            text = text[HEADER.size + length :]
            path = payload.split(b"\0")[0].decode()
            if kind == WATCH:
                out += [(kind, request, b"OK\0"), (WATCH_EVENT, 0, payload)]
            elif kind == READ and path in self.store:
                out.append((kind, request, self.store[path].encode()))
            elif kind == DIRECTORY and path in self.names:
                out.append((kind, request, "".join(name + "\0" for name in self.names[path]).encode()))
            else:
                out.append((ERROR, request, b"ENOENT\0"))
        at.sendall(b"".join(HEADER.pack(k, r, 0, len(p)) + p for k, r, p in out))
        return text


def main():
    root = sys.argv[1]
    disks = [Disk(number) for number in range(int(sys.argv[2]))]
    lay_out(root, disks)
    Xenstored(root + "/run/xenstored/socket", disks).start()
    second = 0
    while True:
        second += 1
        lines = [f"   8       0 sda {Disk(0).columns(second)}"]
        lines += [f" {DM_MAJOR} {disk.minor:7d} dm-{disk.minor} {disk.columns(second)}" for disk in disks]
        replace(root + "/proc/diskstats", "\n".join(lines) + "\n")
        for disk in disks[second % 10 :: 10]:
            backend = f"{root}/sys/bus/xen-backend/devices/vbd-{disk.domid}-{disk.handle}/"
            with open(backend + "statistics/oo_req", "r+", encoding="ascii") as file:
                file.write(f"{second}\n")  # in place: sysfs files keep their inode
        if second == 1:
            print("ready", flush=True)
        time.sleep(1)


main()
