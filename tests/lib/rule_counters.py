# SPDX-License-Identifier: GPL-2.0-or-later
"""The packet counters of all rules and policies, straight from the kernel: what "iptables-save -c"
prints, without a process for each look.  And what else is asked of the kernel by netlink.

reader(FAMILY, BACKEND) is made when the rules are loaded.  Its keys are ("keys", "table chain
number") of rules, counted from 1 in their chain, and ("policy", "table chain"); read() has a
number for each of them, in the same order.
"""
import ctypes
import os
import socket
import struct

HOOKS = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]
LIBC = ctypes.CDLL(None, use_errno=True)


# ---- legacy ----

GET_INFO, GET_ENTRIES = 64, 65


class Legacy:
    def __init__(self, family):
        self.level, kind = (socket.SOL_IP, socket.AF_INET) if family == 4 else (41, socket.AF_INET6)
        # struct ipt_entry and ip6t_entry: where target_offset is, the counters, the matches
        self.offsets, self.counted = (88, 96) if family == 4 else (140, 152)
        self.socket = socket.socket(kind, socket.SOCK_RAW, socket.IPPROTO_RAW)
        with open(f"/proc/net/ip{'' if family == 4 else '6'}_tables_names") as file:
            names = file.read().split()
        self.keys, self.tables = [], []
        for name in names:
            info = self.ask(GET_INFO, name.encode(), 84)
            # valid_hooks, hook_entry[5], underflow[5], num_entries, size
            hooks, *numbers, _, size = struct.unpack_from("=13I", info, 32)
            places = []
            self.tables.append((name.encode(), size, places))
            self.find(name, self.entries(name.encode(), size), hooks, numbers[:5], numbers[5:], places)

    def ask(self, option, name, size, head=b""):
        """The kernel's structure, which begins with the name of the table."""
        data = ctypes.create_string_buffer(struct.pack("32s", name) + head, size)
        length = ctypes.c_uint(size)
        if LIBC.getsockopt(self.socket.fileno(), self.level, option, data, ctypes.byref(length)):
            raise OSError(ctypes.get_errno(), f"table {name.decode()}")
        return data.raw

    def entries(self, name, size):
        return self.ask(GET_ENTRIES, name, 40 + size, struct.pack("=I", size))[40:]

    def find(self, table, data, hooks, starts, ends, places):
        """The keys of a table, and where in the data each is counted."""
        built_in = {start: HOOKS[i] for i, start in enumerate(starts) if hooks >> i & 1}
        policies = {end: HOOKS[i] for i, end in enumerate(ends) if hooks >> i & 1}
        at, chain, rules = 0, None, []

        def end_chain():
            # what comes last in a chain of the user is its RETURN
            for number, place in enumerate(rules[:-1], 1):
                self.keys.append(("keys", f"{table} {chain} {number}"))
                places.append(place + self.counted)

        while at < len(data):
            target, following = struct.unpack_from("=HH", data, at + self.offsets)
            if at in built_in:
                chain, rules = built_in[at], []
            if data[at + target + 2:at + target + 8] == b"ERROR\0":
                if chain and chain not in HOOKS:
                    end_chain()
                chain, rules = data[at + target + 32:at + following].split(b"\0")[0].decode("latin-1"), []
            else:
                rules.append(at)
            if at in policies:
                end_chain()
                self.keys.append(("policy", f"{table} {chain}"))
                places.append(at + self.counted)
            at += following

    def read(self):
        found = []
        for name, size, places in self.tables:
            data = self.entries(name, size)
            found += [struct.unpack_from("=Q", data, place)[0] for place in places]
        return found


# ---- netlink ----

NETFILTER, DUMP, REQUEST = 12, 0x300, 0x1
DONE, ERROR = 3, 2
SUBSYSTEM_TABLES, GET_CHAIN, GET_RULE = 10, 4, 7
SUBSYSTEM_TRACKING, NEW_CONNECTION = 1, 0


def attribute(kind, data, *, nested=False):
    return struct.pack("=HH", 4 + len(data), kind | 0x8000 * nested) + data + b"\0" * (-len(data) % 4)


def attributes(data, at, end):
    """(type, begin, end) of each."""
    while at + 4 <= end:
        length, kind = struct.unpack_from("=HH", data, at)
        yield kind & 0x3FFF, at + 4, at + length
        at += length + 3 & ~3


class Netlink:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETFILTER)

    def send(self, subsystem, kind, flags, family, data=b""):
        self.socket.send(struct.pack("=IHHIIBBH", 20 + len(data), subsystem << 8 | kind, flags, 1, 0,
                                     family, 0, 0) + data)

    def replies(self):
        """The bytes of messages up to the last one; OSError if that is an error."""
        while True:
            data = self.socket.recv(1 << 16)
            at = 0
            while at < len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind == DONE:
                    return
                if kind == ERROR:
                    number = struct.unpack_from("=i", data, at + 16)[0]
                    if number:
                        raise OSError(-number, os.strerror(-number))
                    return
                yield data[at:at + length]
                at += length + 3 & ~3

    def dump(self, kind, family):
        self.send(SUBSYSTEM_TABLES, kind, REQUEST | DUMP, family)
        return list(self.replies())


def text(data, begin, end):
    return data[begin:end].rstrip(b"\0").decode("latin-1")


class Nft:
    """Rules that iptables-nft made: each has one counter, and so has a base chain for its policy."""

    def __init__(self, family):
        self.family = 2 if family == 4 else 10
        self.netlink = Netlink()
        self.keys, self.places = [], []
        number = {}
        for i, data in enumerate(self.messages()):
            found = {kind: (begin, end) for kind, begin, end in attributes(data, 20, len(data))}
            is_rule = struct.unpack_from("=H", data, 4)[0] & 0xFF == 6
            name = f"{text(data, *found[1])} {text(data, *found[2 if is_rule else 3])}"
            if is_rule:
                number[name] = number.get(name, 0) + 1
                place = self.counter_of(data, *found[4]) if 4 in found else None
                key = ("keys", f"{name} {number[name]}")
            else:
                place = self.packets_in(data, *found[8]) if 8 in found else None
                key = ("policy", name)
            if place:
                self.keys.append(key)
                self.places.append((i, place))

    def messages(self):
        return self.netlink.dump(GET_CHAIN, self.family) + self.netlink.dump(GET_RULE, self.family)

    @staticmethod
    def packets_in(data, begin, end):
        return next((first for kind, first, _ in attributes(data, begin, end) if kind == 2), None)

    def counter_of(self, data, begin, end):
        for _, first, last in attributes(data, begin, end):
            parts = {kind: (one, two) for kind, one, two in attributes(data, first, last)}
            if text(data, *parts[1]) == "counter":
                return self.packets_in(data, *parts[2])
        return None

    def read(self):
        messages = self.messages()
        return [struct.unpack_from("!Q", messages[i], place)[0] for i, place in self.places]


def reader(family, backend):
    return Legacy(family) if backend == "legacy" else Nft(family)


# ---- connections ----

def add_connection(source, target, protocol, ports, kind=None):
    """A connection that has seen answers.  Addresses as bytes; PORTS of TCP and UDP, and for ICMP
    its identifier, with KIND (type, code, type of the answer)."""
    v6 = len(source) == 16

    def end(addresses, ports, of_answer):
        ip = b"".join(attribute(which, address) for which, address in zip((3, 4) if v6 else (1, 2), addresses))
        if kind:
            first = 7 if v6 else 4  # identifier, type, code
            more = attribute(first, struct.pack("!H", ports[0])) + \
                attribute(first + 1, bytes([kind[2] if of_answer else kind[0]])) + \
                attribute(first + 2, bytes([kind[1]]))
        else:
            more = attribute(2, struct.pack("!H", ports[0])) + attribute(3, struct.pack("!H", ports[1]))
        return attribute(1, ip, nested=True) + \
            attribute(2, attribute(1, bytes([protocol])) + more, nested=True)

    data = attribute(1, end([source, target], ports, False), nested=True) + \
        attribute(2, end([target, source], ports if kind else ports[::-1], True), nested=True) + \
        attribute(3, struct.pack("!I", 2 | 4 | 8)) + attribute(7, struct.pack("!I", 300))
    if protocol == 6:
        liberal = bytes([8, 8])
        data += attribute(4, attribute(1, attribute(1, bytes([3])) + attribute(4, liberal) +
                                       attribute(5, liberal), nested=True), nested=True)
    netlink = Netlink()
    netlink.send(SUBSYSTEM_TRACKING, NEW_CONNECTION, 0x1 | 0x4 | 0x400 | 0x200, 10 if v6 else 2, data)
    list(netlink.replies())
    netlink.socket.close()
