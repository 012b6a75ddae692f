/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test, [ and [[.  An answer is yes, no, an error, or not known.
 */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/arithmetic.h"
#include "evaluate/calls.h"
#include "evaluate/expand.h"

struct answer {
	int status; /* 0: yes, 1: no, 2: an error */
	const struct shell_origin *unknown;
};

static struct answer say(bool yes)
{
	return (struct answer){ !yes, NULL };
}

static struct answer unknown_answer(const struct shell_origin *origin)
{
	return (struct answer){ 0, origin };
}

static struct answer wrong(struct machine *sh, struct span span, const char *what, const char *text)
{
	shell_error(sh, span, FATAL_NOT, "%s '%s'", what, text);
	return (struct answer){ 2, NULL };
}

static struct answer both(struct answer a, struct answer b)
{
	if (a.status == 2 || b.status == 2)
		return (struct answer){ 2, NULL };
	if (!a.unknown && a.status)
		return a;
	if (!b.unknown && b.status)
		return b;
	return a.unknown ? a : b;
}

static struct answer not(struct answer a)
{
	if (!a.unknown && a.status < 2)
		a.status = !a.status;
	return a;
}

static struct answer either(struct answer a, struct answer b)
{
	return not(both(not(a), not(b)));
}

/* ---- files and variables ---- */

bool test_file(struct machine *sh, struct span span, char operation, struct shell_value path,
	       const struct shell_origin **unknown)
{
	const char *full;

	*unknown = path.unknown;
	if (path.unknown || !path.len)
		return false;
	full = path_of(sh, path.bytes, path.len);
	if (!full) {
		*unknown = origin_at(sh, span, NULL, "where '%s' is", path.bytes);
		return false;
	}
	switch (file_test(sh, operation, *full ? full : ".")) {
	case SHELL_FILE_YES:
		return true;
	case SHELL_FILE_NO:
		return false;
	default:
		*unknown = origin_at(sh, span, "--root DIR", "whether '%s' is there", path.bytes);
		return false;
	}
}

/* "a[1]" */
static struct answer is_element_set(struct machine *sh, struct shell_value name,
				    const char *bracket)
{
	size_t len = (size_t)(bracket - name.bytes);
	const struct variable *variable = variable_look_up(sh, name.bytes, len);
	const struct array *array = variable ? variable->now.array : NULL;
	const struct shell_origin *lost = variable_lost(sh, variable);
	struct shell_value subscript = { bracket + 1, name.len - len - 1, NULL };
	bool set;

	if (lost)
		return unknown_answer(lost);
	if (subscript.len < 2 || subscript.bytes[--subscript.len] != ']')
		return say(false);
	subscript = scratch_value(sh, subscript);
	if (strcmp(subscript.bytes, "@") != 0 && strcmp(subscript.bytes, "*") != 0) {
		if (!variable_element(sh, name.bytes, len, sh->here, subscript, &name, &set))
			return say(false);
		return name.unknown && !set ? unknown_answer(name.unknown) : say(set);
	}
	if (!array)
		return say(variable && variable->now.value);
	if (array->unknown)
		return unknown_answer(array->unknown);
	/* a key of that name, to some releases */
	if (variable->now.flags & VARIABLE_ASSOCIATIVE && array->n)
		return unknown_answer(
			origin_at(sh, sh->here, NULL, "what '-v %s' asks for", name.bytes));
	return say(array->n > 0);
}

static struct answer is_set(struct machine *sh, struct shell_value name)
{
	const char *bracket;
	bool set;

	if (name.unknown)
		return unknown_answer(name.unknown);
	bracket = strchr(name.bytes, '[');
	if (bracket)
		return is_element_set(sh, name, bracket);
	name = variable_value(sh, name.bytes, name.len, &set);
	return name.unknown && name.unknown->may_lack ? unknown_answer(name.unknown) : say(set);
}

static struct answer is_reference(struct machine *sh, struct shell_value name)
{
	const struct variable *reference = variable_reference(sh, name.bytes, name.len);

	if (name.unknown)
		return unknown_answer(name.unknown);
	return say(reference && reference->now.value);
}

static struct answer option_is_on(struct machine *sh, struct span span, struct shell_value name)
{
	unsigned option;

	if (name.unknown)
		return unknown_answer(name.unknown);
	if (!option_named(sh, name.bytes, &option))
		return say(false);
	/* nobody keeps count of those on which nothing depends */
	if (!option)
		return unknown_answer(
			origin_at(sh, span, NULL, "whether the option '%s' is on", name.bytes));
	return say(sh->set.options & option);
}

static struct answer unary(struct machine *sh, struct span span, const char *operation,
			   struct shell_value value)
{
	const struct shell_origin *unknown;
	bool yes;

	switch (operation[1]) {
	case 'n':
	case 'z':
		if (value.unknown)
			return unknown_answer(value.unknown);
		return say((operation[1] == 'n') == (value.len > 0));
	case 't':
		return unknown_answer(origin_at(sh, span, NULL, "whether somebody sits there"));
	case 'v':
		return is_set(sh, value);
	case 'R':
		return is_reference(sh, value);
	case 'o':
		return option_is_on(sh, span, value);
	default:
		yes = test_file(sh, span, operation[1] == 'a' ? 'e' : operation[1], value,
				&unknown);
		return unknown ? unknown_answer(unknown) : say(yes);
	}
}

static bool is_unary(const struct machine *sh, const char *word)
{
	return *word == '-' && word[1] && !word[2] &&
	       strchr(sh->bash ? "abcdefghknoprstuvwxzGLNOSR" : "bcdefghknprstuwxzGLOS", word[1]);
}

/* ---- two operands ---- */

/* False: no number. */
static bool read_number(struct shell_value value, long long *number)
{
	char *end;

	*number = strtoll(value.bytes, &end, 10);
	if (end == value.bytes)
		return false;
	while (isspace((unsigned char)*end))
		end++;
	return !*end;
}

static bool compare(const char *operation, long long a, long long b)
{
	if (!strcmp(operation, "-eq"))
		return a == b;
	if (!strcmp(operation, "-ne"))
		return a != b;
	if (!strcmp(operation, "-lt"))
		return a < b;
	if (!strcmp(operation, "-le"))
		return a <= b;
	if (!strcmp(operation, "-gt"))
		return a > b;
	return a >= b;
}

static bool is_comparison(const char *word)
{
	static const char *const all[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge" };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!strcmp(all[i], word))
			return true;
	}
	return false;
}

static bool is_of_files(const char *word)
{
	return !strcmp(word, "-nt") || !strcmp(word, "-ot") || !strcmp(word, "-ef");
}

static bool is_of_strings(const struct machine *sh, const char *word)
{
	return !strcmp(word, "=") || !strcmp(word, "!=") || !strcmp(word, "<") ||
	       !strcmp(word, ">") || (sh->bash && !strcmp(word, "=="));
}

static bool is_binary(const struct machine *sh, const char *word)
{
	return is_comparison(word) || is_of_files(word) || is_of_strings(sh, word);
}

static bool compare_strings(const char *operation, struct shell_value a, struct shell_value b)
{
	switch (*operation) {
	case '=':
		return value_same(&a, &b);
	case '!':
		return !value_same(&a, &b);
	case '<':
		return strcmp(a.bytes, b.bytes) < 0;
	default:
		return strcmp(a.bytes, b.bytes) > 0;
	}
}

static struct answer binary(struct machine *sh, struct span span, struct shell_value a,
			    const char *operation, struct shell_value b)
{
	long long x, y;

	if (a.unknown || b.unknown)
		return unknown_answer(a.unknown ? a.unknown : b.unknown);
	if (is_of_files(operation))
		return unknown_answer(origin_at(sh, span, NULL, "which of two files is newer"));
	if (is_of_strings(sh, operation))
		return say(compare_strings(operation, a, b));
	if (!read_number(a, &x))
		return wrong(sh, span, "there is no number in", a.bytes);
	if (!read_number(b, &y))
		return wrong(sh, span, "there is no number in", b.bytes);
	return say(compare(operation, x, y));
}

/* ---- test and [ ---- */

struct words {
	struct machine *sh;
	struct call *call;
	size_t at, end;
	unsigned depth;
};

static struct answer read_or(struct words *w);

static bool next_is(const struct words *w, size_t ahead, const char *text)
{
	return w->at + ahead < w->end && call_is(w->call, w->at + ahead, text);
}

static bool is_operator(const struct words *w, size_t ahead)
{
	return w->at + ahead < w->end && !w->call->words[w->at + ahead].unknown &&
	       is_binary(w->sh, w->call->words[w->at + ahead].bytes);
}

static struct answer read_primary(struct words *w)
{
	struct shell_value *words = w->call->words;
	struct answer answer;

	if (w->at >= w->end)
		return wrong(w->sh, w->call->span, "an argument is missing", "");
	if (w->end - w->at >= 3 && is_operator(w, 1)) {
		w->at += 3;
		return binary(w->sh, w->call->span, words[w->at - 3], words[w->at - 2].bytes,
			      words[w->at - 1]);
	}
	if (next_is(w, 0, "(") && w->end - w->at > 1 && w->depth < 200) {
		w->at++;
		w->depth++;
		answer = read_or(w);
		w->depth--;
		if (!next_is(w, 0, ")"))
			return wrong(w->sh, w->call->span, "')' is missing", "");
		w->at++;
		return answer;
	}
	if (w->end - w->at >= 2 && !words[w->at].unknown && is_unary(w->sh, words[w->at].bytes)) {
		w->at += 2;
		return unary(w->sh, w->call->span, words[w->at - 2].bytes, words[w->at - 1]);
	}
	return unary(w->sh, w->call->span, "-n", words[w->at++]);
}

static struct answer read_not(struct words *w)
{
	bool odd = false;
	struct answer answer;

	while (next_is(w, 0, "!") && w->end - w->at > 1 &&
	       !(w->end - w->at == 3 && is_operator(w, 1))) {
		odd = !odd;
		w->at++;
	}
	answer = read_primary(w);
	return odd ? not(answer) : answer;
}

static struct answer read_and(struct words *w)
{
	struct answer answer = read_not(w);

	while (next_is(w, 0, "-a") && answer.status < 2) {
		w->at++;
		answer = both(answer, read_not(w));
	}
	return answer;
}

static struct answer read_or(struct words *w)
{
	struct answer answer = read_and(w);

	while (next_is(w, 0, "-o") && answer.status < 2) {
		w->at++;
		answer = either(answer, read_and(w));
	}
	return answer;
}

/* POSIX: with up to four words their number says how they are read. */
static struct answer read_words(struct words *w)
{
	size_t n = w->end - w->at;
	struct answer answer;

	if (!n)
		return say(false);
	if (n == 1)
		return unary(w->sh, w->call->span, "-n", w->call->words[w->at]);
	if (n == 2 && next_is(w, 0, "!")) {
		w->at++;
		return not(read_words(w));
	}
	if (n == 3 && !is_operator(w, 1) && next_is(w, 0, "!")) {
		w->at++;
		return not(read_words(w));
	}
	if (n == 4 && next_is(w, 0, "!") && is_operator(w, 2)) {
		w->at++;
		return not(read_words(w));
	}
	answer = read_or(w);
	if (w->at < w->end && answer.status < 2)
		return wrong(w->sh, w->call->span, "what to do is not clear at",
			     w->call->words[w->at].bytes);
	return answer;
}

static void set_answer(struct machine *sh, struct answer answer)
{
	if (!machine_runs(sh))
		return;
	if (answer.unknown)
		set_unknown_status(sh, answer.unknown);
	else
		set_status(sh, answer.status);
}

void run_test(struct machine *sh, struct call *call)
{
	struct words w = { sh, call, 1, call->n, 0 };

	if (call_is(call, 0, "[")) {
		if (call->n < 2 || !call_is(call, call->n - 1, "]")) {
			if (call->many) {
				set_unknown_status(sh, call->many);
				return;
			}
			shell_error(sh, call->span, FATAL_NOT, "']' is missing");
			set_status(sh, 2);
			return;
		}
		w.end--;
	}
	/* how an unknown number of words is read, nobody knows; one that stands for a value can
	 * be empty, and then it is an error, which is as good as "no" */
	if (call->many && (call->n - 1 > 4 || w.end - w.at < 2)) {
		set_unknown_status(sh, call->many);
		return;
	}
	set_answer(sh, read_words(&w));
	if (call->many && machine_runs(sh) && !sh->set.status.unknown)
		set_unknown_status(sh, call->many);
}

/* ---- [[ ---- */

static struct answer evaluate(struct machine *sh, const struct shell_test *test);

static struct answer matches_pattern(struct machine *sh, const struct shell_test *test)
{
	struct shell_value text, word;
	struct pattern pattern;
	bool yes;

	if (!expand_one(sh, test->left, &text) || !expand_pattern(sh, test->right, &word))
		return say(false);
	if (text.unknown || word.unknown)
		return unknown_answer(text.unknown ? text.unknown : word.unknown);
	pattern = (struct pattern){ word.bytes, word.len, pattern_flags(sh) | PATTERN_EXTENDED };
	yes = pattern_match(&pattern, text.bytes, text.len);
	return say(yes == (*test->operator!= '!'));
}

static void keep_groups(struct machine *sh, const char *text, const regmatch_t *groups, size_t n)
{
	struct variable *variable = variables_get(&sh->vars, NAME_VARIABLE, "BASH_REMATCH", 12);
	struct content content = { 0 };
	size_t i;

	content.array = array_new();
	for (i = 0; i < n; i++) {
		const char *start = groups[i].rm_so < 0 ? text : text + groups[i].rm_so;
		size_t len = groups[i].rm_so < 0 ? 0 : (size_t)(groups[i].rm_eo - groups[i].rm_so);

		array_set(content.array, (long)i, NULL, text_new(&sh->vars.total, start, len));
	}
	variables_replace(&sh->vars, variable, content);
}

static struct answer matches_regex(struct machine *sh, const struct shell_test *test)
{
	struct shell_value text, word;
	regmatch_t groups[20];
	regex_t regex;
	struct answer answer;

	if (!expand_one(sh, test->left, &text) || !expand_regex(sh, test->right, &word))
		return say(false);
	if (text.unknown || word.unknown)
		return unknown_answer(text.unknown ? text.unknown : word.unknown);
	/* what takes the C library long, or memory, is not worth it */
	if (word.len > 500 || text.len > 100000 || strchr(word.bytes, '{'))
		sh->steps += 1000;
	if (word.len > 2000 ||
	    regcomp(&regex, word.bytes,
		    REG_EXTENDED | (sh->set.options & OPTION_NOCASEMATCH ? REG_ICASE : 0)))
		return wrong(sh, test->span, "this is no regular expression:", word.bytes);
	answer = say(!regexec(&regex, text.bytes, 20, groups, 0));
	keep_groups(sh, text.bytes, groups,
		    answer.status	     ? 0
		    : regex.re_nsub + 1 > 20 ? 20
					     : regex.re_nsub + 1);
	regfree(&regex);
	return answer;
}

/* In [[ ]] numbers are expressions. */
static struct answer compares(struct machine *sh, const struct shell_test *test)
{
	struct shell_value a, b;
	struct number x, y;
	const char *why;

	if (!expand_one(sh, test->left, &a) || !expand_one(sh, test->right, &b))
		return say(false);
	if (a.unknown || b.unknown)
		return unknown_answer(a.unknown ? a.unknown : b.unknown);
	if (!arithmetic(sh, test->span, a.bytes, a.len, &x, &why) ||
	    !arithmetic(sh, test->span, b.bytes, b.len, &y, &why)) {
		wrong(sh, test->span, "there is no number in", a.bytes);
		return say(false);
	}
	if (x.unknown || y.unknown)
		return unknown_answer(x.unknown ? x.unknown : y.unknown);
	return say(compare(test->operator, x.value, y.value));
}

static struct answer evaluate_binary(struct machine *sh, const struct shell_test *test)
{
	struct shell_value a, b;
	const char *operation = test->operator;

	if (!strcmp(operation, "=~"))
		return matches_regex(sh, test);
	if (!strcmp(operation, "=") || !strcmp(operation, "==") || !strcmp(operation, "!="))
		return matches_pattern(sh, test);
	if (is_comparison(operation))
		return compares(sh, test);
	if (!expand_one(sh, test->left, &a) || !expand_one(sh, test->right, &b))
		return say(false);
	return binary(sh, test->span, a, operation, b);
}

static struct answer evaluate_unary(struct machine *sh, const struct shell_test *test)
{
	struct shell_value value;

	/* the operand stands where the parser puts the only one */
	if (!expand_one(sh, test->left ? test->left : test->right, &value))
		return say(false);
	return unary(sh, test->span, test->kind == SHELL_TEST_WORD ? "-n" : test->operator, value);
}

/* a && b && c ...: the first ones without recursion. */
static struct answer evaluate_chain(struct machine *sh, const struct shell_test *test)
{
	const struct shell_test **nodes, *left;
	struct answer answer;
	size_t n = 0, i;

	for (left = test; left->kind == SHELL_TEST_AND || left->kind == SHELL_TEST_OR;
	     left = left->first)
		n++;
	nodes = scratch_alloc(sh->scratch, n * sizeof(*nodes));
	for (left = test, i = 0; i < n; left = left->first)
		nodes[i++] = left;
	answer = evaluate(sh, left);
	for (i = n; i-- > 0 && machine_runs(sh);) {
		bool is_or = nodes[i]->kind == SHELL_TEST_OR;

		if (!answer.unknown && (answer.status == 0) == is_or)
			continue;
		if (!answer.unknown)
			answer = evaluate(sh, nodes[i]->second);
		else if (is_or)
			answer = either(answer, evaluate(sh, nodes[i]->second));
		else
			answer = both(answer, evaluate(sh, nodes[i]->second));
	}
	return answer;
}

static struct answer evaluate(struct machine *sh, const struct shell_test *test)
{
	struct answer answer = { 2, NULL };

	if (!machine_step(sh) || !machine_enter(sh, test->span))
		return answer;
	switch (test->kind) {
	case SHELL_TEST_NOT:
		answer = not(evaluate(sh, test->first));
		break;
	case SHELL_TEST_AND:
	case SHELL_TEST_OR:
		answer = evaluate_chain(sh, test);
		break;
	case SHELL_TEST_BINARY:
		answer = evaluate_binary(sh, test);
		break;
	default:
		answer = evaluate_unary(sh, test);
		break;
	}
	machine_leave(sh);
	return answer;
}

void run_condition(struct machine *sh, const struct shell_test *test)
{
	set_answer(sh, evaluate(sh, test));
}
