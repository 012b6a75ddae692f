/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sibling is an input of its own, with its own settings; what is wrong with it is said when
 * it is checked itself.
 */
#include "cmd/siblings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyse/analysis.h"
#include "base/alloc.h"
#include "cmd/cmd.h"
#include "cmd/family.h"
#include "cmd/load.h"
#include "cmd/worker.h"
#include "lint/lint.h"
#include "lint/select.h"
#include "lint/sibling.h"

/* ---- by name ---- */

static bool is_wanted(const struct input *input)
{
	static const char *const rules[] = { "family-gap", "wrong-family-protocol" };

	if (input->script || !strcmp(input->path, "-"))
		return false;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (selection_runs(input->settings->selection, lint_find(rules[i])))
			return true;
	}
	return false;
}

static bool is_readable_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, R_OK) == 0;
}

static bool is_input(const struct inputs *inputs, const char *path)
{
	for (size_t i = 0; i < inputs->count; i++) {
		if (!inputs->list[i].script && !strcmp(inputs->list[i].path, path))
			return true;
	}
	return false;
}

static void find(struct inputs *inputs, struct input *input, struct arena *arena,
		 struct configurations *configurations)
{
	bool is_by_folder;
	const char *path = family_other_path(arena, input->path, input->family, &is_by_folder);
	struct sibling *sibling;
	struct input *beside;

	if (!path || (is_by_folder && !is_readable_file(path)))
		return;
	sibling = arena_new_object(arena, struct sibling);
	sibling->name = path;
	sibling->is_there = is_readable_file(path);
	sibling->is_checked = is_input(inputs, path);
	input->sibling = sibling;
	/* of the two of a pair the IPv6 one tells about both */
	if (!sibling->is_there || (sibling->is_checked && input->family == FAMILY_IPV4))
		return;
	beside = arena_new_object(arena, struct input);
	beside->path = beside->name = path;
	beside->settings = settings_for(configurations, path);
	beside->family = input->family == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4;
	if (beside->settings && (beside->settings->family == FAMILY_UNSPEC ||
				 beside->settings->family == beside->family))
		input->beside = beside;
}

void siblings_find(struct inputs *inputs, struct arena *arena,
		   struct configurations *configurations)
{
	for (size_t i = 0; i < inputs->count; i++) {
		if (is_wanted(&inputs->list[i]))
			find(inputs, &inputs->list[i], arena, configurations);
	}
}

/* ---- what is in them ---- */

struct found {
	uint64_t text;
	struct open_ports ports;
};

_Static_assert(sizeof(struct found) <= JOB_RESULT, "what is found fits");

struct reading {
	const struct options *options;
	struct inputs files;	   /* siblings */
	struct sibling **siblings; /* of each of them, what others know of it */
};

static int read_one(void *context, const struct input *input, FILE *const *streams, void *result)
{
	const struct reading *reading = context;
	struct found *found = result;
	struct arena *arena = arena_new();
	struct unit *unit = load_unit(arena, input, reading->options);

	(void)streams;
	if (unit) {
		unit->analysis = analysis_new(arena, unit, false);
		found->text = sibling_text(unit->source);
		open_ports_find(&found->ports, unit);
	}
	arena_free(arena);
	return unit ? EXIT_CLEAN : EXIT_TROUBLE;
}

static void deliver(void *context, unsigned stream, const char *bytes, size_t len)
{
	(void)context, (void)stream, (void)bytes, (void)len;
}

static void done(void *context, const struct input *input, int status, const void *result)
{
	const struct reading *reading = context;
	const struct found *found = result;
	struct sibling *sibling = reading->siblings[input - reading->files.list];

	(void)status;
	sibling->text = found->text;
	sibling->ports = found->ports;
}

void siblings_read(const struct inputs *inputs, const struct options *options)
{
	struct reading reading = { .options = options };
	const struct jobs jobs = {
		.result_size = sizeof(struct found),
		.n_processes = options->jobs,
		.apart = true,
		.context = &reading,
		.run = read_one,
		.deliver = deliver,
		.done = done,
	};

	reading.files.list = alloc_zeroed(inputs->count * sizeof(*reading.files.list) + 1);
	reading.siblings = alloc_zeroed(inputs->count * sizeof(*reading.siblings) + 1);
	for (size_t i = 0; i < inputs->count; i++) {
		if (!inputs->list[i].beside)
			continue;
		reading.siblings[reading.files.count] = inputs->list[i].sibling;
		reading.files.list[reading.files.count++] = *inputs->list[i].beside;
	}
	if (reading.files.count)
		jobs_run(&jobs, &reading.files);
	free(reading.files.list);
	free(reading.siblings);
}
