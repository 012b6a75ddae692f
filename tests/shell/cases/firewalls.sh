#### classic
#!/bin/sh
PATH=/usr/sbin:/sbin:$PATH
IPT="probe"
EXT_IF="eth0"
LAN="192.168.1.0/24"
TCP="22 80 443"
$IPT -F
$IPT -X
for chain in INPUT OUTPUT FORWARD; do
	$IPT -P $chain DROP
done
for port in $TCP; do
	$IPT -A INPUT -i $EXT_IF -p tcp --dport $port -j ACCEPT
done
$IPT -A INPUT -i lo -j ACCEPT
[ -n "$LAN" ] && $IPT -A INPUT -s $LAN -j ACCEPT
#### init_script : start
start() {
	probe -A INPUT
	return 0
}
stop() {
	probe -F
}
case "$1" in
	start) start ;;
	stop) stop ;;
	restart) stop; start ;;
	*) echo "Usage: $0 {start|stop}" >&2; exit 1 ;;
esac
exit 0
#### init_restart : restart
start() { probe start; }
stop() { probe stop; }
case "$1" in
	start|stop) $1 ;;
	restart|force-reload) stop; sleep 0; start ;;
	*) exit 1;;
esac
#### root_check
if [ "$(id -u)" != "0" ]; then
	echo "must be root" 1>&2
	exit 1
fi
if [ `whoami` != root ]; then exit 1; fi
probe go
#### find_program
IPT=$(which probe)
[ -z "$IPT" ] && exit 1
$IPT a
IPT=`command -v probe` || exit 1
$IPT b
[ -x "$(which probe)" ] && $IPT c
#### sysctl_like
enable() {
	for f in $1; do
		[ -e "$f" ] && echo 1 > $f
	done
}
enable /nonexistent/x
echo 1 > f; probe $(cat f)
#### config_file
cat > fw.conf <<'E'
# ports
PORTS="22 80"
IFACE=eth0
E
. ./fw.conf
for p in $PORTS; do probe $IFACE $p; done
#### list_file
while read proto port comment; do
	[ -z "$proto" ] && continue
	case "$proto" in \#*) continue ;; esac
	probe -p $proto --dport $port -m comment --comment "$comment"
done <<LIST
# proto port what
tcp 22 secure shell

udp 53 name service
LIST
#### debian_lines
for ip in $(cat net.conf | while read n r; do case $n in [0-9]*) echo $n;; esac; done); do
	probe -s $ip
done
#### restore_heredoc
WAN=eth1
probe_in -n <<EOF
*filter
:INPUT DROP [0:0]
-A INPUT -i $WAN -j DROP
COMMIT
EOF
#### restore_group
(
	echo '*filter'
	echo ':INPUT DROP [0:0]'
	for p in 22 80; do echo "-A INPUT -p tcp --dport $p -j ACCEPT"; done
	echo COMMIT
) | probe_in
#### restore_variable
RULES="*filter
-A INPUT -j ACCEPT
COMMIT"
echo "$RULES" | probe_in
printf '%s\n' "$RULES" | probe_in -T filter
#### function_wrapper
ipt4() { probe 4 "$@"; }
ipt6() { probe 6 "$@"; }
both() { ipt4 "$@"; ipt6 "$@"; }
both -A INPUT -m comment --comment "a b" -j ACCEPT
for f in ipt4 ipt6; do $f -P INPUT DROP; done
#### string_lists
HOSTS="10.0.0.1,10.0.0.2"
IFS=,
for h in $HOSTS; do probe $h; done
unset IFS
OLDIFS=$IFS
IFS='
'
for l in $(out 'a b' 'c d'); do probe "$l"; done
IFS=$OLDIFS
#### split_pairs
for pair in 80:10.0.0.1 443:10.0.0.2; do
	port=${pair%%:*}
	host=${pair#*:}
	probe $port $host
done
#### counters
n=1
while [ $n -le 3 ]; do
	probe eth$n 10.0.$n.1
	n=$((n + 1))
done
#### fwbuilder
set_kernel_vars() { :; }
PROG=$(basename $0)
cmd=${1}
test -n "$cmd" || { cmd=start; }
case "$cmd" in
    start)
        probe start
        RETVAL=$?
        ;;
    *)
        probe usage
        ;;
esac
exit $RETVAL
#### eval_lists
LIST="a b c"
set $LIST
probe $# $2
for v in A B; do eval "$v=\"value of $v\""; done
probe "$A" "$B"
eval set -- '"x y"' z
probe "$1" "$2"
#### arrays_of_rules bash
rules=("-p tcp --dport 22" "-p udp --dport 53")
for r in "${rules[@]}"; do probe -A INPUT $r -j ACCEPT; done
declare -A policy=([INPUT]=DROP)
for c in "${!policy[@]}"; do probe -P $c ${policy[$c]}; done
#### bash_options bash
set -euo pipefail
readonly IFACES=(eth0 eth1)
main() {
	local iface
	for iface in "${IFACES[@]}"; do
		probe -i "$iface"
	done
	[[ ${DEBUG:-0} -eq 1 ]] && probe debug || true
}
main "$@"
#### trap_cleanup
TMP=tmpfile
trap 'rm -f $TMP; probe cleaned' EXIT
echo x > $TMP
probe "$(cat $TMP)"
#### yes_no
ENABLE=yes
LOG=no
if [ "$ENABLE" = yes ] && [ "$LOG" != yes ]; then probe on; fi
[ "$LOG" = yes -o "$ENABLE" = yes ] && probe or
test "$ENABLE" = "yes" -a "$LOG" = "no" && probe and
#### commented_and_continued
probe -A INPUT \
	-p tcp \
	--dport 22 \
	-j ACCEPT  # ssh
# probe -A no
probe -A INPUT -j LOG --log-prefix "fw: drop " # end
#### subshell_policy
P=ACCEPT
( P=DROP; probe $P )
probe $P
#### exit_codes
probe a || exit 1
fail 1 && exit 2
fail 3 || { probe recovered; }
fail 2
[ $? -eq 2 ] && probe two
#### check_or_add
has() { return 1; }
has x || probe add x
if ! has y; then probe add y; fi
#### parse_options : -v -i eth0 start
VERBOSE=0
while [ $# -gt 0 ]; do
	case $1 in
	-v) VERBOSE=1 ;;
	-i) IF=$2; shift ;;
	*) ACTION=$1 ;;
	esac
	shift
done
probe $VERBOSE $IF $ACTION
#### here_and_function_pipes
gen() { for i in "$@"; do echo "rule $i"; done; }
gen a b | while read w n; do probe $w $n; done
gen c d | probe_in
#### negated_lists
BLOCK="10.0.0.0/8 !10.1.0.0/16"
for n in $BLOCK; do
	case $n in
	!*) probe not ${n#!} ;;
	*) probe $n ;;
	esac
done
#### chained_defaults
: ${WAN:=eth0} ${LAN:=eth1}
WAN_IP=${WAN_IP:-$(out 192.0.2.1)}
probe $WAN $LAN $WAN_IP
#### function_arguments
allow() {
	proto=$1; shift
	for p; do probe -p $proto --dport $p; done
}
allow tcp 22 80
allow udp 53
#### port_range bash
for ((p=8000; p<8003; p++)); do probe $p; done
for p in {9000..9002}; do probe $p; done
#### tabs_and_blanks
	probe	a	b  
  if   true  ;  then
		probe c
  fi
#### multi_line_pipeline
out 3 1 2 |
while read n
do
	probe $n
done &&
probe done
#### case_with_quotes
for x in "a b" 'c*' d; do
	case "$x" in
	"a b") probe 1 ;;
	'c*') probe 2 ;;
	*) probe 3 ;;
	esac
done
