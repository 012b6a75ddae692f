#### simple
set -e
probe a
false
probe b
#### status
set -e
fail 7
probe no
#### conditions
set -e
if false; then :; fi
false || true
false && true
! true
while false; do :; done
until true; do :; done
probe end
#### and_or_last
set -e
true && false
probe no
#### and_or_first
set -e
false && true && true
probe yes
#### function_in_condition
set -e
f() { false; probe in; }
if f; then probe t; fi
f || probe no
f && probe and
! f
probe end
#### function_plain
set -e
f() { false; probe never; }
f
probe never
#### function_result
set -e
f() { false && true; }
f
probe never
#### group
set -e
{ false && true; }
probe a
{ false; }
probe b
#### subshell
set -e
( false; probe never )
probe never
#### subshell_condition
set -e
( false; probe in ) || probe or
probe end
#### substitution
set -e
x=$(false)
probe never
#### substitution_inside
set -e
x=$(false; echo hi)
probe "[$x]"
#### substitution_argument
set -e
probe $(false) a
probe b
#### local_hides
set -e
f() { local x=$(false); probe in; }
f
probe end
#### export_hides
set -e
export X=$(false)
probe end
#### pipeline
set -e
false | true
probe a
true | false
probe b
#### pipefail bash
set -eo pipefail
probe x
false | true
probe never
#### pipefail_status bash
set -o pipefail
fail 2 | fail 3 | true
probe $?
true | true
probe $?
set +o pipefail
false | true
probe $?
#### loop_body
set -e
for i in 1 2; do probe $i; false; done
probe never
#### turned_off
set -e
set +e
false
probe a
set -e
false
probe b
#### case_body
set -e
case a in a) false;; esac
probe never
#### double_bracket bash
set -e
[[ a = b ]] || probe or
[[ a = b ]]
probe never
#### calculation bash
set -e
((0)) || probe or
((0))
probe never
#### increment_trap bash
set -e
i=0
((i++))
probe never
#### test_fails
set -e
[ a = b ]
probe never
#### not_does_not_end
set -e
! false
! true
probe end
#### condition_of_and
set -e
f() { [ -n "$1" ] && probe "$1"; }
f x
f ""
probe never
#### shebang_option
set -eu
probe ${x-unset}
probe $x
probe never
#### background
set -e
false &
probe a
#### eval
set -e
eval false
probe never
#### eval_condition
set -e
eval false || probe or
#### source_inside
set -e
. ./returns.sh
probe never
#### trap_exit
trap 'probe trap $?' EXIT
set -e
false
#### if_body
set -e
if true; then false; fi
probe never
#### while_body_condition
set -e
while fail 1; do probe no; done
probe end
#### not_found
set -e
nonexistent_program 2>/dev/null
probe never
#### redirect_fails
set -e
probe x < /nonexistent
probe never
#### readonly_fails
set -e
readonly r=1
r=2
probe never
#### elif
set -e
if false; then :; elif false; then :; else probe else; fi
