/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint fmt: rewrite files in the canonical layout, or tell what would change.
 */
#include "emit/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/output.h"
#include "cmd/remarks.h"
#include "cmd/worker.h"
#include "emit/text_diff.h"

enum {
	STREAM_OUT,
	STREAM_REMARKS,
	N_STREAMS
};

struct fmt {
	const struct options *options;
	int status;
};

static bool is_stdin(const struct input *input)
{
	return strcmp(input->path, "-") == 0;
}

static int rewrite(const struct input *input, const struct buf *text)
{
	struct output output;

	if (!output_open(&output, input->path))
		return EXIT_TROUBLE;
	fwrite(buf_string(text), 1, text->len, output.file);
	return output_commit(&output) ? EXIT_CLEAN : EXIT_TROUBLE;
}

static int show(const struct options *options, const struct unit *unit, const struct buf *text,
		FILE *out)
{
	const struct source *source = unit->source;
	struct buf diff = BUF_INIT;

	if (options->diff) {
		line_diff(&diff, source->name, (struct line_text){ source->bytes, source->len },
			  (struct line_text){ buf_string(text), text->len });
		fwrite(buf_string(&diff), 1, diff.len, out);
		buf_free(&diff);
	} else {
		fprintf(out, "%s\n", source->name);
	}
	return EXIT_FINDINGS;
}

static bool has_errors(const struct diags *remarks)
{
	for (const struct diag *diag = remarks->first; diag; diag = diag->next)
		if (diag->level == LEVEL_ERROR)
			return true;
	return false;
}

static int format(const struct fmt *fmt, const struct input *input, const struct unit *unit,
		  FILE *const *streams)
{
	const struct source *source = unit->source;
	bool only_look = fmt->options->check || fmt->options->diff;
	struct buf text = BUF_INIT;
	struct diags remarks;
	int status = EXIT_CLEAN;
	bool is_changed;

	diags_init(&remarks, unit->arena);
	fmt_text(unit, &remarks, &text);
	remarks_print(streams[STREAM_REMARKS], unit, &remarks);
	is_changed =
		text.len != source->len || memcmp(buf_string(&text), source->bytes, text.len) != 0;
	if (only_look && is_changed)
		status = show(fmt->options, unit, &text, streams[STREAM_OUT]);
	else if (!only_look && is_stdin(input))
		fwrite(buf_string(&text), 1, text.len, streams[STREAM_OUT]);
	else if (is_changed)
		status = rewrite(input, &text);
	buf_free(&text);
	return status == EXIT_CLEAN && has_errors(&remarks) ? EXIT_FINDINGS : status;
}

static int run(void *context, const struct input *input, FILE *const *streams, void *result)
{
	const struct fmt *fmt = context;
	struct arena *arena = arena_new();
	struct unit *unit = load_unit(arena, input, fmt->options);
	int status = unit ? format(fmt, input, unit, streams) : EXIT_TROUBLE;

	(void)result;
	arena_free(arena);
	return status;
}

static void deliver(void *context, unsigned stream, const char *bytes, size_t len)
{
	(void)context;
	fwrite(bytes, 1, len, stream == STREAM_OUT ? stdout : stderr);
}

static void done(void *context, const struct input *input, int status, const void *result)
{
	struct fmt *fmt = context;

	(void)input;
	(void)result;
	if (status > fmt->status)
		fmt->status = status;
}

static int format_inputs(struct options *options, struct arena *arena)
{
	struct fmt fmt = { options, EXIT_CLEAN };
	struct inputs inputs = { 0 };
	struct jobs jobs = {
		.n_streams = N_STREAMS,
		.n_processes = options->jobs,
		.context = &fmt,
		.run = run,
		.deliver = deliver,
		.done = done,
	};

	load_inputs(&inputs, arena, options);
	jobs_run(&jobs, &inputs);
	if (inputs.status > fmt.status)
		fmt.status = inputs.status;
	free(inputs.list);
	return fmt.status;
}

int cmd_fmt(int argc, char **argv)
{
	return options_run(FOR_FMT, argc, argv, format_inputs);
}
