#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The constructs of the language, for the fuzzer and for accepts.py; it is never run.
IPT=/sbin/iptables; a+=b a[i + 1]=x a=(x "y z" # comment
 q)
echo "${x:-'a'}$y" 'q'"$(echo "hi `echo a \`b\``")" $((1+$x*(2))) if then
for i in 1 2 3; do $IPT -A INPUT -p tcp --dport $i -j ACCEPT || exit 1; done
cat <<E | grep x >f 2>&1 <<-'F' && echo
foo $x ${y#"q"} `c` \$z
E
	bar $x
	F
if [[ $a == b* && ! -f /x || ( $c =~ ^(a b|c)$ ) ]]; then :; elif x; then y; else z; fi
case "$1" in start) a;; stop|restart) b ;& (*) ;; esac
f() { local a=(1 2); return; } >x
function g { for ((i=0;i<10;i++)); do :; done; }
((x++)); ! a | b |& c & d
while read -r a b; do echo; done < <(grep x "$f")
until a; do select x in b c; do :; done; done
echo ${x#a*} ${x##*/} "${x%%'q'*}" ${x//a/b} ${x/#a} ${x:1:2} ${x: -1} ${#x} ${!x} ${!a[@]} ${x^^}
echo $'a\tb\x41' $"loc" {a,b} ~/x >&2 2>&- <<<"here $x" {fd}>f &>g
(cd /; { ls; }) && x=$(
	# comment
	case y in z) ;; esac
)
echo a\
b "c\
d" \
	e
