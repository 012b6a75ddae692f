/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint diff: two rules files, or one and an older revision of it, and for which packets
 * they are not the same.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/check_script.h"
#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/remarks.h"
#include "cmd/revision.h"
#include "cmd/worker.h"
#include "compare/compare.h"
#include "report/difference.h"

enum stream {
	STREAM_TEXT,
	STREAM_ERRORS,
	STREAM_COUNT,
};

struct diff {
	struct options *options;
	struct arena *arena;
	const struct difference_format *format;
	struct inputs inputs; /* the new ones */
	struct inputs old;    /* as many */
	size_t n_printed;
	bool is_begun; /* something of the input was printed */
	int status;
};

static void worse(struct diff *diff, int status)
{
	if (status > diff->status)
		diff->status = status;
}

/* ---- in the process of the family ---- */

static struct unit *load(const struct diff *diff, struct arena *arena, const struct input *input)
{
	return input->script ? check_script_unit(arena, input, diff->options)
			     : load_unit(arena, input, diff->options);
}

/* False after a complaint: its rules are not all known. */
static bool is_known(const struct unit *unit, FILE *errors)
{
	struct diags reasons;

	if (unit->is_partial) {
		fprintf(errors,
			"iptlint: %s: a part of the script could not be followed; iptlint check "
			"--show info tells where\n",
			unit->source->name);
		return false;
	}
	if (!unit->is_template && (unit->options.tools.backends & ~unit->refused_by))
		return true;
	diags_init(&reasons, unit->arena);
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		if (diag->refuses || unit->is_template)
			diag_repeat(&reasons, diag)->level = LEVEL_ERROR;
	}
	remarks_print(errors, unit, &reasons);
	fprintf(errors, "iptlint: %s does not load: it cannot be compared\n", unit->source->name);
	return false;
}

static int compare(const struct diff *diff, struct arena *arena,
		   const struct unit *const units[N_SIDES], FILE *const *streams)
{
	const struct comparison *list;
	int status = EXIT_CLEAN;

	if (units[SIDE_OLD]->is_fragment != units[SIDE_NEW]->is_fragment) {
		fprintf(streams[STREAM_ERRORS],
			"iptlint: one of %s and %s is for --noflush, the other is not: they cannot "
			"be compared\n",
			units[SIDE_OLD]->source->name, units[SIDE_NEW]->source->name);
		return EXIT_TROUBLE;
	}
	list = compare_units(arena, units);
	if (!list) {
		fprintf(streams[STREAM_ERRORS],
			"iptlint: no back end loads both %s and %s: they cannot be compared\n",
			units[SIDE_OLD]->source->name, units[SIDE_NEW]->source->name);
		return EXIT_TROUBLE;
	}
	diff->format->print(streams[STREAM_TEXT], list);
	for (; list; list = list->next) {
		if (!list->is_decided)
			return EXIT_TROUBLE;
		if (list->is_changed)
			status = EXIT_FINDINGS;
	}
	return status;
}

static int run(void *context, const struct input *input, FILE *const *streams, void *result)
{
	const struct diff *diff = context;
	const struct input *inputs[N_SIDES] = { &diff->old.list[input - diff->inputs.list], input };
	struct arena *arena = arena_new();
	const struct unit *units[N_SIDES];
	bool known = true;
	int status = EXIT_TROUBLE;

	(void)result;
	for (unsigned side = 0; side < N_SIDES; side++) {
		units[side] = load(diff, arena, inputs[side]);
		known &= units[side] && is_known(units[side], streams[STREAM_ERRORS]);
	}
	if (known)
		status = compare(diff, arena, units, streams);
	arena_free(arena);
	return status;
}

/* ---- what comes back ---- */

static void deliver(void *context, unsigned stream, const char *bytes, size_t len)
{
	struct diff *diff = context;

	if (stream == STREAM_ERRORS) {
		fwrite(bytes, 1, len, stderr);
		return;
	}
	if (!diff->is_begun && diff->n_printed++)
		fputs(diff->format->separator, stdout);
	diff->is_begun = true;
	fwrite(bytes, 1, len, stdout);
}

static void done(void *context, const struct input *input, int status, const void *result)
{
	struct diff *diff = context;

	(void)input;
	(void)result;
	diff->is_begun = false;
	worse(diff, status);
}

/* ---- which files ---- */

/* The inputs that one word makes: a file, or a script with both families. */
static bool load_word(const struct diff *diff, char *word, struct inputs *inputs)
{
	struct options *options = arena_memdup(diff->arena, diff->options, sizeof(*options));

	options->words = &word;
	options->n_words = 1;
	options->allow_empty = true; /* a directory is told off below */
	load_inputs(inputs, diff->arena, options);
	if (inputs->status != EXIT_CLEAN)
		return false;
	if (inputs->count && strcmp(inputs->list[0].path, word) == 0)
		return true;
	cmd_error("%s: diff takes two files, not a directory; --git compares all files of one",
		  word);
	return false;
}

static const struct input *find_family(const struct input *list, size_t n, enum family family)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].family == family)
			return &list[i];
	}
	return NULL;
}

/* Complains of those of LIST that the other list has nothing for. */
static void tell_lonely(struct diff *diff, const struct input *list, size_t n,
			const struct input *others, size_t n_others)
{
	for (size_t i = 0; i < n; i++) {
		if (find_family(others, n_others, list[i].family))
			continue;
		cmd_error("%s is for IPv%d, %s is not: -4 or -6 decides", list[i].name,
			  (int)list[i].family, others->name);
		worse(diff, EXIT_TROUBLE);
	}
}

/* What is to be compared: of two files each family that both have. */
static void pair_up(struct diff *diff, const struct inputs *old, const struct input *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct input *found = find_family(old->list, old->count, list[i].family);

		if (!found)
			continue;
		inputs_append(&diff->old, found);
		inputs_append(&diff->inputs, &list[i]);
	}
	tell_lonely(diff, old->list, old->count, list, n);
	tell_lonely(diff, list, n, old->list, old->count);
}

static bool load_two(struct diff *diff)
{
	struct inputs old = { 0 }, new = { 0 };
	bool done;

	if (diff->options->n_words != 2 ||
	    (!strcmp(diff->options->words[0], "-") && !strcmp(diff->options->words[1], "-"))) {
		cmd_error("diff takes two files, one of which may be '-' for standard input");
		return false;
	}
	done = load_word(diff, diff->options->words[0], &old) &&
	       load_word(diff, diff->options->words[1], &new);
	if (done)
		pair_up(diff, &old, new.list, new.count);
	free(old.list);
	free(new.list);
	return done;
}

/* The inputs from number I on that are of one file: of a script there may be two. */
static size_t count_families(const struct inputs *inputs, size_t i)
{
	const struct script_input *script = inputs->list[i].script;

	return script && i + 1 < inputs->count && inputs->list[i + 1].script == script ? 2 : 1;
}

/* Loads what the work tree has of the words. */
static void load_new(struct diff *diff, struct revision *revision, struct inputs *new)
{
	struct options *options = arena_memdup(diff->arena, diff->options, sizeof(*options));
	int n_words = options->n_words, n = 0;

	if (n_words == 0 && !revision_is_all_there(revision, NULL))
		worse(diff, EXIT_TROUBLE);
	options->words = arena_alloc(diff->arena, ((size_t)n_words + 1) * sizeof(*options->words));
	for (int i = 0; i < n_words; i++) {
		char *word = diff->options->words[i];
		bool is_all_there = revision_is_all_there(revision, word);

		if (!is_all_there)
			worse(diff, EXIT_TROUBLE);
		if (is_all_there || access(word, F_OK) == 0)
			options->words[n++] = word;
	}
	options->n_words = n;
	if (n || !n_words)
		load_inputs(new, diff->arena, options);
}

/* What cannot be compared does not keep the others from it. */
static bool load_revision(struct diff *diff)
{
	struct revision *revision = revision_new(diff->arena, diff->options);
	struct inputs new = { 0 };
	size_t n;

	load_new(diff, revision, &new);
	worse(diff, new.status);
	for (size_t i = 0; i < new.count; i += n) {
		struct inputs old = { 0 };

		n = count_families(&new, i);
		if (revision_load(revision, &new.list[i], &old))
			pair_up(diff, &old, &new.list[i], n);
		else
			worse(diff, EXIT_TROUBLE);
		free(old.list);
	}
	free(new.list);
	return true;
}

static bool choose_format(struct diff *diff)
{
	const struct options *options = diff->options;
	/* what IPTLINT_OPTS says of formats is for check */
	size_t n = options->formats_inherited ? 0 : options->n_formats;
	const char *name = n ? options->formats[0].name : "full";

	diff->format = difference_find(name);
	if (diff->format && (n == 0 || (n == 1 && !options->formats[0].path)))
		return true;
	if (!diff->format)
		cmd_error("diff prints full, markdown or json, not %s", name);
	else
		cmd_error("diff prints in one format, to standard output");
	return false;
}

static int diff_inputs(struct options *options, struct arena *arena)
{
	struct diff diff = { .options = options, .arena = arena };
	const struct jobs jobs = {
		.n_streams = STREAM_COUNT,
		.context = &diff,
		.run = run,
		.deliver = deliver,
		.done = done,
	};

	if (!choose_format(&diff))
		return EXIT_TROUBLE;
	if (options->git ? load_revision(&diff) : load_two(&diff)) {
		fputs(diff.format->begin, stdout);
		jobs_run(&jobs, &diff.inputs);
		fputs(diff.format->end, stdout);
	} else {
		diff.status = EXIT_TROUBLE;
	}
	free(diff.inputs.list);
	free(diff.old.list);
	return diff.status;
}

int cmd_diff(int argc, char **argv)
{
	return options_run(FOR_DIFF, argc, argv, diff_inputs);
}
