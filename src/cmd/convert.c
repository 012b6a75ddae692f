/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint convert: a shell script, the rules files that it would leave.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/remarks.h"
#include "cmd/script.h"
#include "cmd/worker.h"
#include "convert/comments.h"
#include "emit/compile.h"
#include "emit/reload.h"
#include "lint/lint.h"

enum stream {
	STREAM_RULES,
	STREAM_FINDINGS,
	STREAM_COUNT,
};

/* What the process of one family found. */
struct result {
	bool findings;	 /* warnings or errors */
	bool incomplete; /* a rule has no place in a file */
};

struct convert {
	const struct options *options;
	struct script *script;
	struct lint_selection *selection;
	const struct input *first; /* it tells what the shell's side found */
	const struct input *now;
	struct buf rules[2]; /* IPv4, IPv6 */
	int status;
};

static size_t index_of(enum family family)
{
	return family == FAMILY_IPV6;
}

/* ---- in the process of the family ---- */

static const char *take_comment(void *context, const struct statement *origin)
{
	return comments_take(context, origin);
}

/* A rule whose text is read as another one, or not at all, has no place in a file. */
static bool check_text(struct unit *unit, const struct ruleset *ruleset, enum backend backend)
{
	const struct saver saver = saver_for(unit, backend);
	struct diags found;

	diags_init(&found, unit->arena);
	reload_check(&saver, ruleset, &found);
	for (const struct diag *diag = found.first; diag; diag = diag->next)
		diag_repeat(&unit->diags, diag)->level = LEVEL_ERROR;
	return !found.first;
}

static int run(void *context, const struct input *input, FILE *const *streams, void *result)
{
	struct convert *convert = context;
	struct result *found = result;
	struct arena *arena = arena_new();
	struct unit *unit =
		script_unit(convert->script, arena, input->family, input == convert->first);
	const struct compile_options how = {
		.comment = convert->options->no_comments ? NULL : take_comment,
		.context = comments_new(arena, convert->script->shell),
	};
	const struct ruleset *ruleset = unit_ruleset(unit);
	enum backend backend = unit->legacy ? BACKEND_LEGACY : BACKEND_NFT;

	found->incomplete = !check_text(unit, ruleset, backend);
	lint_run(unit, convert->selection);
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next)
		found->findings |= diag->level >= LEVEL_WARNING;
	remarks_print(streams[STREAM_FINDINGS], unit, &unit->diags);
	if (journal_touches(convert->script->journal, input->family) ||
	    convert->script->from[index_of(input->family)])
		compile_print(unit, ruleset, backend, &how, streams[STREAM_RULES]);
	arena_free(arena);
	return EXIT_CLEAN;
}

/* ---- what comes back ---- */

static void deliver(void *context, unsigned stream, const char *bytes, size_t len)
{
	struct convert *convert = context;

	if (stream == STREAM_FINDINGS)
		fwrite(bytes, 1, len, stderr);
	else
		buf_add(&convert->rules[index_of(convert->now->family)], bytes, len);
}

static void done(void *context, const struct input *input, int status, const void *result)
{
	struct convert *convert = context;
	const struct result *found = result;

	if (found->findings && convert->status == EXIT_CLEAN)
		convert->status = EXIT_FINDINGS;
	if (status > convert->status)
		convert->status = status;
	if (found->incomplete)
		convert->script->complete = false;
	convert->now = input + 1;
}

/* ---- what is written ---- */

static bool write_to(const char *path, const struct buf *text)
{
	struct output output;

	if (!output_open(&output, path))
		return false;
	fwrite(text->data, 1, text->len, output.file);
	return output_commit(&output);
}

static bool write_family(const struct convert *convert, enum family family, const char *path)
{
	const struct buf *rules = &convert->rules[index_of(family)];

	if (rules->len)
		return write_to(path, rules);
	if (strcmp(path, "-") && access(path, F_OK) == 0)
		cmd_error("%s is left as it is: the script does nothing for IPv%d", path,
			  (int)family);
	return true;
}

/* Writes what was chosen; an exit status. */
static int write_all(const struct convert *convert)
{
	const struct options *options = convert->options;
	const char *paths[2] = { options->output4, options->output6 };
	bool to_stdout = !paths[0] && !paths[1];
	enum family only = options->family;
	bool ok = true;

	if (to_stdout && only == FAMILY_UNSPEC && convert->rules[0].len && convert->rules[1].len) {
		cmd_error(
			"%s: the script has rules for IPv4 and IPv6: choose one with -4 or -6, or "
			"write both with --output4 FILE --output6 FILE",
			convert->script->source->name);
		return EXIT_TROUBLE;
	}
	for (int i = 0; i < 2; i++) {
		enum family family = i ? FAMILY_IPV6 : FAMILY_IPV4;
		bool is_chosen = to_stdout && (only == family || only == FAMILY_UNSPEC);

		if (paths[i])
			ok &= write_family(convert, family, paths[i]);
		else if (is_chosen && convert->rules[i].len)
			ok &= write_to(NULL, &convert->rules[i]);
		else if (convert->rules[i].len)
			cmd_error("%s: rules for IPv%d are not written: --output%d FILE",
				  convert->script->source->name, (int)family, (int)family);
	}
	return ok ? EXIT_CLEAN : EXIT_TROUBLE;
}

/* Ready to paste. */
static void print_notes(const struct script *script)
{
	static const char *const titles[NOTE_KINDS] = {
		[NOTE_SETTING] = "for a file in /etc/sysctl.d",
		[NOTE_MODULE] = "for a file in /etc/modules-load.d",
		[NOTE_SET] = "ipset commands, to be run before the rules are loaded",
		[NOTE_PROGRAM] = "other programs that the script calls",
		[NOTE_FILE] = "files that the script writes",
	};

	for (int kind = 0; kind < NOTE_KINDS; kind++) {
		bool any = false;

		for (size_t i = 0; i < script->n_notes; i++) {
			if ((int)script->notes[i].kind != kind)
				continue;
			if (!any)
				fprintf(stderr, "# not in the rules: %s\n", titles[kind]);
			any = true;
			fprintf(stderr, "%s%s\n", kind >= NOTE_PROGRAM ? "#   " : "",
				script->notes[i].text);
		}
	}
}

/* ---- the whole ---- */

/* What is wrong with the commands, and what could not be followed; rules are not judged. */
static struct lint_selection *select_rules(struct arena *arena)
{
	struct lint_selection *selection = lint_selection_new(arena);

	lint_select(selection, "load");
	/* what a comment is good for, check says */
	lint_select(selection, "malformed-suppression");
	lint_select(selection, "unknown-suppression");
	lint_select(selection, "unsupported-shell");
	lint_select(selection, "assumed-absent-file");
	lint_select(selection, "script-needs-argument");
	return selection;
}

static int convert_families(struct convert *convert)
{
	struct input list[2] = { 0 };
	struct inputs inputs = { .list = list };
	const struct jobs jobs = {
		.n_streams = STREAM_COUNT,
		.result_size = sizeof(struct result),
		.context = convert,
		.run = run,
		.deliver = deliver,
		.done = done,
	};

	for (int i = 0; i < 2; i++) {
		enum family family = i ? FAMILY_IPV6 : FAMILY_IPV4;

		if (journal_touches(convert->script->journal, family) || convert->script->from[i] ||
		    (i && !inputs.count))
			list[inputs.count++] = (struct input){
				.name = convert->script->source->name,
				.family = family,
			};
	}
	convert->first = convert->now = &list[0];
	jobs_run(&jobs, &inputs);
	return convert->status;
}

static int convert_script(struct options *options, struct arena *arena)
{
	struct convert convert = { .options = options, .selection = select_rules(arena) };
	const struct source *source;
	const char *why;
	int status;

	if (options->n_words == 0) {
		cmd_error("convert takes a script, or '-' for standard input, and its arguments");
		return EXIT_TROUBLE;
	}
	source = source_read(arena, options->words[0], &why);
	if (!source) {
		cmd_error("%s: %s", options->words[0], why);
		return EXIT_TROUBLE;
	}
	convert.script =
		script_load(arena, options, options->words[0], source,
			    (const char *const *)options->words + 1, (size_t)options->n_words - 1);
	if (!convert.script)
		return EXIT_TROUBLE;
	status = convert_families(&convert);
	if (!convert.script->complete && status < EXIT_FINDINGS)
		status = EXIT_FINDINGS;
	if (convert.script->complete || options->partial) {
		int written = write_all(&convert);

		if (written > status)
			status = written;
		print_notes(convert.script);
	} else if (!convert.script->refused_by) {
		cmd_error(
			"%s: nothing is written, since a part of the script could not be followed; "
			"--partial writes the rest",
			source->name);
	}
	for (int i = 0; i < 2; i++)
		buf_free(&convert.rules[i]);
	return status;
}

int cmd_convert(int argc, char **argv)
{
	return options_run(FOR_CONVERT, argc, argv, convert_script);
}
