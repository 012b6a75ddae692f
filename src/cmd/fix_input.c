/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fix may uncover another finding, so that the fixed text is loaded again, and again
 * until nothing changes.
 */
#include "cmd/fix_input.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/output.h"
#include "cmd/settings.h"
#include "emit/compile.h"
#include "emit/text_diff.h"
#include "fix/fix.h"
#include "fix/ignore.h"

/* Fixes that call for each other for ever would be a bug: this ends them. */
#define MAX_ROUNDS 20

/* What compile prints of a unit: malloc'ed, NULL if it refuses it. */
struct compiled {
	char *text;
	size_t len;
};

static struct compiled compile_unit(const struct unit *unit)
{
	const struct compile_options how = { .counters = true, .keep_names = true };
	struct compiled compiled = { NULL, 0 };
	const struct ruleset *ruleset;
	struct diags reasons;
	enum backend backend;
	FILE *out;

	diags_init(&reasons, unit->arena);
	if (!compile_allowed(unit, &how, &reasons, &ruleset, &backend))
		return compiled;
	out = open_memstream(&compiled.text, &compiled.len);
	if (!out)
		die_out_of_memory();
	compile_print(unit, ruleset, backend, &how, out);
	if (fclose(out) != 0)
		die_out_of_memory();
	return compiled;
}

static bool is_same_text(const struct compiled *a, const struct compiled *b)
{
	return a->text && b->text && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Does the unit still say what it said?  A file that was refused said nothing. */
static bool keeps_meaning(const struct compiled *before, const struct unit *unit)
{
	struct compiled now;
	bool same;

	if (!before->text)
		return true;
	now = compile_unit(unit);
	same = is_same_text(before, &now);
	free(now.text);
	return same;
}

/* The input with TEXT instead; its source is NULL if that is the same. */
static struct input with_text(struct arena *arena, const struct input *input,
			      const struct unit *unit, struct buf *text)
{
	struct input next = *input;
	char *bytes;

	next.source = NULL;
	if (text->len != unit->source->len ||
	    memcmp(buf_string(text), unit->source->bytes, text->len) != 0) {
		bytes = arena_alloc(arena, text->len + 1);
		memcpy(bytes, buf_string(text), text->len);
		next.source = source_new(arena, unit->source->name, bytes, text->len);
	}
	buf_free(text);
	return next;
}

static struct unit *load_again(const struct fixed_input *fixed, struct arena *arena,
			       const struct input *input, const struct options *options)
{
	return load_unit_with(arena, input, options, fixed->resolver, false);
}

/* Until nothing changes; false if a fix changes the meaning. */
static bool fix_rounds(struct fixed_input *fixed, struct arena *arena, const struct input *input,
		       const struct options *options, const struct compiled *before)
{
	for (int round = 0; round < MAX_ROUNDS; round++) {
		struct buf text = BUF_INIT;
		size_t n = fix_apply(fixed->unit, options->unsafe_fixes, &text);
		struct input next = with_text(arena, input, fixed->unit, &text);

		if (!next.source)
			return true;
		fixed->n_fixed += n;
		fixed->unit = load_again(fixed, arena, &next, options);
		if (!options->unsafe_fixes && !keeps_meaning(before, fixed->unit))
			return false;
		lint_run(fixed->unit, input->settings->selection);
	}
	return true;
}

/* Once; *IS_DONE if there is nothing left to silence. */
static bool add_some_ignores(struct fixed_input *fixed, struct arena *arena,
			     const struct input *input, const struct options *options,
			     bool *is_done)
{
	const struct ignore_options how = {
		.reason = options->ignore_reason,
		.in_rule = options->in_rule,
		.infos = input->settings->show_info,
	};
	struct compiled before = { NULL, 0 };
	struct buf text = BUF_INIT;
	struct input now = *input, next;
	const struct edit *edits = ignore_edits(fixed->unit, &how, &fixed->n_silenced);
	bool is_kept = true;

	*is_done = !edits || !fix_splice(fixed->unit->source, edits, &text);
	if (*is_done) {
		buf_free(&text);
		return true;
	}
	next = with_text(arena, input, fixed->unit, &text);
	now.source = fixed->unit->source; /* once more, since lint_run() drops records */
	if (!how.in_rule)
		before = compile_unit(load_again(fixed, arena, &now, options));
	fixed->unit = load_again(fixed, arena, &next, options);
	is_kept = keeps_meaning(&before, fixed->unit);
	lint_run(fixed->unit, input->settings->selection);
	free(before.text);
	return is_kept;
}

/* What is written into a rule may change what is found: two rules are no longer the same. */
static bool add_ignores(struct fixed_input *fixed, struct arena *arena, const struct input *input,
			const struct options *options)
{
	bool is_kept = true, is_done = false;

	for (int round = 0; round < MAX_ROUNDS && is_kept && !is_done; round++)
		is_kept = add_some_ignores(fixed, arena, input, options, &is_done);
	return is_kept;
}

bool fix_input(struct fixed_input *fixed, struct arena *arena, const struct input *input,
	       const struct options *options, struct resolver *resolver)
{
	bool only_ignores = options->add_ignore && !options->fix;
	struct compiled before = { NULL, 0 };
	bool is_kept = true;

	memset(fixed, 0, sizeof(*fixed));
	fixed->resolver = resolver;
	fixed->unit = load_again(fixed, arena, input, options);
	if (!fixed->unit)
		return false;
	fixed->before = fixed->unit->source;
	/* before lint_run(), which drops records; nobody else compares with it */
	if (!only_ignores && !options->unsafe_fixes)
		before = compile_unit(fixed->unit);
	lint_run(fixed->unit, input->settings->selection);
	if (!only_ignores)
		is_kept = fix_rounds(fixed, arena, input, options, &before);
	if (is_kept && options->add_ignore)
		is_kept = add_ignores(fixed, arena, input, options);
	free(before.text);
	if (!is_kept)
		cmd_error("%s: not fixed: a fix would change what is loaded, which is a bug in "
			  "iptlint",
			  input->name);
	return is_kept;
}

static bool is_unchanged(const struct fixed_input *fixed)
{
	return fixed->unit->source == fixed->before;
}

int fix_write(const struct fixed_input *fixed, const struct input *input, FILE *out)
{
	const struct source *source = fixed->unit->source;
	struct output output;
	struct stat info;

	if (strcmp(input->path, "-") == 0) {
		fwrite(source->bytes, 1, source->len, out);
		return EXIT_CLEAN;
	}
	if (is_unchanged(fixed))
		return EXIT_CLEAN;
	if (stat(input->path, &info) == 0 && !S_ISREG(info.st_mode)) {
		cmd_error("%s: not fixed: it is not a regular file", input->name);
		return EXIT_TROUBLE;
	}
	if (!output_open(&output, input->path))
		return EXIT_TROUBLE;
	fwrite(source->bytes, 1, source->len, output.file);
	return output_commit(&output) ? EXIT_CLEAN : EXIT_TROUBLE;
}

int fix_show(const struct fixed_input *fixed, FILE *out)
{
	const struct source *before = fixed->before, *after = fixed->unit->source;
	struct buf diff = BUF_INIT;

	if (is_unchanged(fixed))
		return EXIT_CLEAN;
	text_diff(&diff, before->name, (struct line_text){ before->bytes, before->len },
		  (struct line_text){ after->bytes, after->len });
	fwrite(buf_string(&diff), 1, diff.len, out);
	buf_free(&diff);
	return EXIT_FINDINGS;
}
