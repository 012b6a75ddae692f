/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of a script as text, for tests to compare:
 *
 *	(and (cmd test -f 'a b') (cmd echo ${x:-y} >1:out))
 *
 * Quoted text stands in '...', whatever quotes it had.
 */
#ifndef SHELL_TREE_H
#define SHELL_TREE_H

#include "base/buf.h"
#include "shell/syntax.h"

static void print_command(struct buf *out, const struct shell_command *command);
static void print_word(struct buf *out, const struct shell_word *word);

static inline void print_words(struct buf *out, const struct shell_word *word)
{
	for (; word; word = word->next) {
		print_word(out, word);
		if (word->next)
			buf_add_char(out, ' ');
	}
}

static inline void print_parameter(struct buf *out, const struct shell_parameter *p)
{
	static const char *const before[] = {
		[SHELL_LENGTH] = "#", [SHELL_NAMES] = "!", [SHELL_KEYS] = "!", [SHELL_BAD] = "BAD "
	};
	static const char *const after[] = { [SHELL_DEFAULT] = "-",
					     [SHELL_ASSIGN] = "=",
					     [SHELL_ERROR] = "?",
					     [SHELL_ALTERNATIVE] = "+",
					     [SHELL_CUT_PREFIX] = "#",
					     [SHELL_CUT_LONG_PREFIX] = "##",
					     [SHELL_CUT_SUFFIX] = "%",
					     [SHELL_CUT_LONG_SUFFIX] = "%%",
					     [SHELL_SUBSTRING] = ":",
					     [SHELL_REPLACE] = "/",
					     [SHELL_REPLACE_ALL] = "//",
					     [SHELL_REPLACE_PREFIX] = "/#",
					     [SHELL_REPLACE_SUFFIX] = "/%",
					     [SHELL_UPPER_FIRST] = "^",
					     [SHELL_UPPER] = "^^",
					     [SHELL_LOWER_FIRST] = ",",
					     [SHELL_LOWER] = ",,",
					     [SHELL_NAMES] = "*",
					     [SHELL_KEYS] = "",
					     [SHELL_BAD] = "" };

	buf_add_string(out, "${");
	buf_add_string(out, before[p->operation] ? before[p->operation] : "");
	buf_add_string(out, p->indirect ? "!" : "");
	buf_add_string(out, p->name);
	if (p->subscript) {
		buf_add_char(out, '[');
		print_word(out, p->subscript);
		buf_add_char(out, ']');
	}
	buf_add_string(out, p->colon ? ":" : "");
	buf_add_string(out, after[p->operation] ? after[p->operation] : "");
	if (p->argument)
		print_word(out, p->argument);
	if (p->second) {
		buf_add_string(out, p->operation == SHELL_SUBSTRING ? ":" : "/");
		print_word(out, p->second);
	}
	buf_add_char(out, '}');
}

static inline void print_part(struct buf *out, const struct shell_part *part)
{
	const char *quote = part->quoted ? part->kind == SHELL_TEXT ? "'" : "\"" : "";

	buf_add_string(out, quote);
	switch ((enum shell_part_kind)part->kind) {
	case SHELL_TEXT:
		buf_add(out, part->of.text.bytes, part->of.text.len);
		break;
	case SHELL_PARAMETER:
		print_parameter(out, part->of.parameter);
		break;
	case SHELL_COMMAND:
	case SHELL_PROCESS:
		buf_add_string(out, part->kind == SHELL_COMMAND ? "$" : part->output ? ">" : "<");
		buf_add_char(out, '{');
		if (part->of.command)
			print_command(out, part->of.command);
		buf_add_char(out, '}');
		break;
	case SHELL_ARITHMETIC:
		buf_add_string(out, "$((");
		print_word(out, part->of.arithmetic);
		buf_add_string(out, "))");
		break;
	case SHELL_ARRAY:
		buf_add_char(out, '(');
		print_words(out, part->of.array);
		buf_add_char(out, ')');
		break;
	}
	buf_add_string(out, quote);
}

static void print_word(struct buf *out, const struct shell_word *word)
{
	for (const struct shell_part *part = word->first; part; part = part->next)
		print_part(out, part);
}

static inline void print_redirections(struct buf *out, const struct shell_redirection *r)
{
	static const char *const signs[] = { "<", ">", ">>", "<>", "<&", ">&", "&>", "<<", "<<<" };

	for (; r; r = r->next) {
		buf_printf(out, " %s%s", signs[r->kind], r->append ? ">" : "");
		if (r->variable)
			buf_printf(out, "{%s}:", r->variable);
		else
			buf_printf(out, "%d:", r->fd);
		print_word(out, r->word);
	}
}

static inline void print_test(struct buf *out, const struct shell_test *test)
{
	static const char *const names[] = { "word", NULL, NULL, "not", "and", "or" };

	buf_printf(out, "(%s", test->operator ? test->operator : names[test->kind]);
	if (test->left) {
		buf_add_char(out, ' ');
		print_word(out, test->left);
	}
	if (test->right) {
		buf_add_char(out, ' ');
		print_word(out, test->right);
	}
	if (test->first) {
		buf_add_char(out, ' ');
		print_test(out, test->first);
	}
	if (test->second) {
		buf_add_char(out, ' ');
		print_test(out, test->second);
	}
	buf_add_char(out, ')');
}

static inline void print_simple(struct buf *out, const struct shell_command *command)
{
	const struct shell_assignment *a = command->of.simple.assignments;

	for (; a; a = a->next) {
		buf_printf(out, " %s", a->name);
		if (a->subscript) {
			buf_add_char(out, '[');
			print_word(out, a->subscript);
			buf_add_char(out, ']');
		}
		buf_add_string(out, a->append ? "+:=" : ":=");
		print_word(out, a->value);
	}
	if (command->of.simple.words) {
		buf_add_char(out, ' ');
		print_words(out, command->of.simple.words);
	}
}

static inline void print_child(struct buf *out, const struct shell_command *command)
{
	buf_add_char(out, ' ');
	print_command(out, command);
}

static inline void print_case(struct buf *out, const struct shell_command *command)
{
	const struct shell_case_item *item = command->of.choice.items;

	buf_add_char(out, ' ');
	print_word(out, command->of.choice.word);
	for (; item; item = item->next) {
		buf_add_string(out, " [");
		for (const struct shell_word *word = item->patterns; word; word = word->next) {
			print_word(out, word);
			buf_add_string(out, word->next ? "|" : "");
		}
		if (item->body)
			print_child(out, item->body);
		buf_printf(out, " %c]", item->end);
	}
}

static inline void print_count(struct buf *out, const struct shell_command *command)
{
	const struct shell_word *words[] = { command->of.count.start, command->of.count.test,
					     command->of.count.step };

	for (int i = 0; i < 3; i++) {
		buf_add_char(out, ' ');
		if (words[i])
			print_word(out, words[i]);
		else
			buf_add_char(out, '-');
	}
	print_child(out, command->of.count.body);
}

static inline void print_insides(struct buf *out, const struct shell_command *command)
{
	const struct shell_command *child;

	switch ((enum shell_command_kind)command->kind) {
	case SHELL_SIMPLE:
		print_simple(out, command);
		break;
	case SHELL_PIPELINE:
	case SHELL_SEQUENCE:
		for (child = command->of.list; child; child = child->next)
			print_child(out, child);
		break;
	case SHELL_AND:
	case SHELL_OR:
		print_child(out, command->of.pair.left);
		print_child(out, command->of.pair.right);
		break;
	case SHELL_NOT:
	case SHELL_BACKGROUND:
	case SHELL_GROUP:
	case SHELL_SUBSHELL:
		print_child(out, command->of.body);
		break;
	case SHELL_IF:
		print_child(out, command->of.branch.condition);
		print_child(out, command->of.branch.then);
		if (command->of.branch.otherwise)
			print_child(out, command->of.branch.otherwise);
		break;
	case SHELL_WHILE:
	case SHELL_UNTIL:
		print_child(out, command->of.loop.condition);
		print_child(out, command->of.loop.body);
		break;
	case SHELL_FOR:
	case SHELL_SELECT:
		buf_printf(out, " %s ", command->of.each.name);
		if (command->of.each.has_words) {
			buf_add_char(out, '[');
			print_words(out, command->of.each.words);
			buf_add_char(out, ']');
		} else {
			buf_add_char(out, '@');
		}
		print_child(out, command->of.each.body);
		break;
	case SHELL_FOR_ARITHMETIC:
		print_count(out, command);
		break;
	case SHELL_CASE:
		print_case(out, command);
		break;
	case SHELL_FUNCTION:
		buf_printf(out, " %s", command->of.function.name);
		print_child(out, command->of.function.body);
		break;
	case SHELL_CALCULATE:
		buf_add_char(out, ' ');
		print_word(out, command->of.arithmetic);
		break;
	case SHELL_CONDITION:
		buf_add_char(out, ' ');
		print_test(out, command->of.test);
		break;
	}
}

static void print_command(struct buf *out, const struct shell_command *command)
{
	static const char *const names[] = { "cmd",	 "pipe",  "not",   "and",   "or",
					     "seq",	 "bg",	  "group", "sub",   "if",
					     "while",	 "until", "for",   "for3",  "case",
					     "function", "calc",  "test",  "select" };

	buf_printf(out, "(%s", names[command->kind]);
	print_insides(out, command);
	print_redirections(out, command->redirections);
	buf_add_char(out, ')');
}

#endif
