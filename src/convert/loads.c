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
#include "emit/reload.h"

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

static enum backend backend_of(const struct unit *unit)
{
	return unit->legacy ? BACKEND_LEGACY : BACKEND_NFT;
}

/* The rules file, with the comments. */
static const struct source *print_rules(const struct unit *unit)
{
	const struct compile_options how = {
		.exact_save = true,
		.keep_names = true,
		.comment = say_origin,
		.context = unit->arena,
	};
	const struct source *rules;
	char *bytes = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&bytes, &len);

	if (!out)
		die_out_of_memory();
	compile_print(unit, unit_ruleset(unit), backend_of(unit), &how, out);
	if (fclose(out) || !bytes)
		die_out_of_memory();
	rules = source_new(unit->arena, unit->source->name, arena_strndup(unit->arena, bytes, len),
			   len);
	free(bytes);
	return rules;
}

/* Reports rules whose text is read as something else, or not at all; REFUSED_BY: then. */
static bool has_bad_text(struct unit *unit, unsigned refused_by)
{
	const struct saver saver = saver_for(unit, backend_of(unit));
	struct diags found;

	diags_init(&found, unit->arena);
	reload_check(&saver, unit_ruleset(unit), &found);
	for (const struct diag *diag = found.first; diag; diag = diag->next) {
		struct diag *own = diag_repeat(&unit->diags, diag);

		own->level = LEVEL_WARNING;
		own->refuses = (unsigned char)refused_by;
		own->extra = NULL; /* it points to options that check has not */
	}
	return found.first;
}

void loads_judge(struct unit *unit, unsigned backends)
{
	const struct unit_options options = { .tools = { .backends = backends } };
	const struct source *rules = print_rules(unit);
	const struct unit *loaded = unit_load(unit->arena, rules, unit->binder, &options);
	bool is_bad = has_bad_text(unit, loaded->refused_by);

	/* what else is found in the text then follows from that */
	for (const struct diag *diag = loaded->diags.first; diag && !is_bad; diag = diag->next)
		if (diag->refuses)
			take_over(unit, rules, diag);
	unit->refused_by |= loaded->refused_by;
	unit->undecided_by |= loaded->undecided_by;
}
