#### variables
x=1
(x=2; probe $x)
probe $x
#### exit
(exit 3)
probe $?
(probe a; exit 1; probe b)
probe end
#### functions_inside
(f() { probe f; }; f)
f 2>/dev/null
probe $?
#### options_inside
(set -u; probe $-)
probe $-
#### positional_inside
set -- a b
(shift; probe "$@")
probe "$@"
#### nested
x=1
( x=2; ( x=3; probe $x ); probe $x )
probe $x
#### pipe_variables
x=1
true | x=2
probe $x
#### group_is_not
{ x=2; }
probe $x
#### return_inside
f() { (return 3); probe $?; }
f
#### background
x=1
{ x=2; probe bg; } &
wait
probe $x
#### errors_end_only_it
( readonly r=1; r=2; probe no ) 2>/dev/null
probe after
(set -u; probe $nope) 2>/dev/null
probe after
#### in_loop
for i in 1 2; do (i=x; probe $i); probe $i; done
#### ifs
IFS=:
(IFS=,; x=a,b; probe $x)
x=a:b
probe $x
#### exit_status_of_pipe
(exit 2) | (exit 3)
probe $?
#### redefine
f() { probe outer; }
( f() { probe inner; }; f )
f
#### local_in_subshell
f() { local x=1; ( x=2; local y=3; probe $x $y ); probe $x "$y"; }
f
