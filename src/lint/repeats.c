/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records are sorted by position, so those of one line stand together.
 */
#include "lint/repeats.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pipeline/script_run.h"

struct lines {
	const struct unit *unit;
	unsigned char *in_loop; /* a bit for each line: commands of it ran in a loop */
};

/* The first record of a line for one lint rule, and how many more there are. */
struct group {
	struct diag *first;
	size_t more;
};

static uint32_t line_of(const struct unit *unit, const struct diag *diag)
{
	return source_line(unit->source, diag->span.start);
}

static void note_loops(struct lines *lines)
{
	const struct script_run *run = lines->unit->script_run;

	for (size_t i = 0; run && i < run->n; i++) {
		uint32_t line = source_line(lines->unit->source, run->list[i].span.start);

		if (run->list[i].round)
			lines->in_loop[line / 8] |= (unsigned char)(1u << line % 8);
	}
}

static bool is_in_loop(const struct lines *lines, uint32_t line)
{
	return lines->in_loop[line / 8] >> line % 8 & 1;
}

/* The record of the same lint rule among those of the line. */
static struct group *find_group(struct group *groups, size_t n, const struct diag *diag)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(groups[i].first->rule, diag->rule))
			return &groups[i];
	return NULL;
}

static void tell(const struct lines *lines, const struct group *group)
{
	struct diag *diag = group->first;
	bool in_loop = is_in_loop(lines, line_of(lines->unit, diag));

	if (group->more)
		diag->message =
			arena_printf(lines->unit->arena, "%s (and %zu more time%s %s)",
				     diag->message, group->more, group->more == 1 ? "" : "s",
				     in_loop ? "in this loop" : "from this line");
}

/* What the one record says has to hold for all. */
static void join(struct group *group, const struct diag *diag)
{
	group->more++;
	group->first->refuses |= diag->refuses;
	group->first->undecided |= diag->undecided;
	if (diag->level > group->first->level)
		group->first->level = diag->level;
}

static void merge(const struct lines *lines, struct diags *diags)
{
	struct group *groups = alloc_zeroed((diags->count + 1) * sizeof(*groups));
	struct diag *diag = diags->first, *next;
	uint32_t line = 0;
	size_t n = 0;

	diags_init(diags, diags->arena);
	for (; diag; diag = next) {
		struct group *group;

		next = diag->next;
		if (line_of(lines->unit, diag) != line) {
			for (size_t i = 0; i < n; i++)
				tell(lines, &groups[i]);
			n = 0;
			line = line_of(lines->unit, diag);
		}
		group = find_group(groups, n, diag);
		if (group) {
			join(group, diag);
			continue;
		}
		groups[n++] = (struct group){ diag, 0 };
		diags_append(diags, diag);
	}
	for (size_t i = 0; i < n; i++)
		tell(lines, &groups[i]);
	free(groups);
}

void repeats_merge(struct unit *unit, struct diags *diags)
{
	struct lines lines = { .unit = unit };

	if (!unit->is_script || diags->count < 2)
		return;
	lines.in_loop = alloc_zeroed(unit->source->n_lines / 8 + 2);
	note_loops(&lines);
	merge(&lines, diags);
	free(lines.in_loop);
}
