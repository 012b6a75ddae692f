#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds what the shell parser takes and refuses against "bash -n" and "dash -n".

usage: accepts.py [-v]      -v: prints each snippet that is judged differently

Snippets: those below, each construct inside of each other one, every fifth of them cut off
at each of its bytes, and constructs.sh cut off at many.  A shell takes a snippet if it says
nothing but warnings.
"""
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DUMP = os.path.join(ROOT, "build", "tests", "shell", "dump")
SHELLS = {"bash": ["bash", "-n"], "sh": ["dash", "-n"]}

SNIPPETS = r"""
>f if
a=1 if
! ! true
!
! | a
a | ! b
! a | b
f() echo
f() g() { :; }
case x in (esac) a;; esac
case x in esac) a;; esac
case x in (esac|b) a;; esac
${}
echo ${x:1:2}
echo ${x@Q}
echo ${x
echo ${x y}
echo ${x!}
echo ${1x}
echo ${x:-a b} ${x:=c} ${x:?d e} ${x:+f} ${x-} ${x+}
echo ${x#*a} ${x##*/} ${x%.c} ${x%%.*} ${#x} ${#} ${#@} ${##} ${#-}
echo ${x/a/b} ${x//a/b} ${x/#a/b} ${x/%a/b} ${x/a} ${x//\//}
echo ${!x} ${!x*} ${!x@} ${!a[@]} ${a[*]} ${a[1]} ${#a[@]} ${a[@]:1:2}
echo ${x^} ${x^^} ${x,} ${x,,a}
echo $x $1 $10 $@ $* $# $? $$ $! $- $
for 1 in a; do :; done
for x-y in a; do :; done
1x() { :; }
a-b() { :; }
if() { :; }
echo $((echo a) | cat)
echo $((1+2)
echo $(((1+2)*3))
echo $((a[1]))
echo $(( (1+2) * 3 ))
echo $((1 +
echo "$((x * ${y:-3}))"
x=$((1)
echo $[1+2]
((a);b)
((a))
((i++))
(( 1 +
((a = (1 + 2) * 3, b))
( (a) )
[[ a ]]
[[ a b ]]
[[ ]]
[[ ! ]]
[[ -f ]]
[[ -f a ]]
[[ a == ]] ]]
[[ a -foo b ]]
[[ a -eq b ]]
[[ a =~ (x y|z) ]]
[[ a =~ ^x$ ]]
[[ a =~ x|y ]]
[[ a =~ x;y ]]
[[ a =~ [<]a ]]
[[ a == !(x y) ]]
[[ a == @(x|y)* ]]
[[ a < b ]]
[[ a > b && c ]]
[[ ( a ) && ! b ]]
[[ ! ( a || b ) ]]
[[ -f a && ( b || c ) ]] && d
[[ $x == "a b" ]]
[[ a
[[ a && ]]
[[ && a ]]
[[ -n $x ]] || [[ -z $y ]]
[[ -n $x ]] >f
if [[ a ]]; then b; fi
[[ a ]] b
[ a ] && [ b = c ]
echo [[ a ]]
echo !(a|b)
echo a(b
echo a=(x)
local a=(x y)
declare -a a=(x y) b=z
eval a=(x)
let a=(x)
alias a=(x)
export a=(x)
a=(x) b
a=(x;y)
a=(x (y))
a=(1 2
a=()
a+=(1)
a=([1]=x [2]="y z")
a=b c=d e
a[1]=x
a[1]+=2
a[i j]=x
echo a[i j]=x
a=1 b[1 2]=3
a=b=c
=a
{fd}>f
echo "${x:-'}"
echo "${x#'}"
echo "${x#'}'}"
echo ${x:-'}'}
echo "${x:-'}'}"
echo "${x:-"a b"}"
echo "${x:-\}}"
time
time -p a | b
! time a
time ! a
time a
function f { :; }
function f (echo)
function f() (echo)
function f() { :; }
function if { :; }
function f
f() { :; } >x
f () ( a )
f ( ) { a; }
f(a) { a; }
"f"() { a; }
$f() { a; }
f=() { a; }
a=b() { a; }
f() if a; then b; fi
f() { a; }; g() { b; }
a () ;
a()
for x { :; }
for x in a; { :; }
for ((;;)) { :; }
for ((;;)); do :; done
for ((i=0; i<3; i++)) do :; done
for ((a;b)); do :; done
for ((a)); do :; done
for x in; do :; done
for x do :; done
for x; do :; done
for in in in; do :; done
for if in a; do :; done
for x in a b c; do echo $x; done
for x in a b c do echo; done
for x in a; b; do c; done
a &>f
a &>>f
a >&f
a |& b
a <<< b
a <<<"b $c" >d
a <(b) >(c)
a < <(b)
x=<(b)
a ;& b
case x in a) b;& c) d;;& e) f;; esac
case x in a) b; esac
case x in a) ;; esac
case x in a)  esac
case x in esac
case x in a b) ;; esac
case if in if) ;; then|fi) ;; esac
case x in a) b;; c) d; esac
case x in a) b & ;; esac
case x in *) ;; esac
case "$1" in start|stop) a;; *) b;; esac
case x in [a-z]*) a;; ?) b;; esac
case x in a) b fi;; esac
case x a) ;; esac
case x in a ;; esac
case x in ) ;; esac
case x in | a) ;; esac
case in in in) ;; esac
a;;
;
&
;;
a & & b
a && && b
a || || b
a ; ; b
a |
a &&
a || | b
a & b
a &
a;b;
| a
( )
()
{ }
{ a }
{ a; }
{ a & }
{a;}
{ { a; } }
{ a; };b
{ a; } b
{ a; } >f
( a ) b
(a)
(a;b)&
( a ) >f 2>&1
if a; then b; fi fi
if { a; } then b; fi
if (a) then b; fi
if a; then b; else c; fi
if a; then b; elif c; then d; elif e; then f; else g; fi
if a; then b; else c; else d; fi
if a; then b; elif c; fi
if a then b; fi
if a; then
if a; then fi
if ; then a; fi
if a; b; then c; fi | d
if ! a; then b; fi
while a; do b; done
while (a) do b; done
while a; do done
while a; b
until a; do b; done
while a; do b; done <f >g
while read x; do a; done <<< b
do a; done
echo }
echo {
echo { a; }
}
)
then
fi
done
esac
in
do
else
select x in a b; do :; done
select x; do :; done
echo $(
echo $(a
echo $(a;)
echo $()
echo $(;)
echo $( ( a ) )
echo $(a $(b $(c)))
echo $(case x in a) b;; esac)
echo $(case x in (a) b;; esac)
echo $(a # b
echo $(if a; then b; fi)
echo $(if a; then b)
echo ``
echo `a`
echo `a
echo `a \`b\` c`
echo "`a "b"`"
echo "a
echo 'a
echo $'a\'b'
echo $"a b"
echo "$(echo "a b")"
echo "a\"b" 'c\' d\ e
echo a'b'"c"d\
echo "'" '"'
echo if then else fi
echo a#b # c ) '
#
# a ) (
a <
a < > b
a >| b
a <> b
a >&2
a >& f
a >&- <&-
a 2>&1 >f
2>f
>f
echo a2>f
a 2>
>f <g a
echo 12345678901>f
a #b; )
a#b)
! {a; }
!a
cat <<
cat <<E
cat <<;
echo ~ ~/a a=~/b *.c [a-z] {a,b} {1..3}
echo a{b,c}d {a,{b,c}}
echo a[1
echo ]
a=$(b) c=`d` e="$(f)"
set -- a b
trap 'a; b' EXIT
. ./a
exec 3>f 4<&3
export A=b C="d e"
test -f a -a -r b || exit 1
[ "$x" = "y" ] && { a; b; } || c
echo \
""
''
"" a
$x
"$x" a
$(a) b
`a` b
x=
x= y
x="a
-a
a-b c.d /e/f ./g
%
@
a@b
^
a=^b
a,b
:
: ${x:=y}
: "${x:?no x}"
"""

LINES = [
    "a\n|b", "a\n&& b", "a |\n\nb", "a &&\n\nb", "a ||\n# c\nb", "{ a\n}", "(\na\n)",
    "i\\\nf a; then b; fi", "a&\\\n&b", "a \\\n b", "a |\\\n| b", "echo $\\\nx $\\\n{x} $\\\n(a)",
    "echo \"a\\\nb\"", "echo 'a\nb'", "if a\nthen\nb\nelse\nc\nfi",
    "if a\n\nthen b\nelif c\nthen d\nfi", "while a\ndo\nb\ndone", "for x\nin a; do :; done",
    "for x\n;do :; done", "for x;\n\ndo :; done", "for x\ndo\n:\ndone",
    "for x in a b\n\ndo\n:\ndone", "for x in a\nb; do :; done", "for ((;;))\ndo :\ndone",
    "case x\nin\n\na|b) ;; esac", "case x in\n\na)\n\nb\n;;\n\n(c)\n;;\nesac", "case x in a)\nesac",
    "case\nx in a) ;; esac", "case x in a|\nb) ;; esac", "f()\n{ a; }", "f()\n\n\n( a )",
    "function f\n{ :; }", "function f()\n{ :; }", "function\nf { :; }", "select x in a\ndo b\ndone",
    "[[\na ]]", "[[ a\n]]", "[[ a\n== b ]]", "[[ a ==\nb ]]", "[[ a == b\n]]", "[[ a == b\n&& c ]]",
    "[[ a &&\nb ]]", "[[ (\na\n) ]]", "[[ a\n&& b ]]", "[[ -f a\n|| b ]]", "cat <<E\nx\nE\n",
    "cat <<E\nx", "cat <<E\nx\nE", "cat <<-E\n\tx\n\tE\n", "cat <<'E'\n$(x\nE\n",
    "cat <<\\E\n`\nE\n", "cat <<\"E F\"\nE\nE F\n", "cat <<E\n$(x\nE\n", "cat <<E\n`x\nE\n",
    "cat <<E\n${x\nE\n", "cat <<E\n$((x\nE\n", "cat <<E | cat <<F\nx\nE\ny\nF\n",
    "cat <<E && b\nx\nE\nc )\n", "cat <<E; if\nx\nE\na; then b; fi\n", "echo $(cat <<E\nx\nE\n)",
    "echo $(cat <<E)\nx\nE\necho", "echo `cat <<E\nx\nE\n`", "f() {\ncat <<E\nx\nE\n}\n",
    "while a; do cat <<E\nx\nE\ndone\n", "cat <<E\nx\\\nE\nE\n", "cat <<E\n\"'\nE\n",
    "cat <<$x\na\n$x\n", "cat <<E >f\nx\nE\n", "<<E cat\nx\nE\n", "cat <<E <<F\nx\nE\ny\nF\n",
    "a=(\n1\n# c\n2 # d\n)\n", "a=(1\n2\n", "a=(1 &\n)", "a=(1 | 2)", "a\r\nb\r\n",
    "if a\r\nthen b\r\nfi\r\n", "if a; then\r\nb\r\nfi\r\n", "case x in\r\na) b;;\r\nesac\r\n",
    "a\n)\nb\n", "a\nif b\n", "a; b 'c\nd", "a\n\n\n", "\n\n#x\n\n", "a #b\nc", "# a\\\nb",
    "a\n}\n", "{\n\n}\n", "{\n#x\n}", "(\n)", "echo $(\n\na\n\n)", "echo $(# x\na)",
    "echo $(a\n# ) b\n)", "echo $(a\nb) c", "echo \"$(a\n\"b\"\n)\"", "! \na", "a | \n # x\n b",
    "time\na", "a=b\nc", "echo \xe4\xf6 \xff", "\xff=a", "\xef\xbb\xbf#!/bin/sh\necho",
    "f() # c\n{ a; }", "if a # c\nthen b; fi", "if # c\na; then b; fi",
    "case x in # c\na) b;; # d\nesac", "for x in a # c\ndo b; done", "a && # c\nb", "a\\\n", "a \\",
    "'a'\\\n'b'", "$'a\nb'", "\"a\n\nb\"", "echo ${x:-a\nb}", "echo \"${x:-a\nb}\"",
    "echo $((1 +\n2))", "((1 +\n2))", "x=$(\na\n)\n", "x=`\na\n`\n", "shopt -s extglob\necho a\n",
]

# Each construct with a place for a command, and commands that are put there.
FRAMES = [
    "%s", "! %s", "{ %s; }", "( %s )", "if %s; then %s; fi", "if a; then b; else %s; fi",
    "while %s; do %s; done", "for x in a; do %s; done", "case x in a) %s;; esac",
    "case x in (a) %s; esac", "f() { %s; }", "%s && %s", "%s | %s", "echo $(%s)", "echo \"$(%s)\"",
    "echo `%s`", "x=$(%s)", "%s & %s", "function f { %s; }", "for ((;;)); do %s; done", "a <(%s)",
    "{ %s\n}", "(\n%s\n)", "if %s\nthen %s\nfi", "cat <<E\n$(%s)\nE\n", "[[ $(%s) ]]", "%s }",
    "%s )", "%s fi", "%s done", "then %s", "{ %s", "( %s", "echo ${x:-$(%s)}", "a=($(%s))",
    "echo $((1 + $(%s)))", "%s > f", "%s <<E\nx\nE\n",
]
COMMANDS = [
    "a", "a=b", "! a", "{ a; }", "(a)", "if a; then b; fi", "while a; do b; done",
    "for x in a; do b; done", "for x do b; done", "case x in a) b;; esac", "f() { a; }", "a | b",
    "a && b", "echo $(a)", "echo $((1))", "[[ a ]]", "((a))", "function f { a; }", "a=(b c)",
    "a; b", "a & b", "a\nb", "a >f", "{ a }", "fi", "}", "", "a;", "a &",
    "select x in a; do b; done", "a <<< b", "time a", "echo if", "echo 'a' \"b\" \\c",
    "echo $x ${x}", "#x", "a # x",
]

# Known and left so: bash takes an empty condition there, and "time" in a pipeline; dash ends
# `...` silently at a word that closes something.
IGNORED = {
    "bash": {"[[ ! ]]", "[[ a && ]]", "time a | time a"},
    "sh": {"echo `a=(b c)`", "echo `fi`", "echo `function f { a; }`",
           "echo `select x in a; do b; done`", "echo `}`"},
}


def snippets():
    found = [line for line in SNIPPETS.splitlines() if line] + LINES
    found += [frame.replace("%s", command) for frame in FRAMES for command in COMMANDS]
    whole = [s for s in found if len(s) > 12][::5]
    found += [s[:n] for s in whole for n in range(1, len(s))]
    with open(os.path.join(HERE, "constructs.sh"), encoding="latin-1") as f:
        text = f.read()
    found += [text[:n] for n in [*range(0, len(text), 3), len(text)]]
    return sorted(set(found))


def judge(argv, path):
    done = subprocess.run(argv + [path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=20)
    errors = [line for line in done.stderr.decode(errors="replace").splitlines()
              if "warning:" not in line]
    return not errors and done.returncode == 0, errors[0] if errors else ""


def ours(dialect, paths):
    verdicts = []
    for start in range(0, len(paths), 500):
        done = subprocess.run([DUMP, "-q", "-s", dialect, *paths[start:start + 500]],
                              stdout=subprocess.PIPE, timeout=60)
        verdicts += done.stdout.decode(errors="replace").splitlines()
    return verdicts


def compare(dialect, texts, paths, verbose):
    argv = SHELLS[dialect]
    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        theirs = list(pool.map(lambda path: judge(argv, path), paths))
    for text, (taken, said), mine in zip(texts, theirs, ours(dialect, paths)):
        if (mine == "ok") == taken:
            passed += 1
        elif text in IGNORED[dialect]:
            skipped += 1
        else:
            failed += 1
            if verbose or failed <= 20:
                verdict = "takes it" if taken else said
                print(f"{dialect}: {text!r}: {argv[0]} {verdict}; here: {mine}")
    return passed, failed, skipped


def main():
    if not os.path.exists(DUMP):
        sys.exit(f"accepts: {DUMP} is not there; 'make check' makes it")
    texts = snippets()
    total = [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(texts):
            path = os.path.join(folder, f"{number}.sh")
            with open(path, "wb") as f:
                f.write(text.encode("latin-1"))
            paths.append(path)
        for dialect, argv in SHELLS.items():
            if not shutil.which(argv[0]):
                print(f"skipped: {argv[0]} is not installed")
                total[2] += len(texts)
                continue
            total = [a + b for a, b in zip(total, compare(dialect, texts, paths, "-v" in sys.argv))]
    print(f"{len(texts)} snippets in both dialects")
    print("accepts: {} passed, {} failed, {} skipped".format(*total))
    sys.exit(1 if total[1] else 0)


main()
