/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The figures of the analysis, table by table, in words that scripts can read too.
 */
#include "cmd/stats.h"

#include "analyse/analysis.h"

void stats_print(FILE *out, const struct unit *unit)
{
	for (unsigned id = 0; unit->analysis && !unit->is_template && id < TABLE_COUNT; id++) {
		const struct reach *reach = analysis_reach(unit->analysis, (enum table_id)id);
		const struct reach_stats *rules = reach ? reach_stats(reach) : NULL;
		const struct prover_stats *proofs =
			reach ? prover_stats(reach_prover(reach)) : NULL;

		if (!reach)
			continue;
		fprintf(out,
			"%s: %s: %u rules in %u contexts: %u dead, %u undecided, %u not judged; "
			"%llu proofs: %llu by single packets, %llu exact in %llu steps, "
			"%llu given up\n",
			unit->source->name, table_name((enum table_id)id), rules->rules,
			rules->n_contexts, rules->dead, rules->undecided, rules->silent,
			(unsigned long long)proofs->asked, (unsigned long long)proofs->by_probe,
			(unsigned long long)proofs->exact, (unsigned long long)proofs->steps,
			(unsigned long long)proofs->unknown);
	}
}
