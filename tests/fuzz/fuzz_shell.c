/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes through the shell parser, as a script for sh and for bash: every node lies
 * inside of the source and of the node around it, commands of a list come in order, and
 * whoever refuses a script says why.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../unit/shell_tree.h"
#include "shell/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(struct span inner, struct span outer)
{
	if (inner.start > inner.end || inner.start < outer.start || inner.end > outer.end)
		abort();
}

static void check_command(const struct shell_command *command, struct span outer);

static void check_word(const struct shell_word *word, struct span outer)
{
	check_span(word->span, outer);
	for (const struct shell_part *part = word->first; part; part = part->next) {
		check_span(part->span, word->span);
		if (part->kind == SHELL_TEXT && part->of.text.len && !part->of.text.bytes)
			abort();
		if (part->kind == SHELL_COMMAND && part->of.command)
			check_command(part->of.command, part->span);
	}
}

static void check_list(const struct shell_command *command, struct span outer)
{
	uint32_t end = 0;

	for (; command; command = command->next) {
		if (command->span.start < end)
			abort();
		end = command->span.end;
		check_command(command, outer);
	}
}

static void check_command(const struct shell_command *command, struct span outer)
{
	check_span(command->span, outer);
	switch (command->kind) {
	case SHELL_SIMPLE:
		for (const struct shell_word *w = command->of.simple.words; w; w = w->next)
			check_word(w, command->span);
		break;
	case SHELL_PIPELINE:
	case SHELL_SEQUENCE:
		check_list(command->of.list, command->span);
		break;
	case SHELL_GROUP:
	case SHELL_SUBSHELL:
	case SHELL_NOT:
	case SHELL_BACKGROUND:
		check_command(command->of.body, command->span);
		break;
	case SHELL_AND:
	case SHELL_OR:
		check_command(command->of.pair.left, command->span);
		check_command(command->of.pair.right, command->span);
		break;
	case SHELL_IF:
		check_command(command->of.branch.condition, command->span);
		check_command(command->of.branch.then, command->span);
		break;
	}
}

static void parse(const char *text, size_t size, enum shell_dialect dialect)
{
	struct arena *arena = arena_new();
	struct source *source = source_new(arena, "fuzz", text, size);
	const struct span whole = { 0, (uint32_t)size };
	struct buf out = BUF_INIT;
	struct shell_script *script;
	struct diags diags;
	enum shell_dialect asked;
	const char *other;

	diags_init(&diags, arena);
	script = shell_parse(arena, source, dialect, &diags);
	shell_dialect_of(arena, source, &asked, &other);
	if (script->body) {
		print_command(&out, script->body);
		check_command(script->body, whole);
	}
	for (size_t i = 0; i < script->n_comments; i++)
		check_span(script->comments[i].span, whole);
	if (script->broken && !diags.count)
		abort();
	for (const struct diag *diag = diags.first; diag; diag = diag->next) {
		check_span(diag->span, whole);
		for (const struct related *related = diag->related; related;
		     related = related->next)
			check_span(related->span, whole);
	}
	buf_free(&out);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);

	parse(text, size, SHELL_SH);
	parse(text, size, SHELL_BASH);
	arena_free(arena);
	return 0;
}
