/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint compile: one rules file, its restore stream.
 */
#include "emit/compile.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/output.h"
#include "cmd/remarks.h"
#include "cmd/resolve.h"

static int print(const struct options *options, const struct unit *unit,
		 const struct ruleset *ruleset, enum backend backend,
		 const struct compile_options *how)
{
	struct output output;

	if (!output_open(&output, options->output))
		return EXIT_TROUBLE;
	compile_print(unit, ruleset, backend, how, output.file);
	return output_commit(&output) ? EXIT_CLEAN : EXIT_TROUBLE;
}

static int compile(struct options *options, struct arena *arena, const struct input *input)
{
	bool resolves;
	struct resolver *resolver = resolve_new(arena, options, &resolves);
	struct compile_options how = {
		.counters = options->counters,
		.exact_save = options->exact_save,
		.keep_names = options->keep_names,
		.strict_policy = options->strict_policy,
	};
	struct unit *unit = resolves ? load_unit_with(arena, input, options, resolver, true) : NULL;
	const struct ruleset *ruleset;
	enum backend backend;
	struct diags reasons;
	bool allowed;

	if (!unit)
		return EXIT_TROUBLE;
	diags_init(&reasons, arena);
	allowed = compile_allowed(unit, &how, &reasons, &ruleset, &backend);
	remarks_print(stderr, unit, &reasons);
	if (!allowed)
		return EXIT_FINDINGS;
	if (resolver) {
		how.comment = pin_comments_take;
		how.context = pin_comments_new(arena, resolver, unit->family);
	}
	return print(options, unit, ruleset, backend, &how);
}

static int compile_input(struct options *options, struct arena *arena)
{
	return load_one(options, arena, "compile", compile);
}

int cmd_compile(int argc, char **argv)
{
	return options_run(FOR_COMPILE, argc, argv, compile_input);
}
