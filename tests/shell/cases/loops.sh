#### for
for i in a b "c d" $(out e f); do probe "$i"; done
probe $i $?
#### for_none
for i in; do probe $i; done
probe $?
for i in $nothing; do probe $i; done
probe end
#### for_arguments : x 'y z'
for i; do probe "$i"; done
for i in "$@"; do probe "$i"; done
for i
do probe $i
done
#### while
i=0
while [ $i -lt 3 ]; do probe $i; i=$((i+1)); done
probe $?
#### until
i=0
until [ $i -ge 2 ]; do probe $i; i=$((i+1)); done
#### break
for i in 1 2 3; do [ $i = 2 ] && break; probe $i; done
probe $i
#### continue
for i in 1 2 3; do [ $i = 2 ] && continue; probe $i; done
#### break_two
for i in 1 2; do for j in a b; do probe $i $j; break 2; done; probe no; done
probe end
#### continue_two
for i in 1 2; do for j in a b; do probe $i $j; continue 2; done; probe no; done
#### break_far
for i in 1 2; do break 5; done
probe $i
#### while_status
while true; do break; done
probe $?
i=0
while [ $i -lt 1 ]; do i=1; fail 3; done
probe $?
#### while_read
while read a b; do probe "$a" "$b"; done < data.txt
probe "$a"
#### while_read_raw
while read -r line; do probe "$line"; done < data.txt
#### while_read_last
while read x || [ -n "$x" ]; do probe "$x"; done < data.txt
#### while_read_ifs
while IFS=: read -r a b c; do probe "$a" "$b" "$c"; done <<END
1:2:3:4
x::y
:
END
#### while_read_pipe
x=0
out a b | while read l; do x=$((x+1)); probe $l $x; done
probe $x
#### while_read_comments
while read net name; do
	case $net in ''|\#*) continue;; esac
	probe $net $name
done < net.conf
#### nested_read
while read a; do
	read b
	probe "$a" "$b"
done <<E
1
2
3
E
#### loop_redirect
for i in 1 2; do echo $i; done > out.txt
probe "$(cat out.txt)"
#### loop_pipe
for i in 1 2; do echo l$i; done | while read x; do probe $x; done
#### variable_after
for i in a b; do :; done
probe $i
#### modified_list
l="a b"
for i in $l; do l="$l c"; probe $i; done
probe "$l"
#### function_break
f() { break; }
for i in 1 2; do f 2>/dev/null; probe $i; done
#### subshell_break
for i in 1 2; do (break; probe in) ; probe $i; done
#### c_for_continue bash
for ((i=0;i<4;i++)); do ((i==1)) && continue; probe $i; done
#### while_false
while false; do :; done
probe $?
#### for_glob
for f in conf/*.rules; do probe $f; done
#### for_newlines
for i in a \
	b
do
	probe $i
done
#### select_is_rare
for i in 1; do
	for j in 2; do
		for k in 3; do probe $i$j$k; done
	done
done
