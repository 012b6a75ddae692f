/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that begin with ':', which declare a chain or set a policy.
 */
#include <string.h>

#include "ruleset/chains.h"
#include "ruleset/run.h"

static bool has_counts(const struct counters *counters)
{
	return counters && (counters->packets || counters->bytes);
}

/* '-' leaves the policy; nft sets the counters all the same. */
static void declare_no_policy(struct run *run, const struct chain_statement *line,
			      struct chain *chain)
{
	if (!has_counts(line->counters) && !has_counts(chain->counters))
		return;
	run_part(run);
	if (run_is_nft(run))
		chain->counters = line->counters;
}

static void declare_builtin(struct run *run, const struct chain_statement *line,
			    struct chain *chain)
{
	chain->declared = &line->base;
	chain->nft = NFT_MADE;
	if (strcmp(line->policy_text, "-") == 0) {
		declare_no_policy(run, line, chain);
		return;
	}
	if (line->policy != VERDICT_ACCEPT && line->policy != VERDICT_DROP) {
		struct diag *diag = run_refuse(run, "invalid-value", line->policy_span, line->name,
					       "'%s' is no policy", line->policy_text);

		diag_hint(run->diags, diag, "there are ACCEPT and DROP, in capitals");
		return;
	}
	chain->policy = line->policy;
	chain->policy_declared = true;
	chain->counters = line->counters;
}

/* Legacy wants '-' for the policy of a chain that is not built in. */
static void check_no_policy(struct run *run, const struct chain_statement *line)
{
	struct diag *diag;

	if (strcmp(line->policy_text, "-") == 0)
		return;
	run_part(run);
	if (run_is_nft(run))
		return;
	diag = run_refuse(run, "chain-conflict", line->policy_span, line->name,
			  "'%s' is no built-in chain of table %s; its policy has to be '-'",
			  line->name, table_name(run->table->id));
	diag_hint(run->diags, diag, "':%s - [0:0]'", line->name);
}

/* Legacy wants one line for a chain, nft empties it; with --noflush both do. */
static void declare_again(struct run *run, const struct chain_statement *line, struct chain *chain)
{
	struct diag *diag;

	if (run->noflush || run->tools->noflush) {
		chain_clear(chain);
		chain->host_rules = HOST_RULES_NONE;
		chain->declared = &line->base;
		return;
	}
	run_part(run);
	if (run_is_nft(run)) {
		chain_clear(chain);
		return;
	}
	diag = run_refuse(run, "chain-conflict", line->name_span, line->name,
			  "there is a chain '%s' already", line->name);
	diag_related(run->diags, diag, chain->declared->span, "declared here");
}

void run_chain_line(struct run *run, const struct chain_statement *line)
{
	struct chain *chain = table_find_chain(run->table, line->name);

	if (chain && chain->hook != HOOK_NONE) {
		declare_builtin(run, line, chain);
		return;
	}
	if (verdict_find(line->name) != VERDICT_NONE) {
		run->at_once = true;
		run_refuse(run, "chain-conflict", line->name_span, line->name,
			   "'%s' is a verdict and cannot name a chain", line->name);
		return;
	}
	check_no_policy(run, line);
	if (chain)
		declare_again(run, line, chain);
	else
		table_add_chain(run->table, run->arena, line->name)->declared = &line->base;
}
