#### quotes
x='a b'
probe "$x" '$x' \$x $x "a\"b" 'it'\''s' a\ b "" ''
#### continuation
probe a \
  b \
  c
#### comment
probe a # b
probe a#b '#c'
#### splitting
x=' a  b	c '
probe $x
probe "$x"
probe -$x-
#### splitting_ifs
IFS=:
x=a:b::c:
probe $x
probe "$x"
IFS=' :'
x=' a : b c:: d '
probe $x
IFS=
x='a b'
probe $x
unset IFS
probe $x
#### literal_not_split
IFS=:
probe a:b
x=a:b
probe x$x:y
#### all_arguments : a 'b c' '' d
probe $@
probe "$@"
probe $*
probe "$*"
probe x"$@"y
probe "x $@ y"
probe "x$*y"
#### all_arguments_none
probe $@
probe "$@"
probe "$*"
probe x"$@"y
probe "$@" z
#### star_ifs : a b c
IFS=-,
probe "$*"
x=$*
probe "$x"
y=$@
probe "$y"
IFS=
probe "$*" $*
#### positional : 1 2 3 4 5 6 7 8 9 ten eleven
probe $1 $10 ${10} ${11} ${12} $#
shift 2
probe $1 $#
shift
probe "$@"
#### set_positional
set -- a 'b c' d
probe $# "$2"
set x y
probe "$@"
set --
probe $#
set -- -x
probe "$1" "$-"
#### dollar
probe $ "$" a$ "a$" '$' $. "$."
#### backslash_in_quotes
probe "a\b" "a\\b" "a\$b" "a\`b" 'a\b' "\a"
#### backslash_from_variable
x='a\b'
probe $x "$x"
y='\*'
probe $y "$y"
#### empty_words
x=
probe $x
probe "$x"
probe $x"" a
probe ''$x
#### command_from_variable
P=probe
$P a
P="probe x"
$P y
E=
$E probe z
#### tilde
probe ~ ~/x "~" '~' a~ ~root
x=~/y
probe $x
y=a:~/b:~
probe $y
#### unquoted_star_none
probe conf/*.none
probe 'conf/*'
#### glob
probe conf/*.rules
probe conf/?.rules conf/[ab].rules
x='conf/*'
probe $x
probe "$x"
#### noglob
set -f
probe conf/*
set +f
probe conf/*
#### nullglob bash
shopt -s nullglob
probe conf/*.none
#### ansi_quotes bash
probe $'a\tb\n' $'\x41\101\'' "$'a'"
#### special_values
probe $# $? "$!" $-
false
probe $?
#### dollar_zero
probe $0
f() { probe $0 $1; }
f x
#### semicolons
probe a; probe b
probe c;
#### unset_variable
probe $nothing "$nothing" a${nothing}b
#### assignment_is_not_split
x='a b'
y=$x
probe "$y"
z=$x$x
probe "$z"
w="$x"' c'
probe "$w"
#### multiline_string
x="a
b"
probe "$x"
probe $x
