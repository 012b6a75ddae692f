#### arrays bash
a=(1 2 "3 4")
probe "${a[@]}" ${a[@]} "${a[*]}" ${#a[@]} ${a[2]} $a ${#a[2]}
a+=(5 6)
probe ${#a[@]} "${a[-1]}"
a[10]=x
probe ${!a[@]}
unset 'a[1]'
probe ${!a[@]} ${#a[@]}
a=()
probe ${#a[@]} "${a[@]}"
#### array_from bash
x="a b"
a=($x "$x" $(out c d))
probe ${#a[@]} "${a[@]}"
a=([3]=x [1]=y z)
probe "${!a[@]}" "${a[@]}"
#### array_loop bash
ports=(22 80 443)
for p in "${ports[@]}"; do probe $p; done
for i in "${!ports[@]}"; do probe $i ${ports[$i]} ${ports[i]}; done
for ((i=0; i<${#ports[@]}; i++)); do probe ${ports[i]}; done
#### array_slice bash
a=(a b c d e)
probe "${a[@]:1:2}" "${a[@]:3}" "${a[@]: -2}"
probe "${a[@]/b/X}" "${a[@]#a}" "${a[@]^^}"
#### array_join bash
a=(80 443)
IFS=,
probe "${a[*]}"
unset IFS
x=$(IFS=,; echo "${a[*]}")
probe $x
#### array_append_element bash
a=(x)
a[0]+=y
a[1]=z
probe "${a[@]}"
s=x
s+=y
probe $s
#### array_scalar bash
s=x
s[1]=y
probe "${s[@]}" $s
b=(1 2)
b=9
probe "${b[@]}"
#### array_multiline bash
rules=(
	"a b" # comment
	c
	'd e'
)
for r in "${rules[@]}"; do probe $r; done
#### associative bash
declare -A m
m[web]=80
m["ssh port"]=22
probe ${m[web]} "${m[ssh port]}" ${#m[@]} "${m[none]-unset}"
k=web
probe ${m[$k]}
m[$k]+=0
probe ${m[web]}
declare -A one=([k]=v)
probe "${one[@]}" "${!one[@]}"
unset 'm[web]'
probe ${#m[@]}
#### declare bash
declare x=1 y
declare -i n=2+3
declare -r r=5
declare -u up=abc
declare -l low=ABC
declare -x ex=1
probe $x "$y" $n $r $up $low $ex
n=4*2
probe $n
n+=1
probe $n
declare -a arr=(1 2)
probe ${arr[1]}
#### declare_in_function bash
f() { declare v=1; declare -g g=2; typeset t=3; probe $v $g $t; }
f
probe "$v" $g "$t"
#### nameref bash
f() { local -n ref=$1; ref=changed; probe $ref; }
x=1
f x
probe $x
#### double_bracket bash
[[ a = a ]] && probe 1
[[ a == a* ]] && probe 2
[[ "a*" == "a*" ]] && probe 3
[[ ab == "a*" ]] || probe 4
[[ a != b ]] && probe 5
[[ -z "" && -n x ]] && probe 6
[[ a = b || c = c ]] && probe 7
[[ ! a = b ]] && probe 8
[[ ( a = a ) ]] && probe 9
[[ 10 -gt 9 ]] && probe 10
[[ b > a ]] && probe 11
[[ -f lib.sh ]] && probe 12
x="a b"
[[ $x = "a b" ]] && probe 13
[[ $nothing ]] || probe 14
[[ -n $nothing ]] || probe 15
[[ 1+1 -eq 2 ]] && probe 16
[[ -v x ]] && probe 17
[[ $x == *\ * ]] && probe 18
#### regex bash
[[ 10.0.0.1 =~ ^[0-9]+\.([0-9]+) ]] && probe "${BASH_REMATCH[0]}" "${BASH_REMATCH[1]}"
re='^a.c$'
[[ abc =~ $re ]] && probe 1
[[ abc =~ "a.c" ]] || probe 2
[[ a =~ b ]] || probe $?
[[ 'a b' =~ a\ b ]] && probe 3
#### pattern_lists bash
[[ eth0 == eth* ]] && probe 1
[[ foo.txt == *.@(txt|md) ]] && probe 2
p='e*'
[[ eth == $p ]] && probe 3
[[ eth == "$p" ]] || probe 4
#### uid bash
probe $UID $EUID
[[ $EUID -ne 0 ]] && probe not || probe root
if (( EUID != 0 )); then probe no; fi
#### and_list bash
[[ -n a ]] && [[ -n b ]] && probe both
#### process_substitution bash
while read -r a b; do probe "$a" "$b"; done < <(cat net.conf)
probe_in < <(echo x)
#### pipestatus_lastpipe bash
shopt -s lastpipe
echo a | read x
probe "$x"
#### bash_source bash
probe "${BASH_SOURCE[0]}" "$(dirname "${BASH_SOURCE[0]}")"
. "$(dirname "${BASH_SOURCE[0]}")"/lib.sh
#### readonly_array bash
readonly -a r=(1 2)
probe ${r[1]}
#### here_string_read bash
IFS=. read -r a b c d <<< "10.1.2.3"
probe $a $d
IFS=, read -ra parts <<< "x,y,z"
probe ${#parts[@]} ${parts[2]}
#### string_compare bash
a=abc
[[ $a == a?c ]] && probe y
[[ "$a" =~ ^abc$ ]] && probe r
#### arithmetic_condition bash
x=5
if ((x > 3 && x < 10)); then probe in; fi
while ((x-- > 3)); do probe $x; done
#### select_options bash
set -- -p 80 --verbose name
while [[ $# -gt 0 ]]; do
	case "$1" in
	-p) probe port "$2"; shift 2;;
	--*) probe long "$1"; shift;;
	*) probe rest "$1"; shift;;
	esac
done
#### until_arithmetic bash
i=0
until ((i == 2)); do ((i++)); done
probe $i
#### trap_err bash
trap 'probe err' ERR
false
probe x
false || true
#### array_in_condition bash
a=(x)
[[ -n ${a[0]} && -z ${a[1]} ]] && probe ok
if [[ " ${a[*]} " == *" x "* ]]; then probe member; fi
#### negative_index bash
a=(1 2 3)
probe ${a[-1]} ${a[-2]} ${a[$((${#a[@]}-1))]}
#### read_array_lines bash
mapfile -t a <<< "x
y"
probe ${#a[@]}
#### string_repeat bash
s=$(printf 'a%.0s' 1 2 3)
probe $s
#### let_status bash
let 0
probe $?
let 1
probe $?
#### ulimit_local_declare bash
f() { local x; x=1; local y=$x; probe $y; }
f
#### export_function bash
f() { probe f; }
export -f f
f
#### unset_function bash
f() { probe f; }
unset f
f 2>/dev/null
probe $?
#### elements_through_references bash
declare -n r=a q=r
a=(1 2 3)
for n in 'r[1]' 'q[2]' 'r[3]' 'r[@]' 'q[*]' r 'r[' 'r[]' 'r[1' 'r[1]x'; do
	[[ -v $n ]] && probe "$n"
done
probe $((r[1] + q[2])) $((r[7] + 1)) $((++q[0]))
unset 'r[1]' 'q[9]'
probe $? "${a[@]}"
unset 'q[@]'
probe ${#a[@]} "${a-unset}"
#### elements_of_plain_variables bash
x=5
[[ -v x[0] && -v x[@] && ! -v x[1] ]]
probe $? $((x[0] + x[1]))
unset 'x[@]' 2>/dev/null
probe $?
unset 'x[1]' 2>/dev/null
probe $? "$x"
unset 'x[0]'
probe $? "${x-unset}"
a=(1 2)
unset 'a[]'
readonly a
unset 'a[0]' 2>/dev/null
probe $? "${a[@]}"
#### elements_by_name_in_functions bash
f() {
	local -n array=$1
	array[0]=k
	[[ -v array[2] ]] && probe two
	unset 'array[1]'
	probe $((array[2] + ${#array[@]})) "${!array[@]}"
}
b=(1 2 3)
f b
probe "${b[@]}"
declare -A h=([x]=1 [y]=2)
declare -n r=h
[[ -v r[x] && ! -v r[z] ]]
probe $? $((r[y]))
unset 'r[x]'
probe "${!h[@]}"
#### references_anew bash
declare -n r=a
a=1 b=2
declare -n r=b
probe $r $a $b
[[ -R r && ! -R a ]]
probe $?
r=c
probe $a $b
declare +n r
probe $r
r=5
probe $r $b
declare -n q=1x 2>/dev/null
probe $? ${q-unset}
declare -n q
[[ -R q ]]
probe $?
q=a
q=7
probe $a
#### references_unset bash
declare -n r=a
a=1
unset -n a
probe $a
unset -n r
probe ${r-unset} $a
r=2
probe $a $r
declare -n q=a
unset q
probe ${a-unset}
q=3
probe $a
#### references_in_for bash
declare -n r=a
for r in x y; do r=1$r; done
probe $x $y ${a-unset}
f() {
	local -n v
	for v in "$@"; do v=z; done
}
f p q
probe $p $q
#### references_by_name bash
declare -n r=b b=a
a=b1
probe ${!r} ${!b} "${!r:-other}"
b1=deep
x=a
probe ${!x}
#### references_and_attributes bash
declare -n r=a
export r
a=x
declare -i r
r=2+3
probe $a
declare -a r
r[2]=4+4
probe "${a[@]}"
readonly r
(a=1) 2>/dev/null
probe $?
declare -n s=t
s=1 true
probe ${t-unset}
f() { probe $t; }
s=5 f
probe ${t-unset}
#### references_in_a_row bash
declare -n a1=a2 a2=a3 a3=a4 a4=a5 a5=a6 a6=a7 a7=a8 a8=a9
a9=x
probe $a1
a1=y
probe $a9
#### references_written bash
declare -n r=a
read r <<< x
probe $a
printf -v r %s y
probe $a
getopts x r -x
probe $a
for ((r = 0; r < 2; r++)); do :; done
probe $a $((r += 5)) $a
: ${r:=4}
unset r
: ${r:=4}
probe $a
