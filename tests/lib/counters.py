#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which counters of a rules file do packets move?  Both families and back ends; it needs nothing but
the kernel, iptables and ip.

ask(FILE, PACKETS) starts a process in a network namespace of its own.  There it makes TUN
interfaces, loads the rules and sends the packets, one after the other.

A packet is a dict: dir ("in", "forward", "out"), in, out, src, dst, proto ("tcp", "udp", "icmp",
"icmp6" or a number), and where wanted
  sport, dport, flags ("SYN,ACK"), options (of TCP, in hex), icmp ([type, code])
  words    how long TCP says that its header is
  hl       the hop limit, or TTL
  tos      the traffic class
  ext      extension headers of IPv6, outermost first: each a list, see extension()
  frag     of IPv4: [offset in bytes, more follow, id]
  body     bytes in hex instead of a header of the protocol, as a later fragment has them
  answers  false: the host has no way back to where the packet comes from
  known    true: the packet is of a connection that has seen answers
  broken   true: its checksum is wrong, which connection tracking looks at where it comes in
  mac      the packet comes as a frame from this address, so "in" is a TAP interface

Its answer: {"keys": ["table chain number"], "policy": ["table chain"]}, those whose counters
moved, rules counted from 1 in their chain; with what the kernel itself answers or passes on.
"""
import fcntl
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

import rule_counters

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmp6": 58, "ipv6-icmp": 58}
TCP_FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32}
HEADERS = {"hbh": 0, "rt": 43, "frag": 44, "ah": 51, "dst": 60}
CLONE_NEWNET = 0x40000000
TUNSETIFF, TUNSETPERSIST = 0x400454CA, 0x400454CB
IFF_TUN, IFF_TAP, IFF_NO_PI = 1, 2, 0x1000
TAP_MAC = bytes.fromhex("020000000001")
# The kernel sends nothing of its own accord, and takes whatever comes.
QUIET = {
    "net.ipv4.conf.*.rp_filter": 0, "net.ipv4.conf.*.accept_local": 1,
    "net.ipv4.conf.*.route_localnet": 1, "net.ipv4.ip_forward": 1, "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.conf.*.accept_dad": 0, "net.ipv6.conf.*.dad_transmits": 0,
    "net.ipv6.conf.*.accept_ra": 0, "net.ipv6.conf.*.router_solicitations": 0,
    "net.ipv6.conf.*.addr_gen_mode": 1,
    "net.ipv6.conf.*.accept_source_route": 1, "net.ipv6.icmp.ratelimit": 0,
}
# A device that is made by a router joins the group of the routers and reports that, so this
# comes when there are the devices, which have no multicast.
FORWARDING = "/proc/sys/net/ipv6/conf/all/forwarding"


class Refused(Exception):
    """The rules were not loaded."""


def missing(family=6):
    """Why nothing can be asked here, or None."""
    tool = "iptables-legacy" if family == 4 else "ip6tables-legacy"
    for needed in (tool + "-restore", tool + "-save", "ip", "unshare"):
        if not shutil.which(needed):
            return f"{needed} is not installed"
    if not os.path.exists("/dev/net/tun"):
        return "no TUN device"
    if os.geteuid():
        return "only root can make namespaces"
    if family == 6 and not os.path.exists("/proc/net/if_inet6"):
        return "this kernel has no IPv6"
    return None


def need(tally, family=6):
    """Ends the test, with a case skipped, where nothing can be asked."""
    why = missing(family)
    if why:
        tally.skip(why)
        tally.end()


def ask_in_namespace(argv, request):
    """The answer of a program that is given the request as JSON."""
    done = subprocess.run(["unshare", "-n", *argv], input=json.dumps(request), capture_output=True,
                          text=True, timeout=600)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Refused(done.stderr.strip()[-200:] or "no answer") from None
    if isinstance(answer, dict):
        raise Refused(answer["error"].split("\n")[0])
    return answer


def ask(path, packets, first=(), backend="legacy"):
    """An answer for each packet.  FIRST are commands that make what the rules name."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            with open(writing, "w") as file:
                json.dump(answers_in_namespace(path, packets, first, backend), file)
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    answer = json.loads(text) if text else {"bug": "a process has died"}
    if isinstance(answer, dict):
        if "bug" in answer:
            raise RuntimeError(f"{path}: {answer['bug']}")
        raise Refused(answer["error"].split("\n")[0])
    return answer


def ask_rules(text, packets, first=()):
    """The same of rules that are in no file yet."""
    with tempfile.NamedTemporaryFile("w", suffix=".rules") as file:
        file.write(text)
        file.flush()
        return ask(file.name, packets, first)


# ---- packets ----

def family_of(packet):
    return 6 if ":" in packet["src"] else 4


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def transport(packet, protocol, number):
    """The header of TCP, UDP or ICMP; for what else there is, eight bytes of nothing."""
    if "body" in packet:
        return bytes.fromhex(packet["body"])
    source, target = address(packet["src"]), address(packet["dst"])
    sport, dport = packet.get("sport", 40000), packet.get("dport", 80)
    if protocol == 6:
        options = bytes.fromhex(packet.get("options", ""))
        options += b"\0" * (-len(options) % 4)
        flags = sum(TCP_FLAGS[name] for name in packet.get("flags", "SYN").split(",") if name)
        words = packet.get("words", 5 + len(options) // 4)
        data = struct.pack("!HHIIBBHHH", sport, dport, number, 0, words << 4, flags, 8192, 0, 0) + options
        at = 16
    elif protocol == 17:
        data, at = struct.pack("!HHHH", sport, dport, 8, 0), 6
    elif protocol in (1, 58):
        kind, code = packet.get("icmp", [8 if protocol == 1 else 128, 0])
        # enough for what the kernel reads of neighbour discovery
        data, at = struct.pack("!BBHHH", kind, code, 0, number & 0xFFFF, 1) + b"\0" * 16, 2
    else:
        return b"\0" * 8
    pseudo = b"" if protocol == 1 else source + target + struct.pack("!II", len(data), protocol)
    right = checksum(pseudo + data) or 0xFFFF
    return data[:at] + struct.pack("!H", right ^ 0x5555 if packet.get("broken") else right) + data[at + 2:]


def extension(next_header, name, *values):
    """One extension header:
    hbh, dst  options in hex         rt    type, segments left, addresses
    frag      offset, more, id       ah    SPI
    """
    if name == "frag":
        offset, more, identification = values
        return struct.pack("!BBHI", next_header, 0, offset & ~7 | more, identification)
    if name == "ah":
        return struct.pack("!BBHIII", next_header, 2, 0, values[0], 1, 0)
    if name == "rt":
        kind, left, *addresses = values
        return struct.pack("!BBBBI", next_header, 2 * len(addresses), kind, left, 0) + \
            b"".join(map(address, addresses))
    options = bytes.fromhex(values[0] if values else "")
    padding = -(2 + len(options)) % 8
    options += b"\0" if padding == 1 else \
        bytes([1, padding - 2]) + bytes(padding - 2) if padding else b""
    return bytes([next_header, (2 + len(options)) // 8 - 1]) + options


def build(packet, number):
    protocol = int(PROTOCOLS.get(packet["proto"], packet["proto"]))
    data = transport(packet, protocol, number)
    source, target = address(packet["src"]), address(packet["dst"])
    if family_of(packet) == 4:
        offset, more, identification = packet.get("frag", [0, 0, number])
        head = struct.pack("!BBHHHBBH", 0x45, packet.get("tos", 0), 20 + len(data),
                           identification & 0xFFFF, offset // 8 | more << 13, packet.get("hl", 64),
                           protocol, 0) + source + target
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + data
    for name, *values in reversed(packet.get("ext", [])):
        data = extension(protocol, name, *values) + data
        protocol = HEADERS[name]
    return struct.pack("!IHBB", 6 << 28 | packet.get("tos", 0) << 20, len(data), protocol,
                       packet.get("hl", 64)) + source + target + data


# ---- inside the namespace ----

def run(*argv, **more):
    try:
        return subprocess.run(argv, capture_output=True, text=True, **more)
    except FileNotFoundError as error:
        return subprocess.CompletedProcess(argv, 127, "", str(error))


def write_to(path, value):
    if os.path.exists(path):
        with open(path, "w") as file:
            file.write(str(value))


class Namespace:
    slow = True  # after each packet there is time for what the kernel does later

    def __init__(self, packets, backend="legacy"):
        self.family = family_of(packets[0])
        self.tool = ("iptables-" if self.family == 4 else "ip6tables-") + backend
        self.devices, self.routes = {}, {}
        taps = {packet["in"] for packet in packets if "mac" in packet}
        names = {packet[end] for packet in packets for end in ("in", "out") if packet.get(end)}
        self.quiet(["all", "default"])
        self.batch(["link set lo up"])
        for name in sorted(names - {"lo"}):
            file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            kind = (IFF_TAP if name in taps else IFF_TUN) | IFF_NO_PI
            fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", name.encode(), kind))
            # goes away with the namespace and all others, not each by itself, which takes long
            fcntl.ioctl(file, TUNSETPERSIST, 1)
            self.devices[name] = file
        self.quiet(["lo", *self.devices])
        self.batch([line for name in self.devices for line in (
            f"link set {name} arp off multicast off" +
            (f" address {TAP_MAC.hex(':')}" if name in taps else ""), f"link set {name} up")])
        write_to(FORWARDING, 1)
        self.raw = socket.socket(socket.AF_INET if self.family == 4 else socket.AF_INET6,
                                 socket.SOCK_RAW, socket.IPPROTO_RAW)  # the header is ours

    def quiet(self, names):
        for key, value in QUIET.items():
            for name in names if "*" in key else names[:1]:
                write_to("/proc/sys/" + key.replace(".", "/").replace("*", name), value)

    def batch(self, lines):
        run("ip", f"-{self.family}", "-force", "-batch", "-", input="\n".join(lines) + "\n")

    def load(self, path):
        """Why the rules were not loaded, or None."""
        with open(path) as file:
            done = run(self.tool + "-restore", stdin=file)
        return (done.stderr.strip() or "not loaded") if done.returncode else None

    def counters(self):
        found, table, number = {}, None, {}
        for line in run(self.tool + "-save", "-c").stdout.splitlines():
            if line.startswith("*"):
                table, number = line[1:], {}
                continue
            counted = re.search(r"\[(\d+):\d+\]", line)
            if line.startswith(":"):
                found["policy", f"{table} {line[1:].split()[0]}"] = int(counted[1])
            elif line.startswith("["):
                chain = line.split()[2]
                number[chain] = number.get(chain, 0) + 1
                found["keys", f"{table} {chain} {number[chain]}"] = int(counted[1])
        return found

    def routes_of(self, packet):
        """{address: route}: the packet goes where it is to go; answers find their way, too."""
        length = 32 if self.family == 4 else 128

        def local(end):
            return {packet[end]: f"local {packet[end]}/{length} dev lo table local"}

        def by(end, device):
            return {packet[end]: f"{packet[end]}/{length} dev {packet[device]}"}

        back = {} if packet["dir"] == "out" else \
            by("src", "in") if packet.get("answers", True) else {packet["src"]: None}
        return {**back, **{"in": lambda: local("dst"), "out": lambda: {**local("src"), **by("dst", "out")},
                           "forward": lambda: by("dst", "out")}[packet["dir"]]()}

    def set_routes(self, packet, later=()):
        """For the packet, and for as many of the later ones as can have theirs beside them."""
        wanted = self.routes_of(packet)
        if all(self.routes.get(address, "") == route for address, route in wanted.items()):
            return
        for each in later:
            more = self.routes_of(each)
            if any(wanted.get(address, route) != route for address, route in more.items()):
                break
            wanted.update(more)
        self.batch([f"route del {route}" for route in self.routes.values() if route] +
                   [f"route add {route}" for route in wanted.values() if route])
        self.routes = wanted

    def send(self, packet, number):
        data = build(packet, number)
        if packet.get("known"):
            self.add_connection(packet, number)
        try:
            if packet["dir"] == "out":
                self.raw.sendto(data, (packet["dst"], 0))
            else:
                if "mac" in packet:
                    kind = 0x0800 if self.family == 4 else 0x86DD
                    data = TAP_MAC + bytes.fromhex(packet["mac"].replace(":", "")) + \
                        struct.pack("!H", kind) + data
                os.write(self.devices[packet["in"]], data)
        except OSError:  # the rules may refuse it at once
            pass
        time.sleep(0.001 if self.slow else 0.0002)

    def add_connection(self, packet, number):
        protocol = PROTOCOLS[packet["proto"]]
        ends = address(packet["src"]), address(packet["dst"])
        if protocol in (1, 58):
            asks, answers = (8, 0) if protocol == 1 else (128, 129)
            rule_counters.add_connection(*ends, protocol, [number & 0xFFFF], (asks, 0, answers))
        else:
            rule_counters.add_connection(*ends, protocol, [packet["sport"], packet["dport"]])


def moved(keys, before, after):
    found = {"keys": [], "policy": []}
    for (kind, key), old, new in zip(keys, before, after):
        if new > old:
            found[kind].append(key)
    return found


def answers_in_namespace(path, packets, first, backend):
    """What ask() answers, or {"error": why the rules are not loaded}."""
    if rule_counters.LIBC.unshare(CLONE_NEWNET):
        return {"error": "no namespace"}
    space = Namespace(packets, backend)
    space.slow = False
    for command in first:
        run(*command.split())
    error = space.load(path)
    if error:
        return {"error": error}
    reader = rule_counters.reader(space.family, backend)
    answers, before = [], reader.read()
    for number, packet in enumerate(packets, 1):
        space.set_routes(packet, packets[number:])
        space.send(packet, number)
        after = reader.read()
        if after == before:
            time.sleep(0.002)
            after = reader.read()
        answers.append(moved(reader.keys, before, after))
        before = after
    saved = space.counters()
    told = dict(zip(reader.keys, before))
    wrong = [key for key, count in saved.items() if count != told.get(key, 0)]
    return {"bug": f"not what {space.tool}-save tells: {wrong[:5]}"} if wrong else answers
