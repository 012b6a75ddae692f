/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The script was followed with one back end; the other one may not have what a rule
 * asks for.  In the file that is read here, a comment above each rule says where in the
 * script it comes from.
 */
#include "convert/loads.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "emit/compile.h"

static const char *say_origin(void *context, const struct statement *origin)
{
	return arena_printf(context, "# %u %u\n", (unsigned)origin->span.start,
			    (unsigned)origin->span.end);
}

/* Where in the script the line at OFFSET comes from; nothing where it does not. */
static struct span origin_of(const struct source *rules, uint32_t offset)
{
	uint32_t line = source_line(rules, offset);
	unsigned start = 0, end = 0;
	struct span above;

	if (line < 2)
		return (struct span){ 0, 0 };
	above = source_line_span(rules, line - 1);
	if (sscanf(rules->bytes + above.start, "# %u %u", &start, &end) != 2)
		return (struct span){ 0, 0 };
	return (struct span){ start, end };
}

static void take_over(struct unit *unit, const struct source *rules, const struct diag *from)
{
	const char *only = from->refuses == BACKEND_LEGACY ? "legacy" : "nft";
	struct diag *diag = diag_repeat(&unit->diags, from);

	diag->span = origin_of(rules, from->span.start);
	diag->related = NULL;
	diag->extra = NULL;
	if (from->refuses == BACKEND_BOTH)
		return;
	diag->rule = "backend-difference";
	diag->level = LEVEL_WARNING;
	diag->message = arena_printf(unit->arena, "%s does not load the rule that this leaves: %s",
				     only, from->message);
}

void loads_judge(struct unit *unit, unsigned backends)
{
	const struct compile_options how = {
		.exact_save = true,
		.keep_names = true,
		.comment = say_origin,
		.context = unit->arena,
	};
	const struct unit_options options = { .tools = { .backends = backends } };
	char *bytes = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&bytes, &len);
	const struct source *rules;
	struct unit *loaded;

	if (!out)
		die_out_of_memory();
	compile_print(unit, unit_ruleset(unit), unit->legacy ? BACKEND_LEGACY : BACKEND_NFT, &how,
		      out);
	if (fclose(out) || !bytes)
		die_out_of_memory();
	rules = source_new(unit->arena, unit->source->name, arena_strndup(unit->arena, bytes, len),
			   len);
	free(bytes);
	loaded = unit_load(unit->arena, rules, unit->binder, &options);
	for (const struct diag *diag = loaded->diags.first; diag; diag = diag->next)
		if (diag->refuses)
			take_over(unit, rules, diag);
	unit->refused_by |= loaded->refused_by;
	unit->undecided_by |= loaded->undecided_by;
}
