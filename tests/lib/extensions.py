# SPDX-License-Identifier: GPL-2.0-or-later
"""The options of every extension, for making random rules.

A row is "NAME | FAMILIES | PROTOCOLS | OPTIONS", an option "[!]FLAG=KIND": '!' where it may be
inverted, '*' where the extension does not work without it, KIND as in values.py.  PROTOCOLS
are those that it needs one of; nothing if it needs none.
"""

MATCHES = """
tcp | 46 | tcp | !--sport=ports !--dport=ports !--tcp-flags=flags2 !--syn= !--tcp-option=u:1:255 !--source-port=ports !--destination-port=ports
udp | 46 | udp | !--sport=ports !--dport=ports !--source-port=ports
sctp | 46 | sctp | !--sport=ports !--dport=ports !--chunk-types=chunks
dccp | 46 | dccp | !--sport=ports !--dport=ports !--dccp-types=some:REQUEST,RESPONSE,DATA,ACK,DATAACK,CLOSEREQ,CLOSE,RESET,SYNC,SYNCACK,INVALID !--dccp-option=u:1:255
icmp | 4 | icmp | !*--icmp-type=icmp
icmp6 | 6 | ipv6-icmp | !*--icmpv6-type=icmp6
multiport | 46 | tcp udp udplite sctp dccp | !*--dports=mports !--sports=mports !--ports=mports !--source-ports=mports
ah | 4 | ah | !--ahspi=range32
ah | 6 | ah | !--ahspi=range32 !--ahlen=u:0:4294967295 --ahres=
esp | 46 | esp | !--espspi=range32
ipcomp | 46 | ipcomp 108 | !--ipcompspi=range32 --compres=
mh | 6 | mh 135 | !--mh-type=mhtype
frag | 6 | | !--fragid=range32 !--fraglen=u:0:4294967295 --fragres= --fragfirst= --fragmore= --fraglast=
hbh | 6 | | !--hbh-len=u:0:65535 --hbh-opts=hopts
dst | 6 | | !--dst-len=u:0:65535 --dst-opts=hopts
rt | 6 | | !--rt-type=u:0:255 !--rt-segsleft=range32 !--rt-len=u:0:4294967295 --rt-0-res= --rt-0-addrs=rtaddrs --rt-0-not-strict=
ipv6header | 6 | | !*--header=headers --soft=
eui64 | 6 | |
srh | 6 | | !--srh-next-hdr=protocol !--srh-hdr-len-eq=u:0:255 !--srh-hdr-len-gt=u:0:255 !--srh-segs-left-eq=u:0:255 !--srh-last-entry-lt=u:0:255 !--srh-tag=u:0:65535 !--srh-psid=prefix
hl | 6 | | !*--hl-eq=u:0:255 --hl-lt=u:0:255 --hl-gt=u:0:255
ttl | 4 | | !*--ttl-eq=u:0:255 --ttl-lt=u:0:255 --ttl-gt=u:0:255
realm | 4 | | !*--realm=mark
addrtype | 46 | | !*--dst-type=some:UNSPEC,UNICAST,LOCAL,BROADCAST,ANYCAST,MULTICAST,BLACKHOLE,UNREACHABLE,PROHIBIT,THROW,NAT,XRESOLVE !--src-type=some:LOCAL,UNICAST,MULTICAST --limit-iface-in= --limit-iface-out=
bpf | 46 | | *--bytecode=bytecode
cgroup | 46 | | !*--cgroup=u:0:4294967295
cluster | 46 | | *--cluster-total-nodes=u:3:32 !*--cluster-local-node=cluster *--cluster-hash-seed=u:0:4294967295
comment | 46 | | *--comment=comment
connbytes | 46 | | !*--connbytes=range64 *--connbytes-dir=one:original,reply,both *--connbytes-mode=one:packets,bytes,avgpkt
connlabel | 46 | | !*--label=u:0:127 --set=
connlimit | 46 | | *--connlimit-above=u:0:4294967295 --connlimit-upto=u:0:10 --connlimit-mask=u:0:32 --connlimit-saddr= --connlimit-daddr=
connmark | 46 | | !*--mark=mark
mark | 46 | | !*--mark=mark
conntrack | 46 | | !*--ctstate=some:NEW,ESTABLISHED,RELATED,INVALID,UNTRACKED,SNAT,DNAT !--ctproto=protocol !--ctorigsrc=prefix !--ctorigdst=prefix !--ctreplsrc=prefix !--ctorigsrcport=range16 !--ctorigdstport=range16 !--ctrepldstport=range16 !--ctstatus=some:NONE,EXPECTED,SEEN_REPLY,ASSURED,CONFIRMED !--ctexpire=range32 --ctdir=one:ORIGINAL,REPLY
state | 46 | | !*--state=some:NEW,ESTABLISHED,RELATED,INVALID,UNTRACKED
cpu | 46 | | !*--cpu=u:0:4294967295
devgroup | 46 | | !*--src-group=mark !--dst-group=mark
dscp | 46 | | !*--dscp=u:0:63 !--dscp-class=one:EF,BE,AF11,AF43,CS0,CS7,cs1
ecn | 46 | | !*--ecn-ip-ect=u:0:3
ecn | 46 | tcp | !*--ecn-tcp-cwr= !--ecn-tcp-ece=
hashlimit | 46 | | *--hashlimit-name=name !*--hashlimit-upto=hrate --hashlimit-burst=u:1:10000 --hashlimit-mode=some:srcip,dstip,srcport,dstport --hashlimit-srcmask=u:0:32 --hashlimit-dstmask=u:0:32 --hashlimit-htable-size=u:1:1000 --hashlimit-htable-max=u:1:1000 --hashlimit-htable-expire=u:1:100000 --hashlimit-htable-gcinterval=u:1:100000
hashlimit | 46 | | *--hashlimit-name=name *--hashlimit-above=hrate --hashlimit-burst=u:1:1000 --hashlimit-mode=some:srcip,dstip --hashlimit-rate-match= --hashlimit-rate-interval=u:1:3600
helper | 46 | | !*--helper=string
iprange | 46 | | !*--src-range=addrrange !--dst-range=addrrange
length | 46 | | !*--length=range16
limit | 46 | | --limit=rate --limit-burst=u:0:10000
mac | 46 | | !*--mac-source=mac
osf | 4 | tcp | !*--genre=string --ttl=u:0:2 --log=u:0:2
owner | 46 | | !*--uid-owner=user !--gid-owner=group !--socket-exists= --suppl-groups=
physdev | 46 | | !--physdev-in=iface !--physdev-out=iface !--physdev-is-in= !--physdev-is-out= !--physdev-is-bridged=
pkttype | 46 | | !*--pkt-type=one:unicast,host,broadcast,multicast
policy | 46 | | *--dir=one:in,out *--pol=one:ipsec,none --strict= !--reqid=u:0:4294967295 !--spi=u:0:4294967295 !--proto=one:esp,ah,ipcomp,50 !--mode=one:tunnel,transport !--tunnel-src=prefix !--tunnel-dst=prefix --next=
quota | 46 | | !*--quota=quota
recent | 46 | | !*--set= --name=name --rsource= --rdest= --mask=addr
recent | 46 | | !*--rcheck= *--name=name --seconds=u:1:86400 --reap= --hitcount=u:1:255 --rttl=
recent | 46 | | !*--update= *--name=name --seconds=u:1:86400 --hitcount=u:1:65535
recent | 46 | | !*--remove= *--name=name
rpfilter | 46 | | --loose= --validmark= --accept-local= --invert=
set | 46 | | !*--match-set=set --return-nomatch= !--update-counters= !--update-subcounters= !--packets-eq=u:0:1000 --packets-lt=u:0:1000 --packets-gt=u:0:1000 !--bytes-eq=u:0:1000 --bytes-gt=u:0:1000
socket | 46 | | --transparent= --nowildcard= --restore-skmark=
statistic | 46 | | *--mode=one:random !*--probability=probability
statistic | 46 | | *--mode=one:nth !*--every=u:1:4294967295 --packet=u:0:5
string | 46 | | !*--string=string *--algo=one:bm,kmp --from=u:0:65535 --to=u:0:65535 --icase=
string | 46 | | !*--hex-string=hex *--algo=one:bm,kmp,fsm --from=u:0:65535 --to=u:0:65535
tcpmss | 46 | tcp | !*--mss=range16
time | 46 | | --timestart=hour --timestop=hour --datestart=date --datestop=date !--weekdays=weekdays !--monthdays=monthdays --contiguous= --kerneltz= --utc=
tos | 46 | | !*--tos=tosmask
u32 | 46 | | !*--u32=u32
"""

# The last column but one: the tables that it works in; all if empty.
TARGETS = """
AUDIT | 46 | | | *--type=one:accept,drop,reject
CHECKSUM | 46 | | mangle | *--checksum-fill=
CLASSIFY | 46 | | mangle filter | *--set-class=class
CONNMARK | 46 | | | --set-xmark=mark
CONNMARK | 46 | | | --set-mark=mark
CONNMARK | 46 | | | *--restore-mark= --nfmask=u:0:4294967295 --ctmask=u:0:4294967295
CONNMARK | 46 | | mangle | *--save-mark= --mask=u:0:4294967295
CONNMARK | 46 | | | --and-mark=u:0:4294967295
CT | 46 | | raw | --zone=zone --ctevents=some:new,related,destroy,reply,assured,protoinfo,helper,mark --expevents=one:new --notrack=
CT | 46 | | raw | --zone-orig=zone --zone-reply=zone
NOTRACK | 46 | | raw |
DNAT | 46 | tcp udp | nat | *--to-destination=dnat --random= --persistent=
DNAT | 46 | | nat | *--to-destination=addrrange --random=
SNAT | 46 | tcp udp | nat | *--to-source=snat --random= --random-fully= --persistent=
SNAT | 46 | | nat | *--to-source=addrrange --random=
MASQUERADE | 46 | tcp udp | nat | --to-ports=natports --random= --random-fully=
REDIRECT | 46 | tcp udp | nat | --to-ports=natports --random=
NETMAP | 46 | | nat | *--to=prefix
DNPT | 6 | | mangle | *--src-pfx=prefix64bits *--dst-pfx=prefix64bits
SNPT | 6 | | mangle | *--src-pfx=prefix64bits *--dst-pfx=prefix64bits
DSCP | 46 | | mangle | --set-dscp=u:0:63
DSCP | 46 | | mangle | --set-dscp-class=one:EF,BE,AF11,CS7
ECN | 4 | tcp | mangle | *--ecn-tcp-remove=
HL | 6 | | mangle | --hl-set=u:0:255
HL | 6 | | mangle | --hl-dec=u:1:255
TTL | 4 | | mangle | --ttl-set=u:0:255
TTL | 4 | | mangle | --ttl-inc=u:1:255
HMARK | 46 | | | *--hmark-tuple=hmark *--hmark-mod=u:1:4294967295 --hmark-offset=u:0:4294967295 *--hmark-rnd=u:0:4294967295
HMARK | 46 | | | --hmark-src-prefix=u:0:32 --hmark-dst-prefix=u:0:32 --hmark-sport=port --hmark-proto-mask=u:0:65535 *--hmark-mod=u:1:1000 *--hmark-rnd=u:0:1000
IDLETIMER | 46 | | | *--timeout=u:1:4294967 *--label=name --alarm=
LOG | 46 | | | --log-prefix=prefix30 --log-level=one:debug,info,notice,warning,err,crit,alert,emerg,0,7 --log-tcp-sequence= --log-tcp-options= --log-ip-options= --log-uid= --log-macdecode=
MARK | 46 | | | --set-xmark=mark
MARK | 46 | | mangle | --set-mark=mark
MARK | 46 | | mangle | --or-mark=u:0:4294967295
MARK | 46 | | mangle | --xor-mark=u:0:4294967295
NFLOG | 46 | | | --nflog-group=u:0:65535 --nflog-prefix=prefix64 --nflog-size=u:0:65535 --nflog-threshold=u:0:65535 --nflog-range=u:0:65535
NFQUEUE | 46 | | | --queue-num=u:0:65535 --queue-bypass=
NFQUEUE | 46 | | | *--queue-balance=balance --queue-bypass= --queue-cpu-fanout=
RATEEST | 46 | | | *--rateest-name=name *--rateest-interval=interval *--rateest-ewmalog=ewma
REJECT | 4 | | filter | --reject-with=one:icmp-net-unreachable,icmp-host-unreachable,icmp-port-unreachable,icmp-proto-unreachable,icmp-net-prohibited,icmp-host-prohib,icmp-admin-prohibited,host-unreach,tcp-rst
REJECT | 6 | | filter | --reject-with=one:icmp6-no-route,no-route,adm-prohibited,icmp6-addr-unreachable,port-unreach,icmp6-policy-fail,icmp6-reject-route
REJECT | 46 | tcp | filter | *--reject-with=one:tcp-reset
SET | 46 | | | *--add-set=set --exist= --timeout=u:0:100000
SET | 46 | | | *--del-set=set
SET | 46 | | mangle | *--map-set=set --map-mark= --map-prio= --map-queue=
SYNPROXY | 46 | tcp | filter | --sack-perm= --timestamp= --wscale=u:0:14 --mss=u:0:65535 --ecn=
TCPMSS | 46 | tcp | mangle | --set-mss=u:0:65495
TCPMSS | 46 | tcp | mangle | *--clamp-mss-to-pmtu=
TCPOPTSTRIP | 46 | tcp | mangle | *--strip-options=some:wscale,mss,sack-permitted,sack,timestamp,md5,5,64
TEE | 46 | | | *--gateway=addr --oif=iface
TOS | 46 | | mangle | --set-tos=tosmask
TOS | 46 | | mangle | --and-tos=u:0:255
TPROXY | 46 | tcp udp | mangle | *--on-port=port --on-ip=addr --tproxy-mark=mark
TRACE | 46 | | raw |
QUEUE | 46 | | |
"""

# Where they work, for those that do not work everywhere; most rules stand there.
HOOKS = {
    "CLASSIFY": "FORWARD OUTPUT POSTROUTING", "CT": "PREROUTING OUTPUT",
    "DNAT": "PREROUTING OUTPUT", "REDIRECT": "PREROUTING OUTPUT", "SNAT": "POSTROUTING INPUT",
    "MASQUERADE": "POSTROUTING", "DNPT": "PREROUTING OUTPUT", "SNPT": "INPUT POSTROUTING",
    "SYNPROXY": "INPUT FORWARD", "TCPMSS": "FORWARD OUTPUT POSTROUTING", "TPROXY": "PREROUTING",
    "cgroup": "INPUT OUTPUT POSTROUTING", "eui64": "PREROUTING INPUT FORWARD",
    "mac": "PREROUTING INPUT FORWARD", "osf": "PREROUTING INPUT FORWARD",
    "owner": "OUTPUT POSTROUTING", "rpfilter": "PREROUTING", "socket": "PREROUTING INPUT",
    "devgroup": "FORWARD", "realm": "INPUT FORWARD OUTPUT POSTROUTING",
}

# Whether these load is decided by what the host has, not by the file.
OF_THE_HOST = {
    "nfacct": "an accounting object must exist",
    "rateest": "an estimator must exist",
    "SECMARK": "a security policy must know the context",
    "CONNSECMARK": "needs a security module",
    "LED": "the kernel's module", "ipvs": "the kernel's module", "ULOG": "the kernel's module",
    "CLUSTERIP": "the kernel's module, and interfaces",
    "standard": "is the verdicts", "NAT": "is DNAT, SNAT, MASQUERADE and REDIRECT",
}


class Option:
    def __init__(self, word):
        self.inverts = word.startswith("!")
        word = word.lstrip("!")
        self.needed = word.startswith("*")
        self.flag, _, self.kind = word.lstrip("*").partition("=")


class Extension:
    def __init__(self, row, is_target):
        cells = [cell.strip() for cell in row.split("|")]
        self.name, self.families = cells[0], cells[1]
        self.protocols = cells[2].split()
        self.tables = cells[3].split() if is_target else []
        self.options = [Option(word) for word in cells[-1].split()]


def read(rows, is_target):
    return [Extension(row, is_target) for row in rows.strip().splitlines()]
