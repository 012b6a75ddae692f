/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint test: holds a rules file against promises about packets.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/output.h"
#include "cmd/test_report.h"

struct job {
	struct arena *arena;
	const struct options *options;
	struct expectations *tests; /* one for each file */
	uint32_t n_tests;
};

/* ---- files of expectations ---- */

static struct assumption *read_assumptions(const struct job *job)
{
	const struct options *options = job->options;
	struct assumption *list = arena_alloc(job->arena, (options->n_assumed + 1) * sizeof(*list));

	for (size_t i = 0; i < options->n_assumed; i++) {
		const char *why;

		if (!assumption_read(&list[i], job->arena, options->assumed[i], &why)) {
			cmd_error("--assume: %s", why);
			return NULL;
		}
	}
	return list;
}

static bool read_tests(struct job *job, const char *path, const struct assumption *assumed)
{
	struct expectations *tests = &job->tests[job->n_tests++];
	const char *why;
	const struct source *source = source_read(job->arena, path, &why);

	if (!source) {
		cmd_error("%s: %s", path, why);
		return false;
	}
	expectations_read(tests, job->arena, source, assumed, job->options->n_assumed);
	return true;
}

/* Addresses of the other family, where no line says that they are for such files. */
static void complain_of_family(const struct job *job, struct expectations *tests,
			       const struct unit *unit)
{
	for (const struct expectation *each = tests->first; each; each = each->next) {
		struct diag *diag;

		if (each->family != FAMILY_UNSPEC && each->family != unit->family)
			continue;
		if (each->set.family == FAMILY_UNSPEC || each->set.family == unit->family)
			continue;
		diag = diag_add(&tests->diags, "expectation", each->set.family_at,
				"'%s': this is of IPv%d, and %s is for IPv%d",
				arena_strndup(job->arena,
					      tests->source->bytes + each->set.family_at.start,
					      each->set.family_at.end - each->set.family_at.start),
				each->set.family, unit->source->name, unit->family);
		diag_hint(&tests->diags, diag,
			  "'@family %d' above it keeps it for files of that family",
			  each->set.family);
	}
}

/* ---- the run ---- */

static void run_one(struct test_run *run, const struct world *world,
		    const struct expectations *tests, const struct expectation *expectation)
{
	struct test_result *result = &run->results[run->n++];

	result->tests = tests;
	result->expectation = expectation;
	result->is_skipped =
		expectation->family != FAMILY_UNSPEC && expectation->family != run->unit->family;
	if (result->is_skipped) {
		run->n_skipped++;
		return;
	}
	verify(&result->finding, world, expectation);
	run->counts[result->finding.result]++;
}

static void run_all(const struct job *job, struct test_run *run)
{
	struct world world;
	const char *const *interfaces;
	uint32_t n_interfaces, n = 0;

	interfaces = verify_interfaces(job->arena, job->tests, job->n_tests, &n_interfaces);
	world_init(&world, job->arena, run->unit, interfaces, n_interfaces);
	for (uint32_t i = 0; i < job->n_tests; i++)
		n += job->tests[i].n;
	run->results = arena_alloc(job->arena, (n + 1) * sizeof(*run->results));
	for (uint32_t i = 0; i < job->n_tests; i++) {
		for (const struct expectation *each = job->tests[i].first; each; each = each->next)
			run_one(run, &world, &job->tests[i], each);
	}
	world_done(&world);
}

static const struct test_format *find_format(const char *name)
{
	for (const struct test_format *each = test_formats; each->name; each++) {
		if (!strcmp(each->name, name))
			return each;
	}
	return NULL;
}

static bool print(const struct options *options, const struct test_run *run)
{
	if (!options->n_formats)
		test_formats[0].print(stdout, run);
	for (size_t i = 0; i < options->n_formats; i++) {
		const struct test_format *format = find_format(options->formats[i].name);
		struct output output;

		if (!options->formats[i].path) {
			format->print(stdout, run);
			continue;
		}
		if (!output_open(&output, options->formats[i].path))
			return false;
		format->print(output.file, run);
		if (!output_commit(&output))
			return false;
	}
	return true;
}

static int test_unit(const struct job *job, const struct unit *unit)
{
	struct test_run run = { .unit = unit };
	bool is_wrong = false;

	for (uint32_t i = 0; i < job->n_tests; i++) {
		complain_of_family(job, &job->tests[i], unit);
		diags_sort(&job->tests[i].diags);
		is_wrong |= job->tests[i].diags.count > 0;
		test_print_errors(stderr, &job->tests[i]);
	}
	if (is_wrong)
		return EXIT_TROUBLE;
	run_all(job, &run);
	if (run.n == run.n_skipped) {
		cmd_error("nothing is promised: no line of %s is for IPv%d",
			  job->n_tests == 1 ? job->tests[0].source->name : "the tests",
			  unit->family);
		return EXIT_TROUBLE;
	}
	if (!print(job->options, &run))
		return EXIT_TROUBLE;
	return run.counts[VERIFIED_PASSED] + run.n_skipped == run.n ? EXIT_CLEAN : EXIT_FINDINGS;
}

static int test_input(struct options *options, struct arena *arena, const struct input *input,
		      char **tests, int n)
{
	struct job job = { .arena = arena, .options = options };
	const struct assumption *assumed = read_assumptions(&job);
	const struct unit *unit;
	bool done = assumed != NULL;

	job.tests = arena_alloc(arena, (size_t)n * sizeof(*job.tests));
	for (int i = 0; i < n && done; i++)
		done = read_tests(&job, tests[i], assumed);
	unit = done ? load_unit(arena, input, options) : NULL;
	if (!unit)
		return EXIT_TROUBLE;
	if (unit->is_template || !(unit->options.tools.backends & ~unit->refused_by)) {
		cmd_error("%s: the file does not load, so nothing can be promised of it; "
			  "'iptlint check %s' says why",
			  input->name, input->name);
		return EXIT_TROUBLE;
	}
	return test_unit(&job, unit);
}

/* ---- the command line ---- */

static bool knows_formats(const struct options *options)
{
	for (size_t i = 0; i < options->n_formats; i++) {
		if (!find_format(options->formats[i].name)) {
			cmd_error("test prints full, junit or json, not %s",
				  options->formats[i].name);
			return false;
		}
	}
	return true;
}

static bool reads_input_once(const struct options *options)
{
	int n = 0;

	for (int i = 0; i < options->n_words; i++)
		n += !strcmp(options->words[i], "-");
	if (n > 1)
		cmd_error("'-' is standard input, which can be one of the files");
	return n <= 1;
}

static int test_inputs(struct options *options, struct arena *arena)
{
	struct inputs inputs = { 0 };
	char **tests = options->words + 1;
	int status, n = options->n_words - 1;

	if (n < 1) {
		cmd_error("test takes a rules file and files of expectations: "
			  "iptlint test rules.v4 rules.test");
		return EXIT_TROUBLE;
	}
	if (!knows_formats(options) || !reads_input_once(options))
		return EXIT_TROUBLE;
	options->n_words = 1;
	options->allow_empty = true; /* a directory is told off below */
	load_inputs(&inputs, arena, options);
	status = inputs.status;
	if (inputs.count == 1 && !strcmp(inputs.list[0].path, options->words[0])) {
		status = test_input(options, arena, &inputs.list[0], tests, n);
	} else if (status == EXIT_CLEAN) {
		cmd_error("%s: test takes one rules file, not a directory", options->words[0]);
		status = EXIT_TROUBLE;
	}
	free(inputs.list);
	return status;
}

int cmd_test(int argc, char **argv)
{
	return options_run(FOR_TEST, argc, argv, test_inputs);
}
