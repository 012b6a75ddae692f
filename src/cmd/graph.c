/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint graph: the chains of one rules file as a picture that Graphviz draws.
 */
#include <stdlib.h>

#include "analyse/analysis.h"
#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/output.h"
#include "cmd/remarks.h"
#include "emit/compile.h"
#include "emit/dot.h"

static int print(const struct options *options, const struct unit *unit,
		 const struct ruleset *ruleset, enum backend backend)
{
	const struct dot_options how = { options->table, options->verdicts };
	struct analysis *analysis = analysis_new(unit->arena, unit, false);
	struct output output;

	if (!output_open(&output, options->output))
		return EXIT_TROUBLE;
	dot_print(unit, ruleset, backend, analysis, &how, output.file);
	return output_commit(&output) ? EXIT_CLEAN : EXIT_TROUBLE;
}

static int graph(struct options *options, struct arena *arena, const struct input *input)
{
	struct unit *unit = load_unit(arena, input, options);
	const struct ruleset *ruleset;
	enum backend backend;
	struct diags reasons;
	bool loads;

	if (!unit)
		return EXIT_TROUBLE;
	diags_init(&reasons, arena);
	loads = compile_loads(unit, &reasons, &ruleset, &backend);
	remarks_print(stderr, unit, &reasons);
	if (!loads)
		return EXIT_FINDINGS;
	if (options->table != TABLE_NONE && !dot_has_table(ruleset, backend, options->table)) {
		cmd_error("%s: there is no table %s in it", input->name,
			  table_name(options->table));
		return EXIT_TROUBLE;
	}
	return print(options, unit, ruleset, backend);
}

static int graph_file(struct options *options, struct arena *arena)
{
	return load_one(options, arena, "graph", graph);
}

int cmd_graph(int argc, char **argv)
{
	return options_run(FOR_GRAPH, argc, argv, graph_file);
}
