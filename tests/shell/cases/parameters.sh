#### default
probe ${a:-d} ${a-d} "${a:-x y}" ${a:-x y}
a=
probe ${a:-d} "${a-d}"
a=v
probe ${a:-d} ${a-d}
#### default_nested
probe ${a:-${b:-c}} ${a:-$(out x)} "${a:-"q"}"
#### assign
probe ${a:=d} $a
b=
probe "${b=d}" "$b" ${b:=e} $b
#### error
: ${a:?message}
probe not reached
#### error_set
a=x
probe ${a:?message}
#### error_subshell
( : ${a:?message}; probe no )
probe $?
#### error_substitution
x=$(echo ${a:?m})
probe $?
#### alternative
probe ${a:+x} "${a:+x}" ${a+x}
a=
probe "${a:+x}" ${a+x}
a=1
probe ${a:+x y} "${a:+x y}"
#### length
a=hello
probe ${#a} ${#b} ${#}
set -- x y
probe ${#} $#
#### prefix
a=/usr/local/bin/x.tar.gz
probe ${a#*/} ${a##*/} ${a%.*} ${a%%.*} ${a#nope} ${a%/*}
#### prefix_quoted
a='a*b*c'
probe "${a#a*}" "${a#a\*}" "${a#"a*"}" "${a##*'*'}"
#### prefix_variable
p='*/'
a=x/y
probe ${a#$p} "${a#"$p"}"
#### substring bash
a=abcdef
probe ${a:1} ${a:1:2} ${a: -2} ${a:0:-1} ${a:10} "${a:2:0}" ${a:(-3):2}
n=2
probe ${a:n} ${a:$n:n+1}
#### substring_sh sh
a=abc
probe ${a:1:1}
probe no
#### replace bash
a=a.b.c
probe ${a/./-} ${a//./-} ${a/#a/x} ${a/%c/y} ${a//.} ${a/x/y}
p=.
probe "${a//$p/ }" "${a//[ab]/<&>}" ${a//./\/}
#### replace_ampersand bash
a=abc
probe "${a/b/[&]}" "${a/b/[\&]}"
r='<&>'
probe "${a/b/$r}" "${a/b/"$r"}"
#### case bash
a=hello
b=WORLD
probe ${a^} ${a^^} ${b,} ${b,,} ${a^^l}
#### indirect bash
x=y
y=z
probe ${!x} "${!x}"
z=1
set -- p q
i=2
probe ${!i}
a=(1 2)
r='a[1]'
probe ${!r}
#### names bash
abc1=1
abc2=2
probe ${!abc*} "${!abc@}"
#### bad
probe a
probe ${a!b}
probe c
#### nounset
set -u
probe a
probe $x
probe b
#### nounset_default
set -u
probe ${x:-d} "${x-e}" ${x+f}
probe $# "$@"
#### nounset_positional
set -u
probe a $1
probe b
#### special_defaults
probe ${1:-none} ${2-x} ${#:-3} "${@:-empty}"
#### slice_arguments bash : a b c d
probe "${@:2}" "${@:2:2}" "${*:1:2}" ${@: -1}
probe "${@:0}"
#### operations_on_all bash : a.x b.y
probe "${@%.*}" ${@#?.} "${@/./-}"
#### assign_positional
probe ${1:=x}
probe no
#### default_with_quotes
probe ${a:-"x y"} ${a:-'x y'} "${a:-'x y'}" ${a:-x\ y}
#### multiple_in_word
a=1
b=2
probe $a$b ${a}x${b} "$a-$b"
#### braces_in_default
probe "${a:-{x}}" ${a:-\}}
