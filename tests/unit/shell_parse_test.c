/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shell language, construct by construct: each text is read, and the tree (see
 * shell_tree.h), the spans, comments and errors are compared.  Which texts the
 * shells take is judged by tests/shell/accepts.py.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "shell/parse.h"
#include "shell_tree.h"

struct script {
	struct arena *arena;
	struct source *source;
	struct diags diags;
	struct shell_script *parsed;
};

static struct script parse_bytes(enum shell_dialect dialect, const char *text, size_t len)
{
	struct script script = { .arena = arena_new() };

	script.source =
		source_new(script.arena, "test", arena_strndup(script.arena, text, len), len);
	diags_init(&script.diags, script.arena);
	script.parsed = shell_parse(script.arena, script.source, dialect, &script.diags);
	return script;
}

static void check_tree(enum shell_dialect dialect, const char *text, size_t len, const char *tree)
{
	struct script script = parse_bytes(dialect, text, len);
	struct buf out = BUF_INIT;

	if (script.parsed->body)
		print_command(&out, script.parsed->body);
	cr_expect_str_eq(buf_string(&out), tree, "%s\n  got:  %s\n  want: %s%s%s", text,
			 buf_string(&out), tree, script.diags.first ? "\n  " : "",
			 script.diags.first ? script.diags.first->message : "");
	buf_free(&out);
	arena_free(script.arena);
}

static void bash(const char *text, const char *tree)
{
	check_tree(SHELL_BASH, text, strlen(text), tree);
}

static void sh(const char *text, const char *tree)
{
	check_tree(SHELL_SH, text, strlen(text), tree);
}

static void both(const char *text, const char *tree)
{
	bash(text, tree);
	sh(text, tree);
}

/* ---- words ---- */

Test(shell_parse, quotes)
{
	both("echo a'b c'\"d e\"f\\ g", "(cmd echo a'b cd e'f' 'g)");
	both("'' \"\" a\"\"b", "(cmd '' '' a''b)");
	both("echo \"\\$a \\n \\\" \\\\ \\`\"", "(cmd echo '$a \\n \" \\ `')");
	both("echo 'a\nb' \"c\nd\"", "(cmd echo 'a\nb' 'c\nd')");
	both("echo a\\\nb \"c\\\nd\" 'e\\\nf' \\\n g", "(cmd echo ab 'cd' 'e\\\nf' g)");
	both("echo \"\\\n\"", "(cmd echo '')");
	both("echo a# #b", "(cmd echo a#)");
	both("echo \\", "(cmd echo \\)");
	bash("echo $'a\\tb\\x41\\101\\'\\u20ac\\q' $\"l $x\"",
	     "(cmd echo 'a\tbAA'\xe2\x82\xac\\q' 'l '\"${x}\")");
	bash("echo $'a\\0b' $'\\cA\\e'", "(cmd echo 'a' '\x01\x1b')");
	sh("echo $'a' $\"b\"", "(cmd echo $'a' $'b')");
	bash("shopt -s extglob\necho !(a|b c)", "(seq (cmd shopt -s extglob) (cmd echo !(a|b c)))");
	both("echo {a,b} ~ *.c [a-z]?", "(cmd echo {a,b} ~ *.c [a-z]?)");
}

Test(shell_parse, parameters)
{
	both("echo $x ${x} $10 ${10} $@ $* $# $? $$ $! $- $ $%",
	     "(cmd echo ${x} ${x} ${1}0 ${10} ${@} ${*} ${#} ${?} ${$} ${!} ${-} $ $%)");
	both("echo \"$x y\" a$x'b'", "(cmd echo \"${x}\"' y' a${x}'b')");
	both("echo ${x:-a b} ${x-} ${x:=c} ${x?d} ${x:+$y}",
	     "(cmd echo ${x:-a b} ${x-} ${x:=c} ${x?d} ${x:+${y}})");
	both("echo ${x#a*} ${x##*/} ${x%.c} ${x%%.*}",
	     "(cmd echo ${x#a*} ${x##*/} ${x%.c} ${x%%.*})");
	both("echo ${#} ${#x} ${##} ${#-a} ${##a} ${#@}",
	     "(cmd echo ${#} ${#x} ${##} ${#-a} ${##a} ${#@})");
	both("echo \"${x:-a \"b\" 'c'}\" ${x:-'a' \"b\"}",
	     "(cmd echo \"${x:-'a b 'c''}\" ${x:-'a' 'b'})");
	both("echo \"${x#'a*'}\" \"${x%\"$y\"}\" ${x:-\\}}",
	     "(cmd echo \"${x#'a*'}\" \"${x%\"${y}\"}\" ${x:-'}'})");
	both("echo \"${x:-${y:-$(echo \"z\")}}\"",
	     "(cmd echo \"${x:-\"${y:-\"${(cmd echo 'z')}\"}\"}\")");
	both("echo $\\\nx $\\\n{x}", "(cmd echo ${x} ${x})");
	both("echo ${} ${x!} ${1x}", "(cmd echo ${BAD } ${BAD x!} ${BAD 1x})");
}

Test(shell_parse, parameters_of_bash)
{
	bash("echo ${x:1} ${x:1:2} ${x: -1} ${x:$((a?b:c)):a?1:2}",
	     "(cmd echo ${x:1} ${x:1:2} ${x: -1} ${x:$((a?b:c)):a?1:2})");
	bash("echo ${x/a/b} ${x//a*/$b} ${x/#a/} ${x/%a} ${x//\\//-}",
	     "(cmd echo ${x/a/b} ${x//a*/${b}} ${x/#a/} ${x/%a} ${x//'/'/-})");
	bash("echo ${x^} ${x^^} ${x,} ${x,,[a-z]}", "(cmd echo ${x^} ${x^^} ${x,} ${x,,[a-z]})");
	bash("echo ${!x} ${!x*} ${!x@} ${!a[@]} ${!x:-y} ${!} ${!-a} ${!1}",
	     "(cmd echo ${!x} ${!x*} ${!x*} ${!a[@]} ${!x:-y} ${!} ${!-a} ${!1})");
	bash("echo ${a[1]} ${a[@]} \"${a[*]}\" ${#a[@]} ${a[$i+1]:-x} ${a['k']} ${a[b[0]]}",
	     "(cmd echo ${a[1]} ${a[@]} \"${a[*]}\" ${#a[@]} ${a[${i}+1]:-x} ${a['k']} "
	     "${a[b[0]]})");
	bash("echo ${x@Q}", "(cmd echo ${BAD x@Q})");
	sh("echo ${x:1} ${x/a/b} ${!x} ${a[1]}",
	   "(cmd echo ${BAD x:1} ${BAD x/a/b} ${BAD !x} ${BAD a[1]})");
}

Test(shell_parse, substitutions)
{
	both("echo $(a b; c) $() \"$(d 'e')\"",
	     "(cmd echo ${(seq (cmd a b) (cmd c))} ${} \"${(cmd d 'e')}\")");
	both("echo `a \\`b\\`` `` \"`c \\\"d\\\" \\$e`\"",
	     "(cmd echo ${(cmd a ${(cmd b)})} ${} \"${(cmd c 'd' ${e})}\")");
	both("echo $(case x in a) b;; esac)", "(cmd echo ${(case x [a (cmd b) ;])})");
	both("echo $(a # )\n)", "(cmd echo ${(cmd a)})");
	both("echo $((1 + (2 * $x))) \"$(($(a) + ${b:-1}))\"",
	     "(cmd echo $((1 + (2 * ${x}))) \"$((${(cmd a)} + ${b:-1}))\")");
	bash("echo $((a) | b) $[1+2] $(( a[1] ))",
	     "(cmd echo ${(pipe (sub (cmd a)) (cmd b))} $((1+2)) $(( a[1] )))");
	bash("a <(b c) >(d)", "(cmd a <{(cmd b c)} >{(cmd d)})");
	bash("a --x=<(b)", "(cmd a --x=<{(cmd b)})");
	sh("echo $[1]", "(cmd echo $[1])");
}

Test(shell_parse, assignments)
{
	both("a=b", "(cmd a:=b)");
	both("a= b='c d' e=$f g", "(cmd a:= b:='c d' e:=${f} g)");
	both("echo a=b", "(cmd echo a=b)");
	both("a=b=c \"d\"=e", "(cmd a:=b=c 'd'=e)");
	both("1a=b", "(cmd 1a=b)");
	bash("a+=b", "(cmd a+:=b)");
	bash("a[1]=x a[$i + 1]+=\"y\" a['k']=z", "(cmd a[1]:=x a[${i} + 1]+:='y' a['k']:=z)");
	bash("a=(x \"y z\" # c\n$w) b=() c+=([2]=d)", "(cmd a:=(x 'y z' ${w}) b:=() c+:=([2]=d))");
	bash("declare -a a=(x y) b=z", "(cmd declare -a a=(x y) b=z)");
	sh("a+=b", "(cmd a+=b)");
	sh("a[1]=x", "(cmd a[1]=x)");
}

/* ---- commands ---- */

Test(shell_parse, lists)
{
	both("a; b\nc", "(seq (cmd a) (cmd b) (cmd c))");
	both("a & b &", "(seq (bg (cmd a)) (bg (cmd b)))");
	both("a && b || c", "(or (and (cmd a) (cmd b)) (cmd c))");
	both("a &&\n\nb |\n# x\nc", "(and (cmd a) (pipe (cmd b) (cmd c)))");
	both("a | b | c", "(pipe (cmd a) (cmd b) (cmd c))");
	both("! a | b && ! c", "(and (not (pipe (cmd a) (cmd b))) (not (cmd c)))");
	both("a &\\\n& b", "(and (cmd a) (cmd b))");
	both("", "");
	both("\n# only a comment\n\n", "");
	bash("a |& b", "(pipe (cmd a >&2:1) (cmd b))");
	bash("! ! a; ! ! ! a", "(seq (not (not (cmd a))) (not (cmd a)))");
	bash("time a | b; time -p a; echo time -p",
	     "(seq (pipe (cmd a) (cmd b)) (cmd a) (cmd echo time -p))");
	sh("time a", "(cmd time a)");
}

Test(shell_parse, reserved_words_are_words_elsewhere)
{
	both("echo if then { } ! in", "(cmd echo if then { } ! in)");
	both("a=1 if; >f then", "(seq (cmd a:=1 if) (cmd then >1:f))");
	both("\"if\" a; i\\f b", "(seq (cmd 'if' a) (cmd i'f' b))");
	both("for in in in; do a in; done", "(for in [in] (cmd a in))");
	both("case in in in) a;; esac", "(case in [in (cmd a) ;])");
	both("i\\\nf a; then b; fi", "(if (cmd a) (cmd b))");
}

Test(shell_parse, groups)
{
	both("{ a; b; }", "(group (seq (cmd a) (cmd b)))");
	both("(a; b) >f", "(sub (seq (cmd a) (cmd b)) >1:f)");
	both("{ { a; } }", "(group (group (cmd a)))");
	both("( (a) )", "(sub (sub (cmd a)))");
	both("{\na\n} <f | (b)", "(pipe (group (cmd a) <0:f) (sub (cmd b)))");
	bash("((a);b)", "(sub (seq (sub (cmd a)) (cmd b)))");
	sh("((a))", "(sub (sub (cmd a)))");
}

Test(shell_parse, ifs)
{
	both("if a; then b; fi", "(if (cmd a) (cmd b))");
	both("if a\nthen b\nelse c\nfi >f", "(if (cmd a) (cmd b) (cmd c) >1:f)");
	both("if a; then b; elif c; then d; elif e; then f; else g; fi",
	     "(if (cmd a) (cmd b) (if (cmd c) (cmd d) (if (cmd e) (cmd f) (cmd g))))");
	both("if { a; } then (b) fi", "(if (group (cmd a)) (sub (cmd b)))");
}

Test(shell_parse, loops)
{
	both("while a; b; do c; done", "(while (seq (cmd a) (cmd b)) (cmd c))");
	both("until a\ndo\nb\ndone <f", "(until (cmd a) (cmd b) <0:f)");
	both("for x in a \"b c\" $d; do e; done", "(for x [a 'b c' ${d}] (cmd e))");
	both("for x in; do a; done", "(for x [] (cmd a))");
	both("for x do a; done", "(for x @ (cmd a))");
	both("for x; do a; done", "(for x @ (cmd a))");
	both("for x\nin a\ndo\nb\ndone", "(for x [a] (cmd b))");
	sh("for x\n; do a; done", "(for x @ (cmd a))");
	bash("for ((i = 0; i < 3; i++)); do a; done", "(for3 i = 0  i < 3  i++ (cmd a))");
	bash("for (( ; ; )) { a; }", "(for3 - - - (cmd a))");
	bash("for x in a; { b; }", "(for x [a] (cmd b))");
	bash("select x in a b; do c; done", "(select x [a b] (cmd c))");
	sh("select x", "(cmd select x)");
}

Test(shell_parse, cases)
{
	both("case $1 in start) a; b;; (stop|\"re start\") c ;; *) esac",
	     "(case ${1} [start (seq (cmd a) (cmd b)) ;] [stop|'re start' (cmd c) ;] [* ;])");
	both("case x in esac", "(case x)");
	both("case x\nin\n\na|b)\n\nc\n;;\n# d\n\nesac", "(case x [a|b (cmd c) ;])");
	both("case x in (esac) a;; if) b; esac", "(case x [esac (cmd a) ;] [if (cmd b) ;])");
	bash("case x in a) b;& c) d;;& *) e; esac",
	     "(case x [a (cmd b) &] [c (cmd d) +] [* (cmd e) ;])");
}

Test(shell_parse, functions)
{
	both("f() { a; }", "(function f (group (cmd a)))");
	both("f ( )\n\n(a) >f", "(function f (sub (cmd a) >1:f))");
	both("f() if a; then b; fi", "(function f (if (cmd a) (cmd b)))");
	bash("function f { a; }", "(function f (group (cmd a)))");
	bash("function f-1\n() (a)", "");
	bash("function f-1 () (a)", "(function f-1 (sub (cmd a)))");
	bash("function f (a)", "(function f (sub (cmd a)))");
	bash("function f\n{ a; }", "(function f (group (cmd a)))");
	sh("f() a >x", "(function f (cmd a >1:x))");
	sh("function f", "(cmd function f)");
}

Test(shell_parse, tests)
{
	bash("[[ a ]]", "(test (word a))");
	bash("[[ -f $x && ! -n \"$y\" || z ]]",
	     "(test (or (and (-f ${x}) (not (-n \"${y}\"))) (word z)))");
	bash("[[ ( a || b ) && c < d ]]", "(test (and (or (word a) (word b)) (< c d)))");
	bash("[[ $a == b* && $c != \"d\" ]]", "(test (and (== ${a} b*) (!= ${c} 'd')))");
	bash("[[ $a =~ ^(x y|z)+$ ]]", "(test (=~ ${a} ^(x y|z)+$))");
	bash("[[ $a =~ (a|b)\"c\" && d ]]", "(test (and (=~ ${a} (a|b)'c') (word d)))");
	bash("[[ a == @(x y|!(z)) ]]", "(test (== a @(x y|!(z))))");
	bash("[[ 1 -eq 2 &&\n3 -nt 4\n]] >f", "(test (and (-eq 1 2) (-nt 3 4)) >1:f)");
	bash("if [[ a ]]; then b; fi", "(if (test (word a)) (cmd b))");
	bash("echo [[ a ]]", "(cmd echo [[ a ]])");
	sh("[[ a ]]", "(cmd [[ a ]])");
	sh("[[ a < b ]]", "(cmd [[ a ]] <0:b)");
	bash("((a += (1) , b)); ((c)) && d", "(seq (calc a += (1) , b) (and (calc c) (cmd d)))");
}

Test(shell_parse, redirections)
{
	both("a >b 2>c <d >>e 3<>f >|g", "(cmd a >1:b >2:c <0:d >>1:e <>3:f >1:g)");
	both("a 2>&1 <&3 >&- x2>f", "(cmd a x2 >&2:1 <&0:3 >&1:- >1:f)");
	both(">f a b", "(cmd a b >1:f)");
	both(">f", "(cmd >1:f)");
	both("a > \"$x\"y", "(cmd a >1:\"${x}\"y)");
	bash("a &>f; a &>>f", "(seq (cmd a &>1:f) (cmd a &>>1:f))");
	bash("a >&f >&2 >&$x", "(cmd a &>1:f >&1:2 >&1:${x})");
	sh("a >&f", "(cmd a >&1:f)");
	bash("a <<<\"b $c\" d", "(cmd a d <<<0:'b '\"${c}\")");
	bash("exec {fd}>f", "(cmd exec >{fd}:f)");
	sh("a &>f", "(seq (bg (cmd a)) (cmd >1:f))");
	sh("a {fd}>f", "(cmd a {fd} >1:f)");
}

Test(shell_parse, heredocs)
{
	both("cat <<E\na $x\n`b` \\$c \"d\"\nE\ne",
	     "(seq (cmd cat <<0:a ${x}\n${(cmd b)} $c \"d\"\n) (cmd e))");
	both("cat <<'E'\na $x\nE\n", "(cmd cat <<0:'a $x\n')");
	both("cat <<\\E <<\"F\" b\n$\nE\n`\nF\n", "(cmd cat b <<0:'$\n' <<0:'`\n')");
	both("cat <<-E | b\n\t\ta\n\tE\nc", "(seq (pipe (cmd cat <<0:a\n) (cmd b)) (cmd c))");
	both("cat <<E && if\nx\nE\na; then b; fi", "(and (cmd cat <<0:x\n) (if (cmd a) (cmd b)))");
	both("cat <<E\nE\n", "(cmd cat <<0:)");
	both("cat <<E\na\\\nE\nE\n", "(cmd cat <<0:aE\n)");
	both("x=$(cat <<E\na)\nE\n)", "(cmd x:=${(cmd cat <<0:a)\n)})");
	both("cat <<$x\na\n$x\n", "(cmd cat <<0:a\n)");
	both("3<<E a\nb\nE\n", "(cmd a <<3:b\n)");
	/* the rest of the file, with a warning */
	both("cat <<E\na\n", "(cmd cat <<0:a\n)");
	bash("x=$(cat <<E\na\nE)", "(cmd x:=${(cmd cat <<0:a\n)})");
	bash("x=$(cat <<E)\na\nE\nb", "(seq (cmd x:=${(cmd cat <<0:a\n)}) (cmd b))");
	sh("x=$(cat <<E)\na\nE\nb", "(seq (cmd x:=${(cmd cat <<0:)}) (cmd a) (cmd E) (cmd b))");
}

/* ---- bytes ---- */

Test(shell_parse, bytes)
{
	static const char nuls[] = "#\na\0b '\0'\n";

	check_tree(SHELL_BASH, nuls, sizeof(nuls) - 1, "(cmd ab '')");
	check_tree(SHELL_SH, nuls, sizeof(nuls) - 1, "(cmd ab '')");
	both("a \xff\xe4", "(cmd a \xff\xe4)");
	both("a b\r\n\r\n", "(seq (cmd a b\r) (cmd \r))");
}

/* ---- spans ---- */

static void expect_span(const struct script *script, struct span span, const char *text)
{
	cr_expect(span.end - span.start == strlen(text) &&
			  memcmp(script->source->bytes + span.start, text, strlen(text)) == 0,
		  "'%.*s' instead of '%s'", (int)(span.end - span.start),
		  script->source->bytes + span.start, text);
}

static struct script parse(const char *text)
{
	return parse_bytes(SHELL_BASH, text, strlen(text));
}

Test(shell_parse, spans_of_words_and_commands)
{
	struct script s = parse("a=1 echo 'b c'\"$d\" ${e:-f} >g && x\n");
	const struct shell_command *both_commands = s.parsed->body;
	const struct shell_command *echo = both_commands->of.pair.left;
	const struct shell_word *word = echo->of.simple.words;

	expect_span(&s, both_commands->span, "a=1 echo 'b c'\"$d\" ${e:-f} >g && x");
	expect_span(&s, echo->span, "a=1 echo 'b c'\"$d\" ${e:-f} >g");
	expect_span(&s, echo->of.simple.assignments->span, "a=1");
	expect_span(&s, echo->of.simple.assignments->value->span, "1");
	expect_span(&s, echo->redirections->span, ">g");
	expect_span(&s, echo->redirections->word->span, "g");
	expect_span(&s, word->span, "echo");
	expect_span(&s, word->next->span, "'b c'\"$d\"");
	expect_span(&s, word->next->first->next->span, "$d");
	expect_span(&s, word->next->next->span, "${e:-f}");
	expect_span(&s, word->next->next->first->of.parameter->argument->span, "f");
	arena_free(s.arena);
}

/* Where bytes were taken out, spans are still those of the source. */
Test(shell_parse, spans_in_texts_of_their_own)
{
	struct script s = parse("a `b \\`cc dd\\` ee`\ncat <<-E\n\tx\n\t\t$(ff gg)\n\tE\n");
	const struct shell_command *a = s.parsed->body->of.list;
	const struct shell_command *b = a->of.simple.words->next->first->of.command;
	const struct shell_command *cc = b->of.simple.words->next->first->of.command;
	const struct shell_word *text = a->next->redirections->word;

	expect_span(&s, b->of.simple.words->next->next->span, "ee");
	expect_span(&s, cc->span, "cc dd");
	expect_span(&s, cc->of.simple.words->next->span, "dd");
	expect_span(&s, text->first->next->span, "$(ff gg)");
	expect_span(&s, text->first->next->of.command->of.simple.words->next->span, "gg");
	arena_free(s.arena);
}

Test(shell_parse, spans_of_compound_commands)
{
	struct script s = parse("x\nif a; then\n b\nfi >f\nf() { c; }\n");
	const struct shell_command *branch = s.parsed->body->of.list->next;

	expect_span(&s, branch->span, "if a; then\n b\nfi >f");
	expect_span(&s, branch->of.branch.then->span, "b");
	expect_span(&s, branch->next->span, "f() { c; }");
	expect_span(&s, branch->next->of.function.body->span, "{ c; }");
	arena_free(s.arena);
}

Test(shell_parse, comments)
{
	struct script s = parse("#!/bin/sh\na # no\n\t# one\r\nb '\n# no\n' $(\n# two\nc)\n"
				"cat <<E\n# no\nE\nx=(\n # three\n)\n");
	static const unsigned lines[] = { 1, 3, 7, 13 };

	cr_assert_eq(s.parsed->n_comments, 4);
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(s.parsed->comments[i].line, lines[i]);
	expect_span(&s, s.parsed->comments[1].span, "# one");
	arena_free(s.arena);
}

/* ---- errors ---- */

/* "LINE:COLUMN message [LINE:COLUMN related]" and what is left of the tree. */
static void error_in(enum shell_dialect dialect, const char *text, const char *want,
		     const char *tree)
{
	struct script script = parse_bytes(dialect, text, strlen(text));
	struct buf out = BUF_INIT;
	const struct diag *diag = script.diags.first;

	while (diag && diag->level != LEVEL_ERROR)
		diag = diag->next;
	if (diag) {
		struct position at = source_position(script.source, diag->span.start);

		buf_printf(&out, "%u:%u %s", at.line, at.column, diag->message);
		if (diag->related) {
			at = source_position(script.source, diag->related->span.start);
			buf_printf(&out, " [%u:%u %s]", at.line, at.column, diag->related->message);
		}
	}
	cr_expect_str_eq(buf_string(&out), want, "%s\n  got:  %s\n  want: %s", text,
			 buf_string(&out), want);
	cr_expect(script.parsed->broken);
	buf_clear(&out);
	if (script.parsed->body)
		print_command(&out, script.parsed->body);
	cr_expect_str_eq(buf_string(&out), tree, "%s\n  left: %s", text, buf_string(&out));
	buf_free(&out);
	arena_free(script.arena);
}

static void errors(const char *text, const char *want, const char *tree)
{
	error_in(SHELL_BASH, text, want, tree);
	error_in(SHELL_SH, text, want, tree);
}

Test(shell_parse, what_is_not_closed)
{
	errors("a\nb 'c\nd\n", "2:3 this quote is not closed",
	       "(cmd a)");
	errors("a\nb \"c $d\n", "2:3 this quote is not closed",
	       "(cmd a)");
	errors("a; b\nif c; then\nd\n", "3:2 the script ends too early [2:1 this 'if' has no 'fi']",
	       "(seq (cmd a) (cmd b))");
	errors("if a\n", "1:5 the script ends too early [1:1 this 'if' has no 'then']", "");
	errors("while a; do\nb", "2:2 the script ends too early [1:1 this 'while' has no 'done']",
	       "");
	errors("for x in a\n", "1:11 the script ends too early [1:1 this 'for' has no 'do']", "");
	errors("case x in a) b;;\n",
	       "1:17 the script ends too early [1:1 this 'case' has no 'esac']", "");
	errors("f() {\na\n", "2:2 the script ends too early [1:5 this '{' has no '}']", "");
	errors("(a\n", "1:3 the script ends too early [1:1 this '(' has no ')']", "");
	errors("a $(b\n", "1:3 this '$(' is not closed", "");
	errors("a ${b\n", "1:3 this '${' is not closed", "");
	errors("a `b\n", "1:3 this '`' is not closed", "");
	errors("a $((1 + 2\n", "1:3 this '((' is not closed", "");
	error_in(SHELL_SH, "a $((1 + 2)\n",
		 "1:11 arithmetic ends with '))', and this is a single ')' [1:3 this '((' is not "
		 "closed]",
		 "");
}

Test(shell_parse, what_does_not_fit)
{
	errors("a\nb\n)\nc\n", "3:1 unexpected ')'", "(seq (cmd a) (cmd b))");
	errors("a; b; done\n", "1:7 unexpected 'done'", "");
	errors("for x in a; do if b; then c; done\n",
	       "1:30 unexpected 'done' [1:16 this 'if' has no 'fi']", "");
	errors("a && && b\n", "1:6 unexpected '&&'", "");
	errors("a >\nb\n", "1:4 the line ends too early", "");
	errors("a;;\n", "1:2 unexpected ';;'", "");
	errors("echo a(b)\n", "1:7 unexpected '('", "");
	errors("case x in a b) c;; esac\n", "1:13 unexpected 'b' [1:1 this 'case' has no 'esac']",
	       "");
	errors("if a; then fi\n", "1:12 unexpected 'fi' [1:1 this 'if' has no 'fi']", "");
	error_in(SHELL_BASH, "echo a=(b)\n", "1:8 unexpected '('", "");
	error_in(SHELL_BASH, "[[ a b ]]\n", "1:6 unexpected 'b' [1:1 this '[[' has no ']]']", "");
	error_in(SHELL_BASH, "f() a\n",
		 "1:5 the body of a function is a command such as { ...; } [1:1 "
		 "this function has no body]",
		 "");
	error_in(SHELL_SH, "a=(b)\n", "1:3 unexpected '('", "");
	error_in(SHELL_SH, "function f {\na\n}\n", "3:1 unexpected '}'",
		 "(seq (cmd function f {) (cmd a))");
	error_in(SHELL_SH, "for ((;;)); do a; done\n",
		 "1:5 unexpected '(' [1:1 this 'for' has no 'do']", "");
	error_in(SHELL_SH, "a <<<b\n", "1:5 unexpected '<'", "");
	error_in(SHELL_SH, "a-b() { c; }\n", "1:1 this is no name of a function", "");
}

Test(shell_parse, commands_of_complete_lines_stay)
{
	errors("a; b\n{ c\n}\nd; )\n", "4:4 unexpected ')'",
	       "(seq (cmd a) (cmd b) (group (cmd c)))");
}

Test(shell_parse, nesting_is_bounded)
{
	char text[1001];

	memset(text, '(', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 1; i < sizeof(text) - 1; i += 2)
		text[i] = ' ';
	errors(text, "1:401 nested more than 200 deep [1:399 this '(' has no ')']", "");
}

Test(shell_parse, what_bash_reads_later_is_a_warning)
{
	struct script s = parse("a `(` b\ncat <<E\n${x\nE\nc\n");
	struct buf out = BUF_INIT;

	cr_expect(!s.parsed->broken);
	cr_expect_eq(s.diags.count, 2);
	cr_expect_eq(s.diags.first->level, LEVEL_WARNING);
	print_command(&out, s.parsed->body);
	cr_expect_str_eq(buf_string(&out), "(seq (cmd a ${BAD } b) (cmd cat <<0:${BAD }) (cmd c))");
	buf_free(&out);
	arena_free(s.arena);
}

/* However many there are: those that are not told are bad all the same. */
Test(shell_parse, later_errors_are_not_told_without_end)
{
	struct buf text = BUF_INIT;
	struct script s;

	for (int i = 0; i < 2000; i++)
		buf_add_string(&text, "`(`\n");
	buf_add_string(&text, ")\n");
	s = parse_bytes(SHELL_BASH, buf_string(&text), text.len);
	cr_expect(s.parsed->broken);
	cr_expect_eq(s.diags.count, 1001);
	buf_free(&text);
	arena_free(s.arena);
}

Test(shell_parse, crlf_is_said_once)
{
	struct script s = parse("if a\r\nthen\r\nb\r\nfi\r\n");

	cr_assert_eq(s.diags.count, 2);
	cr_expect_str_eq(s.diags.first->rule, "stray-text");
	cr_expect_eq(s.diags.first->level, LEVEL_WARNING);
	cr_expect(strstr(diag_extra(s.diags.first->next)->hint, "CR LF"));
	arena_free(s.arena);
}

/* ---- #! ---- */

static void expect_dialect(const char *line, enum shell_dialect want, const char *other_want)
{
	struct arena *arena = arena_new();
	struct source *source = source_new(arena, "test", line, strlen(line));
	enum shell_dialect dialect;
	const char *other = NULL;

	cr_expect_eq(shell_dialect_of(arena, source, &dialect, &other), !other_want, "%s", line);
	if (other_want)
		cr_expect_str_eq(other, other_want);
	else
		cr_expect_eq(dialect, want, "%s", line);
	arena_free(arena);
}

Test(shell_parse, dialects)
{
	expect_dialect("", SHELL_BASH, NULL);
	expect_dialect("# bash", SHELL_BASH, NULL);
	expect_dialect("#!", SHELL_BASH, NULL);
	expect_dialect("#!/bin/sh", SHELL_SH, NULL);
	expect_dialect("#! /bin/sh -e\n", SHELL_SH, NULL);
	expect_dialect("#!/bin/bash\r\n", SHELL_BASH, NULL);
	expect_dialect("#!/usr/bin/env bash\n", SHELL_BASH, NULL);
	expect_dialect("#!/usr/bin/env -S A=b sh -e\n", SHELL_SH, NULL);
	expect_dialect("#!/usr/bin/perl -w\n", SHELL_BASH, "perl");
	expect_dialect("#!/usr/bin/env python3\n", SHELL_BASH, "python3");
}
