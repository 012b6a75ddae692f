#### if
if true; then probe a; fi
if false; then probe b; else probe c; fi
if false; then probe d; elif true; then probe e; else probe f; fi
if false; then :; fi
probe $?
#### and_or
true && probe a
false && probe b
false || probe c
true || probe d
false && probe e || probe f
true || probe g && probe h
false || false || probe i
#### not
! true
probe $?
! false
probe $?
if ! false; then probe n; fi
#### status_of_and
false && true
probe $?
true && fail 5
probe $?
#### case
case abc in a*) probe 1;; *) probe 2;; esac
case abc in x|abc) probe 3;; esac
case abc in [a-c]bc) probe 4;; esac
case '*' in \*) probe 5;; esac
case x in (y) probe 6;; (x) probe 7;; esac
case "" in "") probe 8;; esac
case a in b) ;; esac
probe $?
#### case_variable
x='a*'
case abc in $x) probe 1;; *) probe 2;; esac
case abc in "$x") probe 3;; *) probe 4;; esac
case a b in *) ;; esac 2>/dev/null
probe 5
#### case_fall bash
case a in a) probe 1;& b) probe 2;; c) probe 3;; esac
case a in a) probe 1;;& b) probe 2;; *) probe 3;; esac
#### case_status
case a in a) fail 4;; esac
probe $?
case z in a) fail 4;; esac
probe $?
#### case_negated
case b in [!a]) probe 1;; esac
case b in [^a]) probe 2;; *) probe 3;; esac
case x in [[:alpha:]]) probe 4;; esac
case 5 in [[:digit:]a]) probe 5;; esac
case ']' in []]) probe 6;; esac
case - in [a-]) probe 7;; esac
#### case_action : start
case "$1" in
start)
	probe starting
	;;
stop|restart)
	probe other
	;;
*)
	probe usage
	exit 1
	;;
esac
#### case_no_argument
case "$1" in
start) probe starting ;;
*) probe usage; exit 3 ;;
esac
#### case_extglob bash
shopt -s extglob
p='+(abc)' q='@(x|y)' r='!(x|y)'
case abcabc in $p) probe 1;; esac
case x in $q) probe 2;; esac
case z in $r) probe 3;; esac
shopt -u extglob
case abcabc in $p) probe 4;; esac
#### nested_if
if true; then if false; then probe a; else probe b; fi; fi
#### condition_list
if false; true; then probe a; fi
if probe x; probe y; false; then :; else probe z; fi
#### pipeline_condition
if echo a | while read x; do false; done; then probe y; else probe n; fi
#### empty_then_comment
if true
then
	# nothing
	:
fi
probe end
#### elif_chain
x=3
if [ $x -eq 1 ]; then probe 1
elif [ $x -eq 2 ]; then probe 2
elif [ $x -eq 3 ]; then probe 3
else probe other
fi
#### options_by_name bash
set -aC -o pipefail
for o in allexport noclobber verbose xtrace errexit pipefail nothing; do
	[[ -o $o ]] && probe $o
done
set +a +o pipefail -o interactive-comments
probe $?
[[ -o allexport || -o pipefail ]]
probe $?
[ -o noclobber ]
probe $?
