# SPDX-License-Identifier: GPL-2.0-or-later
"""Random values for options of iptables extensions, by kind: valid ones, and ones that are
broken in a way that people (or the limits of the kind) get them wrong.

A kind is a word such as "ports", or "u:LOW:HIGH" for a number, "one:a,b,c" for a word of a
list, "some:a,b,c" for a list of such words.  Who knows what is right is the judge alone; a
"broken" value may well be accepted.
"""

GARBAGE = ["", "x", "-1", "-", "!", "0x", "1x", "1,", ",1", "1:2:3", "99999999999999999999", "+5",
           "1.5", "a b", "1-2", "%s", "é", "*", "0x1/", "/", ":", "\\", "1/2/3"]

# Any word is a name there that may be looked up at load; garbage would prove nothing.
LOOKED_UP = ("addr", "prefix", "prefixes", "addrrange", "user", "group")

NAMES4 = ["ssh", "http", "https", "domain", "smtp", "ntp", "tftp", "syslog"]


def quoted(text):
    """As one word of a restore file."""
    if text == "" or any(c in ' \t"' for c in text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def number(r, low, high):
    pick = r.random()
    if pick < 0.15:
        n = low
    elif pick < 0.3:
        n = high
    elif pick < 0.5:
        n = min(high, low + r.randrange(10))
    else:
        n = r.randint(low, min(high, low + 10 ** r.randint(1, 10)))
    form = r.random()
    return hex(n) if form < 0.08 else f"0{n:o}" if form < 0.11 else str(n)


def bad_number(r, low, high):
    return r.choice([str(low - 1), str(high + 1), str(high * 2 + 2), "", "x", f"{low}x", "-1",
                     f"{low}:{high}", "0x", "99999999999999999999", "+5"])


def port(r):
    return r.choice(NAMES4) if r.random() < 0.15 else number(r, 0, 65535)


def span(r, low, high, sep=":"):
    a, b = sorted((r.randint(low, high), r.randint(low, high)))
    form = r.random()
    if form < 0.4:
        return str(a)
    if form < 0.8:
        return f"{a}{sep}{b}"
    return r.choice([f"{a}{sep}", f"{sep}{b}", f"{low}{sep}{high}", f"{a}{sep}{a}", sep])


def bad_span(r, low, high, sep=":"):
    return r.choice([f"{high}{sep}{low}", f"{low}{sep}{high + 1}", f"{high + 1}", f"1{sep}2{sep}3",
                     "x", "", f"1{sep}x", f"1 {sep}2", f"-1{sep}2", "!", sep + sep])


def address(r, v6):
    if v6:
        return r.choice(["2001:db8::1", "fe80::1", "::1", "::", "2001:DB8:0:0:0::5", "ff02::1",
                         "::ffff:1.2.3.4", f"2001:db8::{r.randrange(65536):x}"])
    return r.choice(["10.0.0.1", "192.168.1.0", "127.0.0.1", "0.0.0.0", "255.255.255.255", "10.1",
                     "172.16.5.4", f"{r.randrange(256)}.{r.randrange(256)}.0.{r.randrange(256)}",
                     "0x0a.0.0.1", "010.1.2.3"])


def prefix(r, v6):
    base = address(r, v6)
    form = r.random()
    if form < 0.4:
        return base
    if form < 0.85:
        return f"{base}/{r.choice([0, 1, 7, 8, 16, 24, 31, 32] + ([33, 64, 127, 128] if v6 else []))}"
    if v6:
        return base + r.choice(["/ffff::", "/ffff:ffff:ffff:ffff::", "/ffff:0:ffff::", "/::"])
    return base + r.choice(["/255.255.255.0", "/255.0.255.0", "/0.0.0.0", "/0x18", "/255.255.255.255"])


def bad_prefix(r, v6):
    # Host names are not among them: whether those load is not the file's to say.
    return r.choice(["10.0.0.1/33", "1.2.3.4/", "/24", "1.2.3.4.5", "1.2.3.4/24/8", "2001:db8::/129",
                     "1.2.3.4/-1", "10.0.0.1/255.255.255", "10.0.0.256", ":::", "1::2::3", "",
                     "fe80::1/x", "1.2.3.4" if v6 else "2001:db8::1"])


def address_range(r, v6):
    if v6:
        return r.choice(["2001:db8::1-2001:db8::ff", "::-ffff::", "fe80::1", "::5-::1"])
    return r.choice(["10.0.0.1-10.0.0.9", "1.1.1.1", "0.0.0.0-255.255.255.255", "10.0.0.9-10.0.0.1"])


def flags(r):
    names = ["SYN", "ACK", "FIN", "RST", "URG", "PSH"]

    def some():
        form = r.random()
        if form < 0.15:
            return "ALL"
        if form < 0.25:
            return "NONE"
        return ",".join(r.sample(names, r.randint(1, 4)))
    return some() + " " + some()


def mark_mask(r, high=0xffffffff):
    value = number(r, 0, high)
    return value if r.random() < 0.5 else f"{value}/{number(r, 0, high)}"


def text(r, limit=255):
    form = r.random()
    if form < 0.1:
        return "x" * r.choice([limit - 1, limit, limit // 2])
    if form < 0.2:
        return ""
    return r.choice(["plain", "a b", 'say "x"', "it's", "back\\slash", "#no", "é", "-x", "!", "a,b",
                     "tab\tx", "x_y-z", "$(id)", "1.2.3.4", " lead", "trail "])


def many(r, words, most=4):
    return ",".join(r.sample(words, r.randint(1, min(most, len(words)))))


# What a kind gives for (random, v6).
VALID = {
    "": lambda r, v6: None,
    "port": lambda r, v6: port(r),
    "ports": lambda r, v6: (port(r) if r.random() < 0.5 else span(r, 0, 65535)),
    "mports": lambda r, v6: ",".join(
        r.choice([port(r), str(r.randrange(65536)), f"{(p := r.randrange(60000))}:{p + 5}"])
        for _ in range(r.choice([1, 1, 2, 3, 5, 7]))),
    "range8": lambda r, v6: span(r, 0, 255),
    "range16": lambda r, v6: span(r, 0, 65535),
    "range32": lambda r, v6: span(r, 0, 4294967295),
    "range64": lambda r, v6: span(r, 0, 1 << 40),
    "cluster": lambda r, v6: str(r.randint(1, 3)),
    "addr": lambda r, v6: address(r, v6),
    "prefix": lambda r, v6: prefix(r, v6),
    "prefixes": lambda r, v6: ",".join(prefix(r, v6) for _ in range(r.randint(1, 3))),
    "addrrange": lambda r, v6: address_range(r, v6),
    "iface": lambda r, v6: r.choice(["eth0", "lo", "wlan0", "ppp+", "+", "br-0", "veth1234567890",
                                     "a" * 15, "eth0.100", "x/y"]),
    "flags2": lambda r, v6: flags(r),
    "mark": lambda r, v6: mark_mask(r),
    "tosmask": lambda r, v6: r.choice(["Minimize-Delay", "Normal-Service", "Maximize-Throughput",
                                       "minimize-cost", mark_mask(r, 255), number(r, 0, 255)]),
    "comment": lambda r, v6: quoted(text(r, 255)),
    "string": lambda r, v6: quoted(text(r, 127)),
    "prefix30": lambda r, v6: quoted(text(r, 29)),
    "prefix64": lambda r, v6: quoted(text(r, 63)),
    "name": lambda r, v6: f"n{r.randrange(10 ** 9)}",
    "hex": lambda r, v6: quoted(r.choice(["|00 01|abc", "|0d0a|", "abc", "|616263|", "|61 |x", "a|62|c"])),
    "rate": lambda r, v6: f"{r.choice([1, 2, 3, 5, 10, 60, 100, 1000, 10000])}"
                          f"{r.choice(['', '/s', '/sec', '/second', '/m', '/min', '/minute', '/h', '/hour', '/day'])}",
    "hrate": lambda r, v6: r.choice([VALID["rate"](r, v6), f"{r.choice([1, 5, 64, 512, 1000])}"
                                     f"{r.choice(['b/s', 'kb/s', 'mb/s'])}"]),
    "mac": lambda r, v6: ":".join(f"{r.randrange(256):02{r.choice('xX')}}" for _ in range(6)),
    "user": lambda r, v6: r.choice(["root", "nobody", "0", "1000", "1000-2000", "0-4294967294", "daemon"]),
    "group": lambda r, v6: r.choice(["root", "nogroup", "0", "1000", "100-200", "adm"]),
    "set": lambda r, v6: f"s{r.randint(1, 3)}v{6 if v6 else 4} {many(r, ['src', 'dst'], 2)}",
    "protocol": lambda r, v6: r.choice(["tcp", "udp", "icmp", "esp", "6", "0x11", "gre", "sctp", "all", "0",
                                        "255", "ipv6-icmp", "TCP", "47", "132", "ah", "udplite", "dccp"]),
    "icmp": lambda r, v6: r.choice(["echo-request", "8", "3/1", "any", "host-unreachable", "255/255", "0/0",
                                    "destination-unreachable", "time-exceeded", "ttl-zero", "5/3", "ping", "255"]),
    "icmp6": lambda r, v6: r.choice(["echo-request", "128", "1/3", "destination-unreachable", "no-route", "135",
                                     "neighbour-solicitation", "router-advertisement", "packet-too-big", "2/0"]),
    "mhtype": lambda r, v6: r.choice(["binding-refresh-request", "brr", "hoti", "0", "3", "1:5", "binding-update",
                                      "cot", ":", "4:"]),
    "chunks": lambda r, v6: r.choice(["all ", "any ", "only "]) +
        many(r, ["INIT", "DATA:be", "ABORT:T", "SACK", "HEARTBEAT", "DATA:UBE", "COOKIE_ECHO", "SHUTDOWN", "ASCONF"], 3),
    "hopts": lambda r, v6: r.choice(["1:4", "0,1:2,3", "5", "194:4", "1:4,2:5", "255"]),
    "rtaddrs": lambda r, v6: r.choice(["2001:db8::1", "::1,::2", "2001:db8::1,fe80::1,::3"]),
    "headers": lambda r, v6: many(r, ["hop", "hop-by-hop", "dst", "route", "frag", "auth", "esp", "none", "prot",
                                      "ipv6-route", "ah", "0", "60"], 4),
    "bytecode": lambda r, v6: '"' + r.choice(["1,6 0 0 1", "2,48 0 0 9,6 0 0 1", "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"]) + '"',
    "u32": lambda r, v6: '"' + r.choice(["4&0xFFFF=100:200", "6&0xFF=1", "0>>22&0x3C@0>>24=0:5", "0=1&&4=5",
                                         "6&0xFF=6&&4&0x1FFF=0", "8=1,2,3:5", "4294967295=1"]) + '"',
    "probability": lambda r, v6: r.choice(["0.5", "0", "1", "0.33333333349", "0.0001", "1e-3", ".25"]),
    "hour": lambda r, v6: r.choice(["08:00", "23:59:59", "0:0", "12:30", "00:00:01", "9:5"]),
    "date": lambda r, v6: r.choice(["2020", "2020-01", "2020-01-02", "2020-01-02T03", "2020-01-02T03:04:05",
                                    "1970-01-01", "2038-01-19"]),
    "weekdays": lambda r, v6: many(r, ["Mon", "Tue", "We", "Thu", "Fri", "Sat", "Sun", "1", "7"], 4),
    "monthdays": lambda r, v6: many(r, [str(d) for d in range(1, 32)], 5),
    "quota": lambda r, v6: number(r, 0, (1 << 64) - 1),
    "size": lambda r, v6: number(r, 0, 65535),
    "class": lambda r, v6: r.choice(["1:1", "0:0", "ffff:ffff", "1:20", "a:b"]),
    "balance": lambda r, v6: r.choice(["0:3", "1:2", "0:65534", "5:5", "10:65535"]),
    "dnat": lambda r, v6: r.choice(
        ["[2001:db8::1]:80", "2001:db8::1", "2001:db8::1-2001:db8::5", "[2001:db8::1-2001:db8::5]:80-90", "[::1]"] if v6
        else ["10.0.0.1", "10.0.0.1:80", "10.0.0.1-10.0.0.5", "10.0.0.1-10.0.0.5:80-90", ":8080", "10.0.0.1:80-90/20",
              "10.0.0.1:http"]),
    "snat": lambda r, v6: r.choice(
        ["2001:db8::1", "[2001:db8::1]:80", "2001:db8::1-2001:db8::5", "[2001:db8::1]:1-2"] if v6
        else ["10.0.0.1", "10.0.0.1:80", "10.0.0.1-10.0.0.5", "10.0.0.1:1024-65535", ":1-5"]),
    "natports": lambda r, v6: r.choice(["80", "80-90", "1-65535", "http", "0x50", "8080-8080", "65535"]),
    "prefix64bits": lambda r, v6: r.choice(["2001:db8::/32", "fd00::/64", "fd00:1::/48", "dead::/65", "1c3::/63"]),
    "timeout": lambda r, v6: number(r, 0, 100000),
    "zone": lambda r, v6: r.choice(["0", "1", "65535", "mark", "100"]),
    "interval": lambda r, v6: r.choice(["250ms", "500ms", "1s", "2s"]),
    "ewma": lambda r, v6: r.choice(["500ms", "1s", "2s", "4s", "8s"]),
    "hmark": lambda r, v6: many(r, ["src", "dst", "sport", "dport", "spi", "ct"], 4),
}

BROKEN = {
    "ports": lambda r, v6: bad_span(r, 0, 65535),
    "range8": lambda r, v6: bad_span(r, 0, 255),
    "range16": lambda r, v6: bad_span(r, 0, 65535),
    "range32": lambda r, v6: bad_span(r, 0, 4294967295),
    "range64": lambda r, v6: bad_span(r, 0, (1 << 64) - 1),
    "port": lambda r, v6: r.choice(["65536", "-1", "nosuchservice", "80x", "", "0x10000", "070000", "80:90"]),
    "mports": lambda r, v6: r.choice([",".join(map(str, range(r.choice([15, 16, 17])))), "1,2,", ",", "80,65536",
                                      "5:1", "1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16", "80,,90", "nosuch,1", "",
                                      "1:", ":1"]),
    "prefix": lambda r, v6: bad_prefix(r, v6),
    "prefixes": lambda r, v6: r.choice([bad_prefix(r, v6), "10.0.0.1,", ",10.0.0.1", "::1,,::2", "10.0.0.1,x y"]),
    "addr": lambda r, v6: bad_prefix(r, v6),
    "addrrange": lambda r, v6: r.choice(["10.0.0.1-", "-10.0.0.1", "10.0.0.1-300.0.0.1", "::1-", "", "10.0.0.0/8",
                                         "10.0.0.1-10.0.0.2-10.0.0.3", "1.1.1.1-::1"]),
    "iface": lambda r, v6: r.choice(["", "a" * 16, "eth 0", "a" * 31, "eth+0", "!", "é", "eth0:1"]),
    "flags2": lambda r, v6: r.choice(["SYN", "SYN SYN,", "syn syn", "ALL", "SYN,ACK XXX", "ALL ALL ALL", "SYN,,ACK SYN",
                                      '"" ""', "SYN ACK"]),
    "mark": lambda r, v6: r.choice(["0x100000000", "1/0x100000000", "-1", "x", "1/", "/1", "1/2/3", "", "1x"]),
    "comment": lambda r, v6: quoted(r.choice(["x" * 256, "y" * 300, "z" * 1023, "z" * 1024])),
    "string": lambda r, v6: quoted("x" * r.choice([128, 129, 200])),
    "prefix30": lambda r, v6: quoted(r.choice(["x" * 30, "x" * 31, "x" * 64, "line\\n"])),
    "prefix64": lambda r, v6: quoted("x" * r.choice([64, 65, 127, 128, 200])),
    "name": lambda r, v6: r.choice(["a/b", ".", "..", "x" * 15, "x" * 16, "y" * 31, "y" * 32, "z" * 200, '""', "-n",
                                    f"q{r.randrange(10 ** 6)}é", "27" + "x" * 25, "28" + "x" * 26]),
    "hex": lambda r, v6: quoted(r.choice(["|0|", "|zz|", "|00", "00|", "|", "||", "|" + "00" * 129 + "|", "|000|"])),
    "rate": lambda r, v6: r.choice(["0", "0/s", "10001/s", "20000/s", "1/week", "1/", "/s", "x", "-1/s", "1/sx", "1 /s",
                                    "4294967296/s", "1000000/s", ""]),
    "hrate": lambda r, v6: r.choice(["0", "0/s", "1/week", "1/", "x", "0b/s", "1kb", "1gb/s", "5000mb/s", "1000001/s",
                                     "4294967296/s", "-1b/s"]),
    "mac": lambda r, v6: r.choice(["00:11:22:33:44", "00:11:22:33:44:55:66", "00-11-22-33-44-55", "0:1:2:3:4:5", "gg:00:00:00:00:00",
                                   "", "001122334455", "100:00:00:00:00:00"]),
    "user": lambda r, v6: r.choice(["5-1", "-1", "4294967295", "4294967296", "0-4294967295", "1-", "-2", "1-2-3", ""]),
    "group": lambda r, v6: r.choice(["5-1", "-1", "4294967295", "4294967296", "1-", "1-2-3", ""]),
    "set": lambda r, v6: f"s1v{6 if v6 else 4} " + r.choice(["", "foo", "src,dst,src,dst,src,dst,src", "src,", ",", "SRC"]),
    "protocol": lambda r, v6: r.choice(["256", "-1", "bogus", "", "0x100", "tcpx", "6x", "icmp6"]),
    "icmp": lambda r, v6: r.choice(["256", "8/256", "echo", "bogus", "8/", "/1", "-1", "", "echo-reque", "8/0/0", "host-unre"]),
    "icmp6": lambda r, v6: r.choice(["256", "128/256", "echo", "bogus", "1/", "", "-1", "any", "mld-listener-query"]),
    "chunks": lambda r, v6: r.choice(["all", "some INIT", "all BOGUS", "any INIT,", "all DATA:x", "all INIT:be", "ALL INIT"]),
    "probability": lambda r, v6: r.choice(["1.1", "-0.1", "x", "", "2", "nan", "inf", "0.5x"]),
    "hour": lambda r, v6: r.choice(["24:00", "12:60", "12", "x", "", "12:30:60", "1:2:3:4", "-1:00"]),
    "date": lambda r, v6: r.choice(["1960", "2039", "2020-13", "2020-01-32", "x", "", "2020-1-1T25", "2020-01-01 00:00"]),
    "weekdays": lambda r, v6: r.choice(["Foo", "0", "8", "Mon,", "", "mon", "Mon Tue"]),
    "monthdays": lambda r, v6: r.choice(["0", "32", "1,", "x", "", "1,,2", "-1"]),
    "dnat": lambda r, v6: r.choice(["10.0.0.1:99999", "10.0.0.1:0", "10.0.0.1-", "10.0.0.1:", "", "x:80", ":", "10.0.0.1:80:90",
                                    "2001:db8::1" if not v6 else "10.0.0.1", "[::1", "10.0.0.1:90-80", "10.0.0.1:80-90/0"]),
    "snat": lambda r, v6: r.choice(["10.0.0.1:99999", "10.0.0.1:0", "10.0.0.1-", "", "10.0.0.1:90-80", ":", "[::1]:", "0"]),
    "natports": lambda r, v6: r.choice(["0", "65536", "90-80", "x", "", "80-", "-80", "80:90", "80-90/5", "1-2-3"]),
    "quota": lambda r, v6: r.choice(["18446744073709551616", "-1", "x", "", "1k"]),
    "u32": lambda r, v6: quoted(r.choice(["4", "4=", "=1", "4&=1", "4=1&&", "4>>33=1", "0@", "x=1", "4=5:1", "0<<1", "",
                                          "&&".join(["0=1"] * 11)])),
    "bytecode": lambda r, v6: quoted(r.choice(["1,255 0 0 1", "2,6 0 0 1", "0", "1,6 0 0", "65,6 0 0 1", "x", "", "1,6 0 0 1,",
                                               "1,0 0 0 1", "2,5 0 0 9,6 0 0 1", "1,6 0 0 1 1"])),
}


def words_of(r, words, broken):
    if not broken:
        return r.choice(words)
    word = r.choice(words)
    return r.choice([word.swapcase(), word[:-1], word + "x", "bogus", "", word[:2]])


def value(r, kind, v6, broken):
    """Words for an option's value; None for an option that takes none."""
    if kind == "":
        return "extra" if broken and r.random() < 0.5 else None
    base, _, rest = kind.partition(":")
    if broken and base not in LOOKED_UP and r.random() < 0.25:
        return quoted(r.choice(GARBAGE))
    if base == "u":
        low, high = (int(x, 0) for x in rest.split(":"))
        return quoted(bad_number(r, low, high) if broken else number(r, low, high))
    if base == "one":
        return quoted(words_of(r, rest.split(","), broken))
    if base == "some":
        words = rest.split(",")
        if broken:
            return quoted(r.choice([words_of(r, words, True), words[0] + ",", "," + words[0], words[0] + ",bogus"]))
        return many(r, words)
    if broken:
        if base in BROKEN:
            made = BROKEN[base](r, v6)
            return made if '"' in made or (" " in made and base in ("flags2", "set", "chunks")) else quoted(made)
        return quoted(r.choice(GARBAGE))
    return VALID[base](r, v6)
