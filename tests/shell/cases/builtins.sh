#### echo
probe "$(echo a b)" "$(echo -n a)" "$(echo)" "$(echo "a  b")"
#### echo_backslash
probe "$(echo 'a\tb\\c')" "$(echo 'x\0101')" "$(echo 'a\cb')"
#### echo_options
probe "$(echo -e 'a\tb')" "$(echo -E 'a\tb')" "$(echo -ne x)" "$(echo -x)" "$(echo -- a)"
#### printf
probe "$(printf '%s-%s\n' a b c)" "$(printf '%d %5d|%-5d|%05d' 1 2 3 4)" "$(printf 'x')"
probe "$(printf '%x %X %o %c' 255 255 8 abc)" "$(printf '%%')" "$(printf '%s')" "$(printf '%b' 'a\tb')"
probe "$(printf '%5.1s|%.2s|%-4s|' abc def g)" "$(printf '\x41\101')" "$(printf 'a\nb\n')"
probe "$(printf '%s\n' "a b" c)" "$(printf '%d' 0x10)" "$(printf '%d' "'a")" "$(printf '%*d' 4 7)"
#### printf_float
probe "$(printf '%.2f %e' 1.5 100)"
#### printf_bad
printf '%d\n' abc > /dev/null 2>&1
probe $?
#### printf_v bash
printf -v x '%02d-%s' 5 y
probe "$x"
#### printf_quote bash
probe "$(printf '%q' 'a b')"
#### test_strings
[ a = a ] && probe 1
[ a != b ] && probe 2
[ -n x ] && probe 3
[ -z "" ] && probe 4
[ x ] && probe 5
[ "" ] || probe 6
[ ] || probe 7
test -n && probe 8
[ ! x ] || probe 9
[ ! "" ] && probe 10
[ "!" = "!" ] && probe 11
[ "(" = "(" ] && probe 12
[ -f = -f ] && probe 13
#### test_numbers
[ 1 -eq 1 ] && probe 1
[ 1 -ne 2 ] && probe 2
[ 1 -lt 2 ] && probe 3
[ 2 -gt 1 ] && probe 4
[ 1 -le 1 ] && probe 5
[ 1 -ge 2 ] || probe 6
[ " 5 " -eq 5 ] && probe 7
[ -1 -lt 0 ] && probe 8
[ a -eq 1 ] 2>/dev/null
probe $?
#### test_combined
[ a = a -a b = b ] && probe 1
[ a = b -o b = b ] && probe 2
[ ! a = b ] && probe 3
[ ! a = b -a c = c ] && probe 4
[ \( a = b -o b = b \) -a c = c ] && probe 5
[ -n a -a -z "" ] && probe 6
[ a = b -a a = a -o c = c ] && probe 7
#### test_files
[ -f lib.sh ] && probe 1
[ -e nothing ] || probe 2
[ -f /nonexistent ] || probe 3
[ -e conf/a.rules ] && probe 4
[ ! -f nothing ] && probe 5
#### test_missing_bracket
[ a = a 2>/dev/null
probe $?
#### test_too_many
[ a b c ] 2>/dev/null
probe $?
[ a = b c ] 2>/dev/null
probe $?
#### test_empty_variable
[ $x = a ] 2>/dev/null
probe $?
[ -n $x ] && probe yes
[ -z $x ] && probe empty
#### true_false
true; probe $?
false; probe $?
:; probe $?
#### set_options
set -u; probe $-
set +u
set -x 2>/dev/null
set +x
probe end
#### set_o
set -o errexit
set +o errexit
false
probe $-
set -o nounset
probe ${x-d}
#### set_o_bad
probe a
set -o nonexistent 2>/dev/null
probe b
#### shift_too_far
set -- a
probe x
shift 2 2>/dev/null
probe $? $#
#### shift_number
set -- a b c d
shift 2
probe "$@"
shift 0
probe "$@"
#### export
export A=1 B
B=2
probe $A $B
export C="x y"
probe "$C"
y='a b'
export D=$y
probe "$D"
#### readonly
readonly R=1
probe $R
R=2; probe same line
probe next
#### readonly_later
x=1
readonly x
probe $x
(x=2) 2>/dev/null
probe $?
#### readonly_unset
readonly R=1
unset R 2>/dev/null
probe $? $R
#### readonly_for
readonly i=1
for i in a b; do probe $i; done
probe end
#### unset
x=1 y=2
unset x y
probe "${x-no}" "${y-no}"
unset nothing
probe $?
#### eval
x='probe a b'
eval $x
eval "$x" c
eval 'y=5; probe $y'
eval "probe \"\$y\""
n=A
eval $n=value
probe $A
eval "$n"_suffix='"x y"'
probe "$A_suffix"
eval
probe $?
#### eval_status
eval false
probe $?
eval 'fail 3'
probe $?
#### eval_syntax
probe a
eval 'if' 2>/dev/null
probe b
#### eval_for
for i in 1 2; do eval "V$i=$i$i"; done
probe $V1 $V2
eval 'for j in a b; do probe $j; done'
#### eval_indirect
foo=bar
name=foo
eval value=\$$name
probe $value
eval "probe \${$name}x"
#### source
. ./lib.sh
probe $LIB
lib_function x
#### source_return
. ./returns.sh
probe $?
#### source_absent
probe a
. ./nonexistent 2>/dev/null
probe $?
#### source_broken
probe a
. ./broken.sh 2>/dev/null
probe b
#### source_word bash
source lib.sh
probe $LIB
source ./lib.sh a b c
#### source_no_slash
. lib.sh 2>/dev/null
probe $?
#### source_dirname
. "$(dirname "$0")/lib.sh"
probe $LIB
#### source_arguments : x
. ./lib.sh
#### exit
probe a
exit 3
probe b
#### exit_status
fail 4
exit
#### exit_big
exit 256
#### exit_bad
exit foo 2>/dev/null
#### exit_in_function
f() { exit 5; }
f
probe no
#### trap_exit
trap 'probe bye' EXIT
probe hello
#### trap_exit_status
trap 'probe bye $?' 0
exit 3
#### trap_exit_changes
trap 'exit 9' EXIT
exit 3
#### trap_reset
trap 'probe no' EXIT
trap - EXIT
probe end
#### trap_subshell
trap 'probe out' EXIT
( trap 'probe in' EXIT; probe sub )
( probe plain )
probe end
#### trap_signal
trap 'probe never' INT TERM HUP
trap '' PIPE
probe end
#### trap_in_function
f() { trap 'probe t' EXIT; }
f
probe end
#### command
command probe a
command -v probe > /dev/null && probe found
command -v nonexistent_x > /dev/null || probe none
probe "$(command -v cd)" "$(command -v if)"
f() { :; }
probe $(command -v f)
#### type_status
type cd > /dev/null && probe 1
type nonexistent_x > /dev/null 2>&1 || probe 2
#### getopts : -a -b value -c rest more
while getopts ab:c o; do
	case $o in
	a) probe a;;
	b) probe b "$OPTARG";;
	c) probe c;;
	esac
done
probe $OPTIND
shift $((OPTIND-1))
probe "$@"
#### getopts_together : -abvalue -x y
while getopts :ab: o; do probe "$o" "${OPTARG-none}" $OPTIND; done
#### getopts_missing : -b
while getopts :b: o; do probe "$o" "$OPTARG"; done
#### getopts_words
set -- -v file
getopts v o
probe $o $OPTIND
getopts xy p -x -y
probe $p
#### wait_and_background
probe a &
wait
probe b
#### umask_ulimit
umask 022
probe $?
ulimit -c 0
probe $?
#### cd
cd conf
probe $?
probe *.rules
cd ..
probe net*
cd /nonexistent 2>/dev/null
probe $?
cd conf && probe in || probe not
#### cd_subshell
(cd conf; probe *)
probe lib*
#### pwd_cd
cd /
probe $(pwd) $PWD
cd /usr/bin
cd ..
probe $PWD
#### alias sh
alias p='probe aliased'
p x
alias q=probe
q y
unalias q
q z 2>/dev/null
probe $?
#### alias_bash bash
alias p='probe aliased'
p x 2>/dev/null
probe $?
#### hash_times
hash > /dev/null
times > /dev/null
probe $?
#### read_one
out 'a b c' | { read x; probe "$x"; }
out 'a b c' | { read x y; probe "$x" "$y"; }
out '  a  b  ' | { read x; probe "[$x]"; }
out 'a\tb' | { read x; probe "$x"; }
out 'a\tb' | { read -r x; probe "$x"; }
read x < /dev/null
probe $? "[$x]"
#### read_continuation
printf 'a\\\nb\n' | { read x; probe "$x"; }
printf 'no newline' | { read x; probe "$x" $?; }
#### read_ifs
IFS=, read a b <<E
1,2,3
E
probe $a "$b"
IFS=: read a b c <<E
x:y:z:
E
probe "$a" "$b" "$c"
out ' : a : b : ' | { IFS=: read x y; probe "[$x][$y]"; }
out 'a:' | { IFS=: read x; probe "[$x]"; }
out 'a:b:' | { IFS=: read x y; probe "[$x][$y]"; }
out 'a::b' | { IFS=: read x y z; probe "[$x][$y][$z]"; }
#### read_options bash
out 'a b' | { read -a arr; probe ${#arr[@]} ${arr[1]}; }
out abcdef | { read -n 3 x; probe "$x"; }
out 'a;b' | { read -d ';' x; probe "$x"; }
read -r x <<< "here string"
probe "$x"
read -p prompt x <<< y
probe $x
read <<< ' a b '
probe "[$REPLY]"
#### read_through_references bash
declare -n r=a
a=(1 2 3)
mapfile -t r < <(out x y)
probe "${a[@]}" "${r[1]}"
read -a r <<< 'p q r'
probe "${a[@]}" "${r[1]}"
#### read_readonly_array bash
readonly a
read -a a <<< x 2>/dev/null
probe $?
mapfile a <<< x 2>/dev/null
probe $? ${a-unset}
#### mapfile bash
mapfile -t lines < data.txt
probe ${#lines[@]} "${lines[0]}" "${lines[2]}"
readarray -t l < <(out x y)
probe "${l[@]}"
#### bash_words_in_sh sh
[[ a = a ]] 2>/dev/null
probe $?
source ./lib.sh 2>/dev/null
probe $?
declare x=1 2>/dev/null
probe $?
let x=1 2>/dev/null
probe $?
typeset y 2>/dev/null
probe $?
shopt -s x 2>/dev/null
probe $?
function 2>/dev/null
probe $?
#### not_found
nonexistent_program a b 2>/dev/null
probe $?
#### return_outside
probe a
return 3 2>/dev/null
probe b
#### break_outside
break 2>/dev/null
probe $?
continue 2>/dev/null
probe $?
#### exec_program
probe a
exec probe b
probe c
#### exec_status
exec fail 4
probe no
#### exec_trap
trap 'probe trap' EXIT
exec probe a
#### prefix_assignment
x=1 probe a
probe "[$x]"
x=2 :
probe "[$x]"
x=3 eval 'probe $x'
probe "[$x]"
#### env
env A=1 probe a
env probe b
#### nice_and_friends
nice -n 5 probe a
nohup probe b 2>/dev/null
nice probe c
timeout 5 probe d
#### time bash
time probe a 2>/dev/null
#### shopt bash
shopt -s nocasematch
[[ ABC = abc ]] && probe yes
shopt -u nocasematch
[[ ABC = abc ]] || probe no
#### lineno
probe $LINENO

probe $LINENO
#### alias_nested sh
alias p=probe
alias q='p nested'
q a
alias probe='probe again'
probe b
#### bracket_name
[1 -eq 1 ] 2>/dev/null
probe $?
