/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the sandbox, which knows programs and lines, and the journal, which knows calls
 * and spans.
 */
#include "cmd/run_script.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cmd/cmd.h"
#include "convert/notes.h"
#include "sandbox/sandbox.h"
#include "shell/parse.h"

struct running {
	struct script *script;
	const struct filters *filters;
	struct notes notes;
	/* For each call of the sandbox: one more than its number in the journal, or 0. */
	size_t *numbers;
	size_t n_calls, capacity;
};

/* The whole line without the blanks at its ends; nothing where it is not known. */
static struct span span_of(const struct script *script, const struct sandbox_place *place)
{
	const char *bytes = script->source->bytes;
	struct span span = { 0, 0 };

	if (!place->line || place->line > script->source->n_lines)
		return span;
	span = source_line_span(script->source, place->line);
	while (span.start < span.end && strchr(" \t", bytes[span.start]))
		span.start++;
	while (span.end > span.start && strchr(" \t;", bytes[span.end - 1]))
		span.end--;
	return span;
}

static void number_call(struct running *running, size_t number)
{
	if (running->n_calls == running->capacity) {
		running->capacity = running->capacity ? 2 * running->capacity : 64;
		running->numbers = alloc_resize(running->numbers,
						running->capacity * sizeof(*running->numbers));
	}
	running->numbers[running->n_calls++] = number;
}

/* Where calls stand is known only in the end, and all at once. */
static void place_calls(struct running *running, const struct sandbox_outcome *outcome)
{
	for (size_t i = 0; i < running->n_calls && i < outcome->n_places; i++) {
		const struct sandbox_place *place = &outcome->places[i];
		struct journal_call *made;

		if (!running->numbers[i])
			continue;
		made = &running->script->journal->calls[running->numbers[i] - 1];
		made->span = span_of(running->script, place);
		made->other_file = place->other_file;
	}
}

static void call(void *context, const struct sandbox_call *from, struct sandbox_answer *answer)
{
	struct running *running = context;
	struct arena *scratch = arena_new();
	struct span *spans = arena_alloc(scratch, from->n_words * sizeof(*spans));
	bool has_effect;
	struct journal_call made = {
		.words = from->words,
		.spans = spans,
		.n_words = from->n_words,
		.input = from->input,
		.input_len = from->input_len,
	};

	made.program = filter_program_of(from->name, &made.family);
	if (made.program == FILTER_NONE) {
		made.program = FILTER_OTHER;
	} else {
		made.status = running->filters->call(running->filters->context, &made, &answer->out,
						     &answer->err, &has_effect);
		answer->status = made.status;
		answer->is_known = true;
	}
	journal_add(running->script->journal, &made);
	number_call(running, running->script->journal->n_calls);
	if (made.program == FILTER_OTHER || (made.program == FILTER_IPSET && !made.status))
		notes_add_call(&running->notes, from->words, from->n_words);
	arena_free(scratch);
}

static void report(struct running *running, const struct sandbox_outcome *outcome)
{
	struct script *script = running->script;
	struct diags *diags = &script->diags;

	script->complete = outcome->limit == SANDBOX_LIMIT_NONE;
	if (outcome->limit != SANDBOX_LIMIT_NONE) {
		struct diag *diag = diag_add(diags, "unsupported-shell", (struct span){ 0, 0 },
					     "the script was ended: it used too much %s",
					     sandbox_limit_name(outcome->limit));

		diag->level = LEVEL_ERROR;
	}
	for (size_t i = 0; i < outcome->n_unanswered; i++) {
		const struct sandbox_unanswered *each = &outcome->unanswered[i];
		struct diag *diag =
			diag_add(diags, "unsupported-shell", span_of(script, &each->place),
				 "'%s' was answered with nothing, and the script reads "
				 "what it prints",
				 each->what);

		diag->level = LEVEL_WARNING;
		diag_hint(diags, diag, "--answer '%s=FILE' gives what it prints", each->what);
	}
	for (size_t i = 0; i < outcome->n_settings; i++)
		notes_add_file(&running->notes, outcome->settings[i].path,
			       outcome->settings[i].value);
	for (size_t i = 0; i < outcome->n_empty_files; i++) {
		struct diag *diag = diag_add(diags, "unsupported-shell", (struct span){ 0, 0 },
					     "the script looks into '%s', which is empty here",
					     outcome->empty_files[i]);

		diag->level = LEVEL_WARNING;
	}
	if (outcome->folder_is_cut)
		cmd_error("%s: the folder of the script is too large; it saw only a part",
			  script->source->name);
}

static const char *own_program(struct arena *arena)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	return len > 0 ? arena_strndup(arena, path, (size_t)len) : "/proc/self/exe";
}

static void fill_answers(struct arena *arena, const struct options *options,
			 struct sandbox_options *to)
{
	struct sandbox_file_answer *answers =
		arena_alloc(arena, (options->n_answers + 1) * sizeof(*answers));
	const char **definitions =
		arena_alloc(arena, (options->n_definitions + 1) * sizeof(*definitions));

	for (size_t i = 0; i < options->n_answers; i++) {
		const char *equals = strchr(options->answers[i], '=');

		answers[i].program = arena_strndup(arena, options->answers[i],
						   (size_t)(equals - options->answers[i]));
		answers[i].file = equals + 1;
	}
	for (size_t i = 0; i < options->n_definitions; i++)
		definitions[i] = arena_printf(arena, "%s=%s", options->definitions[i].name,
					      options->definitions[i].value);
	to->answers = answers;
	to->n_answers = options->n_answers;
	to->definitions = definitions;
	to->n_definitions = options->n_definitions;
}

bool run_script(struct arena *arena, const struct options *options, struct script *script,
		const char *path, const char *const *arguments, size_t n_arguments,
		const struct filters *filters)
{
	struct running running = { .script = script,
				   .filters = filters,
				   .notes = { .arena = arena } };
	const struct sandbox_handler handler = { &running, call };
	struct sandbox_options sandbox = {
		.program = own_program(arena),
		.script = path,
		.shell = script->shell->dialect == SHELL_SH ? "sh" : "bash",
		.shell_flags = shell_flags_of(arena, script->source),
		.arguments = arguments,
		.n_arguments = n_arguments,
		.home = getenv("HOME"),
	};
	struct sandbox_outcome outcome = { 0 };

	if (!strcmp(path, "-")) {
		cmd_error("--run needs a script that is a file");
		return false;
	}
	fill_answers(arena, options, &sandbox);
	if (!sandbox_run(arena, &sandbox, &handler, &outcome)) {
		cmd_error("%s: %s", path, outcome.error);
		if (outcome.hint)
			cmd_error("%s", outcome.hint);
		return false;
	}
	place_calls(&running, &outcome);
	free(running.numbers);
	report(&running, &outcome);
	script->cleans_up = true; /* nobody knows */
	script->notes = running.notes.list;
	script->n_notes = running.notes.n;
	return true;
}
