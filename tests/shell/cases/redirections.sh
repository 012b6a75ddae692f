#### heredoc
x=val
probe_in a <<END
line 1 $x
	tab $(out sub) `out back` $((1+2))
\$x \\ "quotes" 'single'
END
#### heredoc_quoted
x=val
probe_in <<'END'
$x $(out) `no` \$
END
probe_in <<"E"
$x
E
#### heredoc_tabs
if true; then
	probe_in <<-END
	one
		two
	END
fi
#### heredoc_two
{ probe_in; } <<A; probe_in <<B
a
A
b
B
#### heredoc_pipe
cat <<E | probe_in
text
E
#### heredoc_loop
while read x; do probe $x; done <<E
$(out a b)
c
E
#### here_string bash
probe_in <<< "a b"
x='y z'
probe_in <<< $x
#### pipe
echo hello | probe_in
out a b | cat | probe_in
#### pipe_subshell
x=1
echo a | { read x; probe $x; }
probe $x
#### group_output
{ echo a; echo b; } | probe_in
( echo '*filter'; echo ':INPUT DROP'; echo COMMIT ) | probe_in
#### read_from
probe_in < data.txt
< net.conf probe_in x
#### write_and_read
echo one > f
echo two >> f
probe_in < f
cat f f > g
probe "$(cat g)"
#### write_group
{
	echo a
	echo b
} > f
probe_in < f
#### heredoc_to_file
cat > rules <<E
*filter
COMMIT
E
probe_in < rules
[ -f rules ] && probe yes
rm -f rules
[ -f rules ] || probe gone
#### append_in_loop
: > f
for i in 1 2 3; do echo $i >> f; done
probe_in < f
#### dev_null
echo a > /dev/null
fail 3 > /dev/null 2>&1
probe $?
probe_in < /dev/null
#### order
x=$( { echo out; echo err >&2; } 2>&1 >/dev/null )
probe "$x"
x=$( { echo out; echo err >&2; } 2>&1 )
probe "$x"
#### both bash
x=$(echo a &> f; cat f)
probe "$x"
echo b &>> f
probe "$(cat f)"
#### descriptors
exec 3> f
echo to three >&3
exec 3>&-
probe "$(cat f)"
exec 4< data.txt
read x <&4
read y <&4
probe "$x" "$y"
exec 4<&-
#### exec_output
exec > f
echo inside
exec > /dev/null
probe "$(cat f)"
#### exec_input
exec < data.txt
read a
read b
probe "$a" "$b"
#### absent
probe x < /nonexistent
probe $?
{ probe y; } < /nonexistent
probe $?
while read x; do probe $x; done < /nonexistent
probe end
#### absent_special
probe a
: < /nonexistent
probe b
#### exec_absent
probe a
exec < /nonexistent
probe b
#### no_command
> f
[ -s f ] || probe empty
x=1 > g
probe $x
#### bad_descriptor
echo x >&7 2>/dev/null
probe $?
#### compound
for i in a b; do echo $i; done > f
if true; then echo c; fi >> f
case x in x) echo d;; esac >> f
probe "$(cat f)"
#### stdin_in_loop
while read a; do
	read b
	probe $a $b
done < data.txt
#### nested_pipes
out 'a 1' 'b 2' | while read n v; do echo $v | { read w; probe $n $w; }; done
#### heredoc_function
f() { probe_in <<E
in $1
E
}
f x
f y
#### pipe_status
false | true; probe $?
true | false; probe $?
#### pipe_exit
echo a | exit 3
probe $?
#### tee_like
out a b > f
while read x; do probe $x; done < f
#### clobber
echo a >| f
probe "$(cat f)"
#### variable_target
F=f
echo a > $F
echo b >> "$F"
probe "$(cat $F)"
#### subshell_redirect
( echo a; echo b ) > f
probe_in < f
#### copy_and_move
echo a > f
cp f g
mv g h
probe "$(cat h)"
[ -e g ] || probe moved
#### heredoc_last_line
probe_in <<E
no newline at end
E
