/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expansions at their edges; what they do in general is tested against the real shells
 * (tests/shell/agree.py).
 */
#include "shell_world.h"

Test(shell_arithmetic, edges)
{
	expect_shell("probe $((-9223372036854775807 - 1))", "probe -9223372036854775808;", "");
	expect_shell("probe $(( (-9223372036854775807 - 1) / -1 ))", "probe -9223372036854775808;",
		     "");
	expect_shell("probe $(( (-9223372036854775807 - 1) % -1 ))", "probe 0;", "");
	expect_shell("probe $((1 << 64)) $((1 >> 65))", "probe 1 0;", "");
	expect_shell(
		"x=x; probe $((x))\nprobe on", "probe on;",
		"1:12 script-error: expression recursion level exceeded: the shell stops here;");
}

Test(shell_arithmetic, what_is_not_known)
{
	expect_shell("x=$(unknown); probe $((x + 1)) $((0 * x)) $((1 || x))", "probe ? ? 1;", "");
	expect_shell("x=$(unknown); y=1; : $((x && (y = 2))); probe $y", "probe ?;", "");
	expect_shell("x=$(unknown); y=1; : $((x ? (y = 2) : 3)); probe $y", "probe ?;", "");
	expect_shell("x=$(unknown); a[x]=1; probe ${a[0]}", "probe ?;", "");
}

Test(shell_parameter, what_is_not_known)
{
	expect_shell("x=$(unknown); probe \"${x:-a}\" \"${x:+a}\" ${#x} \"${x%b}\" ${x+set}",
		     "probe ? ? ? ? set;", "");
	expect_shell("x=$(unknown); set -- $x; probe $# \"$1\"", "probe ? ?;", "");
	expect_shell("x=$(unknown); probe a\"$x\"b", "probe ?;", "");
	expect_shell("x=$(unknown); y=abc; probe ${y/$x/d} ${y:x}", "probe ? ?;", "");
}

Test(shell_words, deep)
{
	struct shell_world world;
	struct buf text = BUF_INIT;
	int i;

	buf_add_string(&text, "probe $((");
	for (i = 0; i < 100000; i++)
		buf_add_char(&text, '(');
	buf_add_string(&text, "1");
	for (i = 0; i < 100000; i++)
		buf_add_char(&text, ')');
	buf_add_string(&text, "))\nprobe ");
	for (i = 0; i < 100000; i++)
		buf_add_char(&text, '{');
	buf_add_string(&text, ",\ntrue");
	for (i = 0; i < 100000; i++)
		buf_add_string(&text, " && true");
	buf_add_string(&text, "\neval");
	for (i = 0; i < 100000; i++)
		buf_add_string(&text, " eval");
	buf_add_char(&text, '\n');
	shell_world_begin(&world);
	shell_world_eval(&world, SHELL_BASH, buf_string(&text));
	shell_world_end(&world);
	buf_free(&text);
}

Test(shell_words, many_braces)
{
	struct shell_world world;

	shell_world_begin(&world);
	world.options.max_steps = 100000;
	shell_world_eval(
		&world, SHELL_BASH,
		"probe {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"
		"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}\n");
	cr_expect_not(world.outcome.complete);
	shell_world_end(&world);

	shell_world_begin(&world);
	world.options.max_steps = 100000;
	shell_world_eval(&world, SHELL_BASH, "probe {1..9223372036854775807}\n");
	cr_expect_not(world.outcome.complete);
	shell_world_end(&world);
}

/* Each is looked for as far as its name leads, and no further. */
Test(shell_arrays, references_in_a_circle, .timeout = 60)
{
	expect_shell("declare -n a=b; declare -n b=a; probe \"$a\" \"${a[0]}\" \"${b[@]}\" $((a))",
		     "probe ? ? ? ?;", "");
	expect_shell(
		"declare -n a=b; declare -n b=a; [[ -v a ]]; probe $?; [[ -v a[0] ]]; probe $?",
		"probe ?;probe ?;", "");
	expect_shell("declare -n a=b; declare -n b=a\na=1", "",
		     "2:1 unsupported-shell: which variable is changed here depends on what "
		     "'a' refers to;");
	expect_shell("b=(1 2); declare -n a=b; probe ${a[1]} ${#a[@]}", "probe 2 2;", "");
}

/* They are not followed: bash itself has two minds. */
Test(shell_arrays, references_to_elements)
{
	expect_shell("a=(1 2); declare -n r='a[1]'; probe $r \"${r[0]}\" $((r + 1)) ${!r}",
		     "probe ? ? ? ?;", "");
	expect_shell(
		"declare -n r='a[1]'; [[ -v r[@] ]]; probe $?; f() { probe ${FUNCNAME[@]}; }; f",
		"probe ?;probe ?;", "");
	expect_shell("a=(1 2); declare -n r='a[1]'; unset 'r[@]'", "",
		     "1:37 unsupported-shell: which variable is changed here depends on what 'r' "
		     "refers to; 1:31 what 'r' refers to is not known;");
	expect_shell("declare -n r=$(unknown); probe $r; r=1", "probe ?;",
		     "1:36 unsupported-shell: which variable is changed here depends on the "
		     "output of 'unknown'; 1:16 the output of 'unknown' is not known;");
}

/* Nobody keeps count of those on which nothing depends. */
Test(shell_options, is_it_on)
{
	expect_shell("set -m; [[ -o monitor ]]; probe $?; [[ -o $(unknown) ]]; probe $?",
		     "probe ?;probe ?;", "");
}
