/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "[ -f FILE ] && . FILE": a file of settings that need not be there.  Where nobody can
 * say, it is taken as absent.  Looks at the shape of commands; runs nothing.
 */
#include <string.h>

#include "evaluate/expand.h"
#include "evaluate/machine.h"

#define MAX_DEPTH 20

struct asked {
	const struct shell_word *word; /* the file */
	bool negated;
};

static bool is_text(const struct shell_word *word, const char *text)
{
	const struct shell_part *part = word ? word->first : NULL;

	return part && !part->next && part->kind == SHELL_TEXT &&
	       part->of.text.len == strlen(text) &&
	       !memcmp(part->of.text.bytes, text, part->of.text.len);
}

static bool asks_for_file(const struct shell_word *word)
{
	return is_text(word, "-f") || is_text(word, "-r") || is_text(word, "-e") ||
	       is_text(word, "-s");
}

static bool read_simple(const struct shell_command *command, struct asked *asked)
{
	const struct shell_word *word = command->of.simple.words;
	bool bracket = is_text(word, "[");

	if (!bracket && !is_text(word, "test"))
		return false;
	word = word->next;
	if (is_text(word, "!")) {
		asked->negated = !asked->negated;
		word = word->next;
	}
	if (!asks_for_file(word) || !word->next)
		return false;
	asked->word = word->next;
	word = asked->word->next;
	return bracket ? is_text(word, "]") && !word->next : !word;
}

static bool read_condition(const struct shell_command *command, struct asked *asked)
{
	const struct shell_test *test;

	if (command->kind == SHELL_NOT) {
		asked->negated = true;
		command = command->of.body;
	}
	if (command->kind == SHELL_SIMPLE)
		return read_simple(command, asked);
	if (command->kind != SHELL_CONDITION)
		return false;
	test = command->of.test;
	if (test->kind == SHELL_TEST_NOT) {
		asked->negated = !asked->negated;
		test = test->first;
	}
	if (test->kind != SHELL_TEST_UNARY || strlen(test->operator) != 2 ||
	    !strchr("fres", test->operator[1]))
		return false;
	asked->word = test->left;
	return true;
}

/* Only what can be expanded without running anything. */
static const char *path_in(struct machine *sh, const struct shell_word *word)
{
	const struct shell_part *part;
	struct shell_value value;

	for (part = word ? word->first : NULL; part; part = part->next) {
		if (part->kind != SHELL_TEXT && (part->kind != SHELL_PARAMETER ||
						 part->of.parameter->operation != SHELL_PLAIN ||
						 sh->set.options & OPTION_NOUNSET))
			return NULL;
	}
	if (!word || !expand_one(sh, word, &value) || value.unknown || !value.len)
		return NULL;
	return path_of(sh, value.bytes, value.len);
}

/* ". PATH" among the commands that are run there in any case. */
static bool sources(struct machine *sh, const struct shell_command *command, const char *path,
		    unsigned depth)
{
	const struct shell_word *words;
	const char *other;

	if (!command || depth > MAX_DEPTH)
		return false;
	switch (command->kind) {
	case SHELL_SIMPLE:
		words = command->of.simple.words;
		if (!is_text(words, ".") && !is_text(words, "source"))
			return false;
		other = path_in(sh, words->next);
		return other && !strcmp(other, path);
	case SHELL_SEQUENCE:
		for (command = command->of.list; command; command = command->next) {
			if (sources(sh, command, path, depth + 1))
				return true;
		}
		return false;
	case SHELL_GROUP:
		return sources(sh, command->of.body, path, depth + 1);
	case SHELL_AND:
	case SHELL_OR:
		return sources(sh, command->of.pair.left, path, depth + 1);
	default:
		return false;
	}
}

/* The path that CONDITION asks for and BRANCH reads; NULL: it is not of that shape. */
static const char *optional_file(struct machine *sh, const struct shell_command *condition,
				 const struct shell_command *branch, bool when_true)
{
	struct asked asked = { NULL, false };
	const char *path;

	if (!branch || !read_condition(condition, &asked) || asked.negated == when_true)
		return NULL;
	path = path_in(sh, asked.word);
	return path && sources(sh, branch, path, 0) ? path : NULL;
}

bool takes_as_absent(struct machine *sh, const struct shell_command *condition,
		     const struct shell_command *branch, bool when_true)
{
	const char *path = optional_file(sh, condition, branch, when_true);

	/* what else is done there would be lost */
	if (!path || holds_calls(sh, branch))
		return false;
	report_absent(sh, condition->span, path);
	return true;
}

void note_absent(struct machine *sh, const struct shell_command *condition,
		 const struct shell_command *branch, bool when_true)
{
	const char *path = optional_file(sh, condition, branch, when_true);

	if (path && *path && *path != '/' && machine_runs(sh))
		report_absent(sh, condition->span, path);
}
