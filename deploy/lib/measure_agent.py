"""Starts an installed agent in a chroot several times, keeps the last one running, and prints its resource usage.

    measure_agent.py ROOT DISKS STARTS SECONDS EXPORTER_PORT

A start ends with READY=1 of sd_notify(3), which the agent sends after its first map. CPU is the process's CPU clock;
RSS and PSS are read from smaps_rollup. prometheus-node-exporter reads the same files at the same time and is scraped
once per second. NATS_URL is the server of the agent. Exits with 1 if a measurement fails.
"""

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

READY_SECONDS = 120
BUCKET = "blkwarden-mapping"
SETTLED_SECONDS = 5


def fail(what):
    print("error:", what, file=sys.stderr)
    sys.exit(1)


def cpu_seconds(pid):
    """The process's CPU clock, user and system (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memory_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        sizes = dict(re.findall(r"^(\w+): +(\d+) kB", file.read(), re.M))
    return int(sizes["Rss"]) / 1024, int(sizes["Pss"]) / 1024


def highest_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.M).group(1)) / 1024


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


class Agent:
    def __init__(self, root, disks, options=""):
        self.path = root + "/run/notify"
        if os.path.exists(self.path):
            os.unlink(self.path)
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        heard.bind(self.path)
        heard.settimeout(READY_SECONDS)
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/bin",
            "NOTIFY_SOCKET": "/run/notify",
            "NATS_URL": os.environ["NATS_URL"],
            "BLKWARDEN_JAVA_OPTS": options,
        }
        for name in ("MALLOC_ARENA_MAX",):
            if name in os.environ:
                environment[name] = os.environ[name]
        self.log = open(root + "/run/agent.log", "wb")
        begun = time.monotonic()
        self.process = subprocess.Popen(
            ["chroot", root, "/usr/bin/blkwarden-agent", "run", "--host", "bench"], env=environment, stderr=self.log
        )
        self.pid = self.process.pid
        try:
            said = heard.recv(4096).decode()
        except TimeoutError:
            self.give_up(f"no READY=1 in {READY_SECONDS} s")
        self.wall_ms = (time.monotonic() - begun) * 1e3
        self.cpu_ms = cpu_seconds(self.pid) * 1e3
        heard.close()
        if "READY=1" not in said or f"{disks} disks, all proven" not in said:
            self.give_up(f"expected READY=1 and {disks} disks, all proven; found {said!r}")

    def give_up(self, what):
        with open(self.log.name, encoding="utf-8") as file:
            sys.stderr.writelines(file.readlines()[-15:])
        self.stop()
        fail(what)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Samples(threading.Thread):
    """Counts the published sample batches, to verify that the agent works while it is measured."""

    def __init__(self):
        super().__init__(daemon=True)
        host, _, port = os.environ["NATS_URL"].rpartition("/")[2].partition(":")
        self.stream = socket.create_connection((host, int(port))).makefile("rwb")
        self.stream.readline()
        self.stream.write(b'CONNECT {"verbose":false}\r\nSUB blkwarden.v1.sample.> 1\r\n')
        self.stream.flush()
        self.count = 0
        self.bytes = 0

    def run(self):
        for line in self.stream:
            words = line.split()
            if words[:1] == [b"PING"]:
                self.stream.write(b"PONG\r\n")
                self.stream.flush()
            elif words[:1] == [b"MSG"]:
                self.bytes = int(words[-1])
                self.stream.read(self.bytes + 2)
                self.count += 1


def make_bucket():
    """Creates the bucket that a controller creates; without it the agent keeps retrying."""
    host, _, port = os.environ["NATS_URL"].rpartition("/")[2].partition(":")
    stream = socket.create_connection((host, int(port)), 10).makefile("rwb")
    stream.readline()
    config = json.dumps(
        {
            "name": "KV_" + BUCKET,
            "subjects": [f"$KV.{BUCKET}.>"],
            "max_msgs_per_subject": 1,
            "discard": "new",
            "allow_rollup_hdrs": True,
            "storage": "file",
            "num_replicas": 1,
        }
    ).encode()
    stream.write(
        b'CONNECT {"verbose":false}\r\nSUB made 1\r\nPUB $JS.API.STREAM.CREATE.KV_%s made %d\r\n%s\r\n'
        % (BUCKET.encode(), len(config), config)
    )
    stream.flush()
    for line in stream:
        if line.startswith(b"MSG"):
            answer = stream.read(int(line.split()[-1])).decode()
            if '"error"' in answer:
                fail(f"no bucket {BUCKET}: {answer}")
            return
        if line.startswith(b"-ERR"):
            fail(f"no bucket {BUCKET}: {line.decode()}")


class Exporter:
    def __init__(self, root, port, disks):
        self.url = f"http://127.0.0.1:{port}/metrics"
        self.process = subprocess.Popen(
            [
                "prometheus-node-exporter",
                f"--web.listen-address=127.0.0.1:{port}",
                "--web.disable-exporter-metrics",
                "--collector.disable-defaults",
                "--collector.diskstats",
                f"--path.procfs={root}/proc",
                f"--path.sysfs={root}/sys",
            ],
            stderr=subprocess.DEVNULL,
        )
        self.pid = self.process.pid
        deadline = time.monotonic() + 20
        while True:
            try:
                found = self.scrape().count("\nnode_disk_reads_completed_total{")
                break
            except OSError:
                if time.monotonic() > deadline:
                    self.process.kill()
                    fail("prometheus-node-exporter does not answer")
                time.sleep(0.1)
        if found != disks + 1:
            self.process.kill()
            fail(f"expected {disks + 1} devices of prometheus-node-exporter, found {found}")
        threading.Thread(target=self.scrape_on, daemon=True).start()

    def scrape(self):
        with urllib.request.urlopen(self.url, timeout=10) as answer:
            return answer.read().decode()

    def scrape_on(self):
        while self.process.poll() is None:
            try:
                self.scrape()
            except OSError:
                return
            time.sleep(1)


def pauses(path):
    """The GC pauses: time in seconds since the start, and duration in ms."""
    with open(path, encoding="utf-8") as file:
        found = re.findall(r"^\[([0-9.]+)s\].*Pause .* ([0-9.]+)ms$", file.read(), re.M)
    return [(float(at), float(ms)) for at, ms in found]


def row(name, agent, exporter="", ratio=""):
    print(f"{name:<44} {agent:>12} {exporter:>14} {ratio:>8}")


def starts(root, disks, count):
    walls, cpus = [], []
    for _ in range(count):
        agent = Agent(root, disks)
        walls.append(agent.wall_ms)
        cpus.append(agent.cpu_ms)
        agent.stop()
    row("start to first map, ms, median of " + str(count), f"{statistics.median(walls):.0f}")
    row("  min; max", f"{min(walls):.0f}; {max(walls):.0f}")
    row("start to first map, CPU ms, median", f"{statistics.median(cpus):.0f}")


def run(root, disks, seconds, port):
    agent = Agent(root, disks, f"-Xlog:gc:file=/run/gc.log {os.environ.get('BLKWARDEN_JAVA_OPTS', '')}")
    try:
        exporter = Exporter(root, port, disks)
        samples = Samples()
        samples.start()
        time.sleep(seconds / 2)
        before = [cpu_seconds(agent.pid), cpu_seconds(exporter.pid), time.monotonic(), samples.count]
        time.sleep(seconds / 2)
        spent = time.monotonic() - before[2]
        batches = samples.count - before[3]
        cpu = [100 * (cpu_seconds(p.pid) - b) / spent for p, b in zip((agent, exporter), before)]
        (rss, pss), (their_rss, their_pss) = memory_mib(agent.pid), memory_mib(exporter.pid)
        if not 0.9 * spent <= batches <= 1.1 * spent + 1:
            fail(f"expected {spent:.0f} sample batches, received {batches}")
        row("resident (RSS), MiB", f"{rss:.1f}", f"{their_rss:.1f}", f"{rss / their_rss:.2f}")
        row("  max", f"{highest_mib(agent.pid):.1f}", f"{highest_mib(exporter.pid):.1f}")
        row("resident (PSS), MiB", f"{pss:.1f}", f"{their_pss:.1f}", f"{pss / their_pss:.2f}")
        row("CPU, % of a core", f"{cpu[0]:.2f}", f"{cpu[1]:.2f}", f"{cpu[0] / cpu[1]:.2f}")
        row("threads", threads(agent.pid), threads(exporter.pid))
        row("bytes per sample batch", samples.bytes)
        exporter.process.terminate()
        agent.stop()
        collections = pauses(root + "/run/gc.log")
        row("GC pauses", len(collections))
        row("  max, ms", f"{max((ms for _, ms in collections), default=0):.2f}")
        later = [ms for at, ms in collections if at > SETTLED_SECONDS]
        row(f"  max of the {len(later)} after {SETTLED_SECONDS} s, ms", f"{max(later, default=0):.2f}")
        row("  median, ms", f"{statistics.median([ms for _, ms in collections] or [0]):.2f}")
    finally:
        if agent.process.poll() is None:
            agent.process.send_signal(signal.SIGKILL)


def main():
    root, disks, count, seconds, port = sys.argv[1], *map(int, sys.argv[2:])
    with open("/proc/loadavg", encoding="ascii") as file:
        print(f"{disks} disks, 1 Hz; load average of this machine at the start: {file.read().split()[0]}")
    row("", "agent", "node-exporter", "ratio")
    make_bucket()
    starts(root, disks, count)
    run(root, disks, seconds, port)


main()
