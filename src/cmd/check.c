/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint check: lint files and report.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cmd/baseline.h"
#include "cmd/check_script.h"
#include "cmd/cmd.h"
#include "cmd/fix_input.h"
#include "cmd/load.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/resolve.h"
#include "cmd/settings.h"
#include "cmd/siblings.h"
#include "cmd/since.h"
#include "cmd/stats.h"
#include "cmd/work_tree.h"
#include "cmd/worker.h"
#include "report/report.h"
#include "report/statistics.h"

/* One --format: where it goes to and what was printed so far. */
struct report {
	const struct report_format *format;
	struct report_options options;
	struct output output;
	struct buf summaries;
	bool any_record;
	bool in_frame; /* something of this frame was printed */
	bool in_summary;
};

struct check {
	const struct options *options;
	struct baselines *baselines;
	struct changes *changes; /* NULL: whatever is found is told */
	struct report reports[MAX_FORMATS];
	size_t n_reports;
	struct report_totals totals;
	size_t fixed; /* records */
	size_t silenced;
	int status;
};

/* ---- the job: in the process of the input's family ---- */

struct result {
	struct report_totals totals;
	size_t failing;
	size_t fixed;
	size_t silenced;
	struct script_told told;
	struct baseline_found baseline;
};

_Static_assert(sizeof(struct result) <= JOB_RESULT, "a result fits");

static size_t count_failing(const struct unit *unit, enum level fail_on)
{
	size_t n = 0;

	if (fail_on == LEVEL_DEFAULT)
		return 0;
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next)
		n += diag->level >= fail_on;
	return n;
}

static bool may_fix(const struct options *options)
{
	return options->fix || options->diff || options->add_ignore;
}

/* The unit of what is left, with the fixed text delivered; NULL after a complaint. */
static struct unit *fix(const struct check *check, struct arena *arena, const struct input *input,
			FILE *text, struct result *found, int *status)
{
	struct fixed_input fixed;
	bool resolves;
	struct resolver *resolver = resolve_new(arena, check->options, &resolves);

	if (!resolves || !fix_input(&fixed, arena, input, check->options, resolver))
		return NULL;
	found->fixed = fixed.n_fixed;
	found->silenced = fixed.n_silenced;
	if (check->options->diff)
		*status = fix_show(&fixed, text);
	else
		*status = fix_write(&fixed, input, text);
	return *status == EXIT_TROUBLE ? NULL : fixed.unit;
}

static struct unit *lint(const struct check *check, struct arena *arena, const struct input *input)
{
	bool resolves;
	struct resolver *resolver = resolve_new(arena, check->options, &resolves);
	struct unit *unit =
		resolves ? load_unit_with(arena, input, check->options, resolver, false) : NULL;

	if (unit)
		lint_run(unit, input->settings->selection);
	return unit;
}

static struct unit *lint_script(const struct check *check, struct arena *arena,
				const struct input *input, struct result *found)
{
	struct unit *unit = check_script_unit(arena, input, check->options);

	if (unit)
		check_script_lint(input, unit, input->settings->selection, &found->told);
	return unit;
}

/* Streams behind those of the reports. */
static unsigned text_stream(const struct check *check)
{
	return 2 * (unsigned)check->n_reports;
}

static unsigned baseline_stream(const struct check *check)
{
	return text_stream(check) + 1;
}

static void render(const struct report *report, const struct report_frame *frame,
		   const struct unit *unit, const struct settings *settings)
{
	const struct report_options how = {
		.colour = report->options.colour,
		.show_info = settings->show_info,
		.max_problems = settings->max_problems,
		.backends = settings->backends,
		.path = work_tree_path(unit->arena, unit->source->name),
	};

	report->format->frame(frame, unit, &how);
}

static int run(void *context, const struct input *input, FILE *const *streams, void *result)
{
	struct check *check = context;
	const struct settings *settings = input->settings;
	struct result *found = result;
	struct arena *arena = arena_new();
	int status = EXIT_CLEAN;
	struct unit *unit;

	if (input->script)
		unit = lint_script(check, arena, input, found);
	else if (may_fix(check->options))
		unit = fix(check, arena, input, streams[text_stream(check)], found, &status);
	else
		unit = lint(check, arena, input);
	if (unit) {
		if (check->options->stats)
			stats_print(stderr, unit);
		baseline_apply(check->baselines, input, unit, streams[baseline_stream(check)],
			       &found->baseline);
		if (check->changes)
			changes_apply(check->changes, input, unit);
		report_count(&found->totals, unit, settings->show_info);
		found->totals.baselined = found->baseline.n_set_aside;
		found->failing = count_failing(unit, settings->fail_on);
		for (size_t i = 0; i < check->n_reports; i++) {
			const struct report_frame frame = { streams[2 * i], streams[2 * i + 1] };

			render(&check->reports[i], &frame, unit, settings);
		}
		/* --diff is asked for the differences alone */
		if (found->failing && !check->options->diff)
			status = EXIT_FINDINGS;
	} else {
		status = EXIT_TROUBLE;
	}
	arena_free(arena);
	return status;
}

/* ---- what comes back ---- */

static void deliver_record(struct report *report, const char *bytes, size_t len)
{
	FILE *out = report->output.file;

	if (!report->in_frame && report->any_record && report->format->separator)
		fputs(report->format->separator, out);
	report->in_frame = true;
	report->any_record = true;
	fwrite(bytes, 1, len, out);
}

static void deliver_summary(struct report *report, const char *bytes, size_t len)
{
	if (!report->in_summary && report->summaries.len && report->format->separator)
		buf_add_string(&report->summaries, report->format->separator);
	report->in_summary = true;
	buf_add(&report->summaries, bytes, len);
}

static void deliver(void *context, unsigned stream, const char *bytes, size_t len)
{
	struct check *check = context;
	struct report *report = &check->reports[stream / 2];

	if (len == 0)
		return;
	if (stream == baseline_stream(check)) {
		baselines_told(check->baselines, bytes, len);
		return;
	}
	progress_hide_for_output();
	if (stream == text_stream(check))
		fwrite(bytes, 1, len, stdout);
	else if (stream % 2)
		deliver_summary(report, bytes, len);
	else
		deliver_record(report, bytes, len);
}

/* What comes next is another frame. */
static void end_frames(struct check *check)
{
	for (size_t i = 0; i < check->n_reports; i++) {
		check->reports[i].in_frame = false;
		check->reports[i].in_summary = false;
	}
}

static void done(void *context, const struct input *input, int status, const void *result)
{
	struct check *check = context;
	const struct result *found = result;

	check_script_done(input, &found->told);
	baselines_done(check->baselines, input, &found->baseline);
	report_add(&check->totals, &found->totals);
	check->fixed += found->fixed;
	check->silenced += found->silenced;
	if (status > check->status)
		check->status = status;
	end_frames(check);
	progress_step();
}

/* A baseline is no rules file: nothing is said of it but what stands in the unit. */
static void show_stale(void *context, const struct unit *unit, const struct input *input)
{
	struct check *check = context;
	const struct settings *settings = input->settings;
	struct report_totals totals = { 0 };

	for (size_t i = 0; i < check->n_reports; i++) {
		char *texts[2];
		size_t lens[2];
		const struct report_frame frame = { open_memstream(&texts[0], &lens[0]),
						    open_memstream(&texts[1], &lens[1]) };

		if (!frame.records || !frame.summary)
			die_out_of_memory();
		render(&check->reports[i], &frame, unit, settings);
		if (fclose(frame.records) != 0 || fclose(frame.summary) != 0)
			die_out_of_memory();
		deliver(check, 2 * (unsigned)i, texts[0], lens[0]);
		free(texts[0]);
		free(texts[1]);
	}
	end_frames(check);
	report_count(&totals, unit, settings->show_info);
	totals.files = 0;
	report_add(&check->totals, &totals);
	if (count_failing(unit, settings->fail_on) && check->status == EXIT_CLEAN)
		check->status = EXIT_FINDINGS;
}

/* ---- reports ---- */

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

static bool wants_colour(const struct options *options, const struct report *report)
{
	const char *term = getenv("TERM");

	if (strcmp(options->colour, "auto") != 0)
		return strcmp(options->colour, "always") == 0;
	return !report->output.path && isatty(STDOUT_FILENO) && !is_set("NO_COLOR") && term &&
	       strcmp(term, "dumb") != 0;
}

static const char *auto_format(void)
{
	const char *actions = getenv("GITHUB_ACTIONS");

	return actions && strcmp(actions, "true") == 0 ? "github" : "full";
}

static bool reads_stdin(const struct options *options)
{
	for (int i = 0; i < options->n_words; i++)
		if (strcmp(options->words[i], "-") == 0)
			return true;
	return false;
}

static bool open_report(struct check *check, const struct format_option *option)
{
	const struct options *options = check->options;
	struct report *report = &check->reports[check->n_reports];
	const char *name = strcmp(option->name, "auto") == 0 ? auto_format() : option->name;

	memset(report, 0, sizeof(*report));
	report->format = report_find(name);
	if (!output_open(&report->output, option->path))
		return false;
	if (!option->path && may_fix(check->options) && reads_stdin(check->options))
		report->output.file = stderr; /* the fixed text has standard output */
	report->options = (struct report_options){
		.colour = wants_colour(options, report),
		.show_info = options->show_info,
		.statistics = options->statistics,
	};
	if (report->format->begin)
		report->format->begin(report->output.file);
	check->n_reports++;
	return true;
}

static void close_report(struct check *check, struct report *report)
{
	if (report->any_record && report->format->closing)
		fputs(report->format->closing, report->output.file);
	if (report->format->end)
		report->format->end(report->output.file, &check->totals, &report->options,
				    buf_string(&report->summaries));
	buf_free(&report->summaries);
	if (!output_commit(&report->output))
		check->status = EXIT_TROUBLE;
}

/* What no format has a place for goes to standard error. */
static void print_statistics(const struct check *check)
{
	for (size_t i = 0; i < check->n_reports; i++)
		if (check->reports[i].format->has_statistics)
			return;
	if (check->options->statistics)
		statistics_print(stderr, &check->totals);
}

/* On a terminal one line tells that there was something to do. */
static void print_conclusion(const struct check *check)
{
	const struct report_totals *totals = &check->totals;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "%zu file%s checked", totals->files, totals->files == 1 ? "" : "s");
	if (check->fixed)
		fprintf(stderr, ", %zu finding%s %s", check->fixed, check->fixed == 1 ? "" : "s",
			check->options->diff ? "can be fixed" : "fixed");
	if (check->silenced)
		fprintf(stderr, ", %zu silenced", check->silenced);
	if (totals->baselined)
		fprintf(stderr, ", %zu in the baseline", totals->baselined);
	if (check->options->prune_baseline)
		fprintf(stderr, ", %zu removed from the baseline",
			baselines_n_written(check->baselines));
	if (totals->errors + totals->warnings == 0)
		fprintf(stderr, ", no problems\n");
	else
		fprintf(stderr, ": %zu error%s, %zu warning%s\n", totals->errors,
			totals->errors == 1 ? "" : "s", totals->warnings,
			totals->warnings == 1 ? "" : "s");
}

static bool open_reports(struct check *check)
{
	bool to_stdout = false;

	for (size_t i = 0; i < check->options->n_formats; i++) {
		const struct format_option *option = &check->options->formats[i];

		if (!option->path && to_stdout) {
			cmd_error(
				"two formats cannot both go to standard output: --format NAME=FILE");
			return false;
		}
		to_stdout |= !option->path;
		if (!option->path && check->options->diff)
			continue; /* the difference has standard output for itself */
		if (!open_report(check, option))
			return false;
	}
	return true;
}

static bool has_script(const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		if (inputs->list[i].script)
			return true;
	return false;
}

/* Does anybody read infos? */
static bool wants_infos(const struct check *check, const struct settings *settings)
{
	bool wanted = settings->show_info || settings->fail_on == LEVEL_INFO ||
		      may_fix(check->options) || check->options->prune_baseline;

	for (size_t i = 0; i < check->n_reports; i++)
		wanted |= check->reports[i].format->lists_infos;
	return wanted;
}

static void check_inputs(struct check *check, const struct inputs *inputs)
{
	const struct jobs jobs = {
		.n_streams = baseline_stream(check) + 1,
		.result_size = sizeof(struct result),
		.n_processes = check->options->jobs,
		.context = check,
		.run = run,
		.deliver = deliver,
		.done = done,
	};

	siblings_read(inputs, check->options);
	jobs_run(&jobs, inputs);
	baselines_stale(check->baselines, show_stale, check);
	if (!baselines_write(check->baselines))
		check->status = EXIT_TROUBLE;
}

/* Reads what this run is compared with; false after a complaint. */
static bool compare(struct check *check, struct arena *arena, const struct inputs *inputs)
{
	const struct options *options = check->options;

	check->baselines = baselines_load(arena, inputs, options);
	if (check->baselines && options->since)
		check->changes = changes_find(arena, inputs, options->since);
	return check->baselines && (!options->since || check->changes);
}

/* Options that cannot be meant together. */
static bool options_agree(const struct options *options)
{
	if (options->write_baseline && options->diff) {
		cmd_error("--write-baseline and --diff: what would be left is not there yet");
		return false;
	}
	if (options->since && may_fix(options)) {
		cmd_error("--since tells what was changed; it does not go with --fix, --diff and "
			  "--add-ignore");
		return false;
	}
	return true;
}

static int run_check(struct options *options, struct arena *arena)
{
	struct inputs inputs = { 0 };
	struct check check = { .options = options, .status = EXIT_CLEAN };

	if (options->unsafe_fixes)
		options->fix = true; /* nothing else can be meant */
	options->add_ignore |= options->in_rule;
	if (!options_agree(options) || !open_reports(&check)) {
		for (size_t i = 0; i < check.n_reports; i++)
			output_abandon(&check.reports[i].output);
		return EXIT_TROUBLE;
	}
	progress_begin();
	load_inputs(&inputs, arena, options);
	progress_total(inputs.count);
	if (may_fix(options) && has_script(&inputs))
		cmd_error("scripts are checked, but not fixed");
	for (size_t i = 0; i < inputs.count; i++)
		if (!wants_infos(&check, inputs.list[i].settings))
			lint_skip_infos(inputs.list[i].settings->selection);
	if (compare(&check, arena, &inputs))
		check_inputs(&check, &inputs);
	else
		check.status = EXIT_TROUBLE;
	changes_free(check.changes);
	progress_end();
	for (size_t i = 0; i < check.n_reports; i++)
		close_report(&check, &check.reports[i]);
	print_statistics(&check);
	print_conclusion(&check);
	free(inputs.list);
	return inputs.status > check.status ? inputs.status : check.status;
}

int cmd_check(int argc, char **argv)
{
	return options_run(FOR_CHECK, argc, argv, run_check);
}
