#### basic
probe $(out a) `out b` "$(out c d)" $(out c d)
#### newlines
x=$(printf 'a\n\n\n')
probe "$x" "$(printf 'a\nb\n')"
#### nested
probe $(out $(out x) `out y`) "`out \`out z\``"
#### status
x=$(fail 3)
probe $?
x=$(fail 3) y=$(true)
probe $?
probe $(fail 4) $?
#### variables_stay_inside
x=1
y=$(x=2; echo $x)
probe $x $y
#### exit_inside
x=$(echo a; exit 5; echo b)
probe $x $?
#### pipe_inside
probe $(echo b a | while read x y; do echo $y $x; done)
#### quotes_inside
probe "$(echo "a b" 'c d')" "$(echo "x$(echo "y z")")"
#### backslashes_in_backquotes
x=5
probe `echo \$x` `echo '\\a'` "`echo \"q\"`"
#### function_output
f() { echo "got $1"; }
probe "$(f 1)" $(f 2)
#### read_file bash
probe "$(< net.conf)"
#### cat
probe "$(cat net.conf)"
x=`cat conf/a.rules conf/b.rules`
probe $x
#### cat_absent
x=$(cat /nonexistent 2>/dev/null)
probe "$x" $?
#### seq
for i in $(seq 3) `seq 2 4` $(seq 1 2 5); do probe $i; done
#### basename_dirname
probe $(basename /a/b.sh) $(basename /a/b.sh .sh) $(dirname /a/b.sh) $(dirname x) $(basename /a/b/) $(dirname /)
#### who
probe $(id -u) $(id -un) $(whoami)
#### split
set -- $(echo "a b  c")
probe $# $2
#### redirected
x=$(echo err >&2; echo out)
probe "$x"
y=$( { echo both >&2; } 2>&1 )
probe "$y"
#### in_condition
if [ "$(out yes)" = yes ]; then probe ok; fi
#### in_default
probe ${x:-$(out d)} ${y:-`out e`}
#### empty
x=$()
probe "$x" $?
x=$( )
probe "$x"
#### comment_inside
x=$(
# a comment with a ' quote
out a # and b
)
probe $x
#### case_inside
x=$(case a in a) echo A;; (b) echo B;; esac)
probe $x
#### process bash
while read a b; do probe $a; done < <(out 'x y' 'z w')
probe "$(cat <(out q))"
