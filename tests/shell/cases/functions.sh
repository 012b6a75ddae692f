#### call
f() { probe f $# "$@"; }
f a 'b c'
f
#### parameters_come_back
set -- x y
f() { probe "$@"; set -- z; probe "$@"; }
f 1 2
probe "$@"
#### return
f() { return 3; probe no; }
f; probe $?
g() { fail 4; return; }
g; probe $?
h() { fail 5; }
h; probe $?
#### local
x=global
f() { local x=inner y; probe "$x" "$y"; x=changed; g; }
g() { probe "g $x"; x=g; }
f
probe "$x"
#### local_inherits
x=out
f() { local x; probe "[$x]"; x=in; probe $x; }
f
probe $x
#### local_several
f() { local a=1 b=2 c; probe $a $b "$c"; }
f
probe "$a$b"
#### local_substitution_status
f() { local x=$(fail 3); probe $?; local y; y=$(fail 4); probe $?; }
f
#### global_from_function
f() { made=here; }
f
probe $made
#### recursion
f() { probe $1; [ $1 -gt 0 ] && f $(($1-1)); }
f 3
#### factorial
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }
probe $(fact 5)
#### redefined
f() { probe 1; }
f
f() { probe 2; }
f
unset -f f
f 2>/dev/null
probe $?
#### function_word bash
function f { probe f; }
function g() { probe g; }
f; g
#### subshell_body
f() ( x=2; probe $x; exit 3; )
x=1
f
probe $x $?
#### with_redirection
f() { echo "to $1"; } > out.txt
f file
probe "$(cat out.txt)"
#### temporary_variable
f() { probe $x; x=3; }
x=1
x=2 f
probe $x
#### overrides_builtin
echo() { probe "echo $*"; }
echo a
command echo b
cd() { probe cd; }
cd /
#### overrides_program
iptables() { probe fake "$@"; }
iptables -A INPUT
#### shift_in_function
f() { while [ $# -gt 0 ]; do probe $1; shift; done; }
f a b c
#### nested_definition
f() { g() { probe g $1; }; }
f
g x
#### return_in_loop
f() { for i in 1 2 3; do [ $i = 2 ] && return 9; probe $i; done; }
f
probe $?
#### return_big
f() { return 300; }
f
probe $?
#### not_in_condition
f() { false; probe after; true; }
if f; then probe yes; fi
f && probe and
#### helper_with_at
run() { "$@"; }
run probe 'a b' c
ipt() { probe -w "$@"; }
ipt -A INPUT -j ACCEPT
#### array_local bash
f() { local -a a=(1 2); local b=(x y z); probe ${#a[@]} ${b[2]}; }
f
probe "${a[*]}"
#### local_outside
probe a
local x=1 2>/dev/null
probe b
#### funcname bash
f() { probe $FUNCNAME ${FUNCNAME[0]}; }
f
#### local_readonly_options bash
f() { local -r x=1; local -i n=2+3; probe $x $n; }
f
#### dynamic_scope_unset
x=1
f() { local x=2; unset x; probe "[${x-unset}]"; }
f
probe $x
#### sourced_parameters_stay bash : a b
out 'set -- x y' > sets.sh
out 'shift' > shifts.sh
. ./shifts.sh p q
probe "$@"
f() { . ./sets.sh q; probe "$@"; }
f 1
probe "$@"
. ./sets.sh q
probe "$@"
