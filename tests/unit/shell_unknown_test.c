/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What cannot be known, in scripts: where it counts, where it does not, and what is said.
 */
#include <stdio.h>

#include "shell_world.h"

#define DEPENDS	  "what is done here depends on the output of 'unknown';"
#define GOES_ON	  "whether the script goes on here depends on the output of 'unknown';"
#define NOT_KNOWN "the output of 'unknown' is not known;"

Test(shell_unknown, equal_ways_say_nothing)
{
	expect_shell("if unknown; then x=1; else x=1; fi; effect $x", "effect 1;", "");
	expect_shell("unknown && probe a; effect b", "probe a;effect b;", "");
	expect_shell("unknown || true; effect $?", "effect 0;", "");
	expect_shell("case $(unknown) in a) x=1;; *) x=1;; esac; effect $x", "effect 1;", "");
}

Test(shell_unknown, variables_that_differ_are_not_known)
{
	expect_shell("if unknown; then x=1; else x=2; fi; effect $x", "effect ?;", "");
	expect_shell("x=a; unknown && x=b; effect \"$x\" y", "effect ? y;", "");
	expect_shell("if unknown; then y=1; fi; effect \"$y\"", "effect ?;", "");
	expect_shell("x=a; if unknown; then x=b; x=a; fi; effect $x", "effect a;", "");
	expect_shell("a=(1); unknown && a+=(2); effect ${a[0]} ${#a[@]}", "effect ? ?;", "");
	expect_shell("set -- a; unknown && set -- b; effect $1", "effect ?;", "");
}

Test(shell_unknown, what_is_read)
{
	expect_shell("read <<< \"$(unknown)\"; effect \"$REPLY\" $?", "effect ? ?;", "");
	expect_shell("a=1; read -a a <<< \"$(unknown)\"; effect \"${a[0]}\"", "effect ?;", "");
	expect_shell("REPLY=a; mapfile <<< \"$(unknown)\"; effect \"${MAPFILE[0]}\" $REPLY $?",
		     "effect ? a 0;", "");
	expect_shell("declare -n r=a; mapfile r <<< \"$(unknown)\"; effect \"${a[1]}\"",
		     "effect ?;", "");
}

Test(shell_unknown, elements)
{
	expect_shell("a=(1 2); declare -n r=a; i=$(unknown); unset 'r[i]'; effect ${a[0]}",
		     "effect ?;", "");
	expect_shell("a=(1 2); i=$(unknown); unset 'a[i]'; [[ -v a[0] ]]; effect $?", "effect ?;",
		     "");
	expect_shell("a=(1 $(unknown)); [[ -v a[0] ]]; effect $?", "effect ?;", "");
	expect_shell("a=(\"$(unknown)\"); [[ -v a[0] ]]; effect $? $((a[0]))", "effect 0 ?;", "");
	expect_shell("declare -A h=([x]=1); [[ -v h[@] ]]; effect $?", "effect ?;", "");
}

/* On one of the ways there is none. */
Test(shell_unknown, whether_a_variable_is_there)
{
	expect_shell("unknown && x=1; effect \"${x+a}\"", "effect ?;", "");
	expect_shell("unknown && x=1; [[ -v x ]]; effect $?", "effect ?;", "");
	expect_shell("x=1; unknown && unset x; effect \"${x-b}\" ${#x}", "effect ? ?;", "");
	expect_shell("x=$(unknown); effect \"${x+a}\"", "effect a;", "");
	expect_shell("x=1; unknown && x=2; effect \"${x+a}\"; unknown && unset x; x=; "
		     "effect \"${x+a}\"",
		     "effect a;effect a;", "");
	expect_shell("unknown && set -- a; effect \"${1+a}\" \"${*+b}\"", "effect ? ?;", "");
	expect_shell("mapfile a <<< \"$(unknown)\"; effect \"${a+b}\" \"${a[3]+c}\"",
		     "effect ? ?;", "");
	expect_shell("declare -n r='a[1]'; effect \"${r+b}\"", "effect ?;", "");
}

Test(shell_unknown, effects_that_differ_are_errors)
{
	expect_shell("if unknown; then effect a; fi", "effect a;",
		     "1:4 unsupported-shell: " DEPENDS);
	expect_shell("x=$(unknown)\n[ \"$x\" = y ] && effect a", "effect a;",
		     "2:1 unsupported-shell: " DEPENDS " 1:5 " NOT_KNOWN);
	expect_shell("case $(unknown) in\na) effect a;;\nesac", "effect a;",
		     "2:1 unsupported-shell: " DEPENDS " 1:8 " NOT_KNOWN);
}

Test(shell_unknown, an_exit_counts_only_before_an_effect)
{
	expect_shell("unknown || exit 1\nprobe a", "probe a;", "");
	expect_shell("unknown || exit 1\neffect a\neffect b", "effect a;effect b;",
		     "1:1 unsupported-shell: " GOES_ON " 1:1 " NOT_KNOWN
		     " 2:1 this is what depends on it;");
	expect_shell("set -e\nunknown\neffect a", "effect a;",
		     "2:1 unsupported-shell: " GOES_ON " 2:1 " NOT_KNOWN
		     " 3:1 this is what depends on it;");
	expect_shell("(unknown && exit 1; probe a)\neffect b", "probe a;effect b;", "");
}

Test(shell_unknown, a_return_ends_with_the_function)
{
	expect_shell("f() { unknown || return; x=2; }\nf\neffect \"$x\"", "effect ?;", "");
	expect_shell("x=1\nf() { unknown || return; }\nf\neffect \"$x\"", "effect 1;", "");
	expect_shell("f() { unknown || return; effect in; }\nf", "effect in;",
		     "1:7 unsupported-shell: " GOES_ON " 1:7 " NOT_KNOWN
		     " 1:26 this is what depends on it;");
}

Test(shell_unknown, loops)
{
	expect_shell("while unknown; do x=1; done; effect \"$x\"", "effect ?;", "");
	expect_shell("until unknown; do probe; done; effect a", "probe;effect a;", "");
	expect_shell("for i in $(unknown); do y=1; done; effect \"$i\"", "effect ?;", "");
	expect_shell("for i in a b; do unknown && break; done; effect x", "effect x;", "");
	expect_shell("for i in a b; do unknown && continue; y=$i; done; effect $y", "effect ?;",
		     "");
	expect_shell("while true; do unknown && break; done; effect x", "effect x;", "");
	expect_shell("for i in $(unknown); do effect a; done", "effect a;",
		     "1:10 unsupported-shell: how often this is done depends on the output of "
		     "'unknown'; 1:12 " NOT_KNOWN);
}

Test(shell_unknown, output_and_files)
{
	expect_shell("x=$(unknown; echo a); effect \"$x\"", "effect ?;", "");
	expect_shell("(unknown && echo a; echo b) | effect", "effect < ?;", "");
	expect_shell("unknown > f; effect < f", "? > f;effect < ?;", "");
	expect_shell("for f in /etc/a*; do echo 1 > $f/x; done", "1\n > /etc/a*/x;1\n > /etc/a*/x;",
		     "");
}

Test(shell_unknown, what_is_run_must_be_known)
{
	expect_shell("eval \"$(unknown)\"", "",
		     "1:1 unsupported-shell: the command that is run here depends on the output of "
		     "'unknown'; 1:9 " NOT_KNOWN);
	expect_shell("if unknown; then f() { effect a; }; else f() { effect b; }; fi\nf", "",
		     "2:1 unsupported-shell: which function 'f' is depends on the output of "
		     "'unknown'; 1:4 " NOT_KNOWN);
}

Test(shell_unknown, optional_files_are_taken_as_absent)
{
	static const char said[] = "1:%u assumed-absent-file: '/etc/x' is taken as absent;";
	char expected[100];

	snprintf(expected, sizeof(expected), said, 1);
	expect_shell("[ -f /etc/x ] && . /etc/x; effect a", "effect a;", expected);
	expect_shell("[ ! -r /etc/x ] || source /etc/x; effect a", "effect a;", expected);
	expect_shell("[[ -e /etc/x ]] && { . /etc/x; }; effect a", "effect a;", expected);
	snprintf(expected, sizeof(expected), said, 4);
	expect_shell("if [ -f \"/etc/x\" ]; then\n. /etc/x\nfi; effect a", "effect a;", expected);
	/* another file, or more than the file, is not taken that way */
	expect_shell("[ -f /etc/x ] && probe a; effect a", "probe a;effect a;", "");
	expect_shell("[ -f /none ] && . /none; effect a", "effect a;", "");
}

Test(shell_unknown, definitions)
{
	static const struct shell_definition definitions[] = { { "x", "defined" }, { "i", "one" } };
	struct shell_world world;

	shell_world_begin(&world);
	world.options.definitions = definitions;
	world.options.n_definitions = 2;
	shell_world_eval(&world, SHELL_BASH,
			 "effect $x; x=1; effect $x; x=$(unknown); effect $x; read x; effect $x\n"
			 "for i in a b; do effect $i; done; f() { local x=5; effect $x; }; f");
	cr_expect_str_eq(buf_string(&world.log),
			 "effect defined;effect defined;effect defined;effect defined;effect one;"
			 "effect one;effect defined;");
	cr_expect_str_eq(buf_string(&world.said), "");
	shell_world_end(&world);
}

Test(shell_unknown, the_way_out_names_the_variable)
{
	struct shell_world world;

	shell_world_begin(&world);
	shell_world_eval(&world, SHELL_BASH, "x=$(unknown); [ -n \"$x\" ] && effect a");
	cr_assert_not_null(world.diags.first);
	cr_expect_str_eq(diag_extra(world.diags.first)->hint, "-D x=VALUE, or --run");
	cr_expect_not(world.outcome.complete);
	shell_world_end(&world);
}

Test(shell_unknown, limits)
{
	struct shell_world world;

	shell_world_begin(&world);
	world.options.max_steps = 10000;
	shell_world_eval(&world, SHELL_SH, "effect a\nwhile true; do :; done\neffect b");
	cr_expect_str_eq(buf_string(&world.log), "effect a;");
	cr_expect_str_eq(buf_string(&world.said),
			 "2:1 unsupported-shell: this loop does not end within 10000 steps;");
	shell_world_end(&world);

	shell_world_begin(&world);
	shell_world_eval(&world, SHELL_SH, "f() { f; }\nf\n");
	cr_expect_str_eq(buf_string(&world.said),
			 "1:7 unsupported-shell: functions call each other "
			 "more than 1000 deep;");
	shell_world_end(&world);

	shell_world_begin(&world);
	shell_world_eval(&world, SHELL_BASH, ":(){ :|:& };:\n");
	cr_expect_not(world.outcome.complete);
	shell_world_end(&world);

	shell_world_begin(&world);
	world.options.max_bytes = 1 << 20;
	shell_world_eval(&world, SHELL_SH, "x=aaaaaaaa; while true; do x=$x$x; done");
	cr_expect_not(world.outcome.complete);
	shell_world_end(&world);
}

static void expect_missed(const char *text, const char *expected)
{
	struct shell_world world;
	struct buf missed = BUF_INIT;
	size_t i;

	shell_world_begin(&world);
	shell_world_eval(&world, SHELL_SH, text);
	for (i = 0; i < world.outcome.n_missed; i++)
		buf_printf(&missed, "%s ",
			   world.outcome.missed[i].argument ? world.outcome.missed[i].argument
							    : "any");
	cr_expect_str_eq(buf_string(&missed), expected, "%s", text);
	buf_free(&missed);
	shell_world_end(&world);
}

Test(shell_missed, branches)
{
	expect_missed("case \"$1\" in start) iptables -F;; stop) echo;; restart) $0 stop;; esac",
		      "start restart ");
	expect_missed("case $1 in start|begin) iptables -F;; *) exit 1;; esac", "start ");
	expect_missed("x=${1:-}; case $x in go) /sbin/iptables -F;; esac", "go ");
	expect_missed("if [ \"$1\" = start ]; then iptables -F; fi", "start ");
	expect_missed("[ \"$1\" = up ] && iptables -F", "up ");
	expect_missed("main() { case $1 in start) iptables -F;; esac; }; main \"$@\"", "start ");
	expect_missed("main() { case $1 in start) iptables -F;; esac; }; main x", "");
	expect_missed("fw() { iptables -F; }; case $1 in start) fw;; status) echo;; esac",
		      "start ");
	expect_missed("[ $# -lt 1 ] && exit 1\ncase $1 in start) iptables -F;; esac", "start ");
	expect_missed("if [ -z \"$1\" ]; then exit 1; else iptables -A $1; fi", "any ");
	expect_missed("x=$(hostname); case $x in a) iptables -F;; esac", "");
	expect_missed("case ${1:-start} in start) iptables -F;; stop) iptables -X;; esac",
		      "start stop ");
}

Test(shell_places, functions_and_texts)
{
	expect_shell("f() {\n\tif unknown; then effect a; fi\n}\nf", "effect a;",
		     "2:5 unsupported-shell: " DEPENDS);
	expect_shell("x='unknown && effect a'\neval \"$x\"", "effect a;",
		     "2:1 unsupported-shell: " DEPENDS);
}
