/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run follows one list of choices: where a choice is to be made that is not on the
 * list yet, it takes "yes" and puts it there.  The next run changes the last "yes" to
 * "no", until there is none left.
 */
#include "trace/trace.h"

#include <string.h>

#include "analyse/analysis.h"
#include "analyse/facts.h"
#include "trace/effect.h"

#define OUTCOMES_MAX 64
#define DEPTH_MAX    200

/* What became of the packet in a chain, a table, or altogether. */
enum fate {
	FATE_GOES_ON,  /* to the next rule, or the next chain */
	FATE_BACK,     /* to the caller */
	FATE_ACCEPTED, /* by this table */
	FATE_LOST,     /* for good */
};

struct run {
	struct arena *arena;
	struct scratch *scratch;
	const struct unit *unit;
	const struct assumption *assumptions;
	size_t n_assumptions;
	struct space *spaces[TABLE_COUNT];
	const struct table *tables[TABLE_COUNT];
	struct trace_choice *choices; /* of this run and the ones before */
	struct trace_choice *next;    /* the one that is to be made next; NULL: a new one */
	struct trace_choice **last;
	/* of the outcome that is being made */
	struct trace_outcome *outcome;
	struct trace_step **last_step;
	struct packet packet;
	unsigned depth;
	bool local;	  /* the packet is for this host after all */
	bool assumed;	  /* in this rule */
	unsigned written; /* set of enum field: by targets that the packet has met */
	const struct table *table;
	const struct chain *chain;
};

/* ---- choices ---- */

/* Is the answer the same each time, as long as nothing is written? */
static bool is_pure(const struct match *match, unsigned written)
{
	const struct match_facts *facts = match_facts(match->real_name);

	if (facts->answer != ANSWER_PURE || (facts->reads & written))
		return false;
	for (const char *const *option = facts->free_options; option && *option; option++) {
		if (strstr(match->text, *option))
			return false;
	}
	return true;
}

/* The same match was asked about before in this run. */
static const struct trace_choice *find_choice(const struct run *run, const struct match *match)
{
	for (const struct trace_choice *each = run->choices; each != run->next; each = each->next) {
		if (each->match && is_pure(match, run->written) &&
		    !strcmp(each->match->real_name, match->real_name) &&
		    !strcmp(each->match->text, match->text))
			return each;
	}
	return NULL;
}

static bool choose(struct run *run, const struct rule *rule, const struct match *match)
{
	struct trace_choice *choice = run->next;

	run->assumed = true;
	if (!choice) {
		choice = arena_new_object(run->arena, struct trace_choice);
		choice->answer = true;
		*run->last = choice;
		run->last = &choice->next;
	}
	choice->rule = rule;
	choice->match = match;
	run->next = choice->next;
	return choice->answer;
}

static enum trace_answer assume(void *context, const struct rule *rule, const struct match *match)
{
	struct run *run = context;
	const struct trace_choice *before;

	for (size_t i = 0; match && i < run->n_assumptions; i++) {
		if (assumption_fits(&run->assumptions[i], match)) {
			bool inverted = strstr(match->text, " ! ") != NULL;

			return run->assumptions[i].answer != inverted ? TRACE_YES : TRACE_NO;
		}
	}
	before = match ? find_choice(run, match) : NULL;
	if (before)
		return before->answer ? TRACE_YES : TRACE_NO;
	return choose(run, rule, match) ? TRACE_YES : TRACE_NO;
}

/* Takes the last "yes" back; false if there is none. */
static bool next_choices(struct run *run)
{
	struct trace_choice **cut = NULL;

	for (struct trace_choice **at = &run->choices; *at; at = &(*at)->next) {
		if ((*at)->answer)
			cut = at;
	}
	if (!cut)
		return false;
	(*cut)->answer = false;
	(*cut)->next = NULL;
	run->last = &(*cut)->next;
	return true;
}

/* ---- rules ---- */

static void decide(struct run *run, const char *verdict, const struct rule *rule)
{
	run->outcome->verdict = verdict;
	run->outcome->decided_by = rule;
	run->outcome->policy_of = rule ? NULL : run->chain;
	run->outcome->table = run->table;
}

/* ACCEPT of a table is what decides only if nothing does later; of filter it stays. */
static void let_pass(struct run *run, const struct rule *rule)
{
	const struct trace_outcome *outcome = run->outcome;

	if (!outcome->table || outcome->table->id != TABLE_FILTER || run->table->id == TABLE_FILTER)
		decide(run, "ACCEPT", rule);
}

static enum fate run_chain(struct run *run, const struct chain *chain);

static enum fate run_extension(struct run *run, const struct rule *rule)
{
	const struct target *target = rule->to.extension;
	const struct target_facts *facts = target_facts(target->real_name);

	run->written |= facts->writes;
	effect_apply(&run->packet, run->spaces[run->table->id], target, &run->local);
	if (facts->ends == ENDS_NEVER)
		return FATE_GOES_ON;
	if (facts->ends == ENDS_SOMETIMES && !choose(run, rule, NULL))
		return FATE_GOES_ON;
	if (!strcmp(target->real_name, "REJECT")) {
		decide(run, "REJECT", rule);
		return FATE_LOST;
	}
	if (!strcmp(target->real_name, "NFQUEUE")) {
		decide(run, "QUEUE", rule);
		return FATE_LOST;
	}
	if (facts->ends == ENDS_SOMETIMES) {
		decide(run, "unknown", rule);
		return FATE_LOST;
	}
	let_pass(run, rule);
	return FATE_ACCEPTED;
}

static enum fate run_verdict(struct run *run, const struct rule *rule)
{
	switch ((enum verdict)rule->verdict) {
	case VERDICT_ACCEPT:
		let_pass(run, rule);
		return FATE_ACCEPTED;
	case VERDICT_RETURN:
		return FATE_BACK;
	case VERDICT_DROP:
	case VERDICT_QUEUE:
	case VERDICT_NONE:
		break;
	}
	decide(run, verdict_name((enum verdict)rule->verdict), rule);
	return FATE_LOST;
}

static enum fate run_target(struct run *run, const struct rule *rule, const struct chain *to)
{
	enum fate fate;

	if (rule->unbound) {
		decide(run, "unknown", rule);
		return FATE_LOST;
	}
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		return FATE_GOES_ON;
	case TARGET_VERDICT:
		return run_verdict(run, rule);
	case TARGET_EXTENSION:
		return run_extension(run, rule);
	case TARGET_JUMP:
	case TARGET_GOTO:
		break;
	}
	if (!to || to->host_rules != HOST_RULES_NONE || run->depth >= DEPTH_MAX) {
		decide(run, "unknown", rule);
		return FATE_LOST;
	}
	run->depth++;
	fate = run_chain(run, to);
	run->depth--;
	if (fate == FATE_BACK)
		return rule->target_kind == TARGET_JUMP ? FATE_GOES_ON : FATE_BACK;
	return fate;
}

static void add_step(struct run *run, const struct chain *chain, const struct rule *rule,
		     bool matched)
{
	struct trace_step *step = arena_new_object(run->arena, struct trace_step);

	step->table = run->table;
	step->chain = chain;
	step->rule = rule;
	step->depth = run->depth;
	step->matched = matched;
	step->was_assumed = run->assumed;
	*run->last_step = step;
	run->last_step = &step->next;
}

static enum fate run_chain(struct run *run, const struct chain *chain)
{
	for_each_entry (entry, chain) {
		enum fate fate;
		bool matched;

		run->assumed = false;
		matched = ask_rule(run->spaces[run->table->id], run->scratch, &run->packet,
				   entry->rule, assume, run) == TRACE_YES;
		add_step(run, chain, entry->rule, matched);
		if (!matched)
			continue;
		fate = run_target(run, entry->rule, entry->to);
		if (fate != FATE_GOES_ON)
			return fate;
	}
	return FATE_BACK;
}

/* ---- tables ---- */

/* False if the packet is lost there. */
static bool run_table(struct run *run, enum table_id id, enum hook hook)
{
	enum fate fate;

	run->table = run->tables[id];
	run->chain = run->table ? table_hook_chain(run->table, hook) : NULL;
	if (!run->chain)
		return true;
	/* the first packet of a connection, or of one that is expected */
	if (id == TABLE_NAT && run->packet.state != CT_NEW && run->packet.state != CT_RELATED)
		return true;
	fate = run_chain(run, run->chain);
	if (fate == FATE_LOST)
		return false;
	if (fate == FATE_ACCEPTED)
		return true;
	if (run->chain->policy != VERDICT_ACCEPT) {
		decide(run, verdict_name((enum verdict)run->chain->policy), NULL);
		return false;
	}
	let_pass(run, NULL);
	return true;
}

/*
 * Before connection tracking has seen it a packet has no state; over lo it keeps the
 * one that it was sent with.
 */
static bool run_raw(struct run *run, enum hook hook)
{
	uint8_t state = run->packet.state;
	bool keeps = hook == HOOK_PREROUTING && run->packet.in && !strcmp(run->packet.in, "lo");
	bool goes_on;

	if (!keeps && state != CT_UNTRACKED)
		run->packet.state = CT_INVALID;
	goes_on = run_table(run, TABLE_RAW, hook);
	if (run->packet.state != CT_UNTRACKED)
		run->packet.state = state;
	return goes_on;
}

static bool run_hook(struct run *run, enum hook hook)
{
	static const enum table_id before[] = { TABLE_MANGLE, TABLE_NAT };
	static const enum table_id input[] = { TABLE_MANGLE, TABLE_FILTER, TABLE_SECURITY,
					       TABLE_NAT };
	static const enum table_id output[] = { TABLE_MANGLE, TABLE_NAT, TABLE_FILTER,
						TABLE_SECURITY };
	const enum table_id *list = before;
	size_t n = 2;

	if (hook == HOOK_INPUT || hook == HOOK_OUTPUT) {
		list = hook == HOOK_INPUT ? input : output;
		n = 4;
	} else if (hook == HOOK_FORWARD) {
		list = input;
		n = 3;
	}
	if ((hook == HOOK_PREROUTING || hook == HOOK_OUTPUT) && !run_raw(run, hook))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!run_table(run, list[i], hook))
			return false;
	}
	return true;
}

static void run_packet(struct run *run)
{
	const char *in = run->packet.in, *out = run->packet.out;

	if (!in) {
		if (run_hook(run, HOOK_OUTPUT))
			run_hook(run, HOOK_POSTROUTING);
		return;
	}
	run->packet.out = NULL;
	if (!run_hook(run, HOOK_PREROUTING))
		return;
	if (run->local || !out) {
		run_hook(run, HOOK_INPUT);
		return;
	}
	run->packet.out = out;
	run->written |= FIELD_HEADER; /* the hop limit is one less from here on */
	if (run_hook(run, HOOK_FORWARD))
		run_hook(run, HOOK_POSTROUTING);
}

/* ---- all runs ---- */

static struct trace_choice *copy_choices(struct run *run)
{
	struct trace_choice *copy = NULL, **last = &copy;

	for (const struct trace_choice *each = run->choices; each; each = each->next) {
		*last = arena_memdup(run->arena, each, sizeof(*each));
		(*last)->next = NULL;
		last = &(*last)->next;
	}
	return copy;
}

static void run_once(struct run *run, struct trace *trace, const struct packet *packet)
{
	struct trace_outcome *outcome = arena_new_object(run->arena, struct trace_outcome);
	struct trace_outcome **last = &trace->outcomes;

	outcome->verdict = "ACCEPT";
	run->outcome = outcome;
	run->last_step = &outcome->steps;
	run->packet = *packet;
	run->next = run->choices;
	run->depth = 0;
	run->local = false;
	run->written = 0;
	run_packet(run);
	outcome->packet = run->packet;
	/* what was chosen in the run before, but not reached in this one */
	outcome->choices = copy_choices(run);
	while (*last)
		last = &(*last)->next;
	*last = outcome;
	trace->n++;
}

void trace_packet(struct trace *trace, struct arena *arena, const struct unit *unit,
		  const struct packet *packet, const struct assumption *assumptions,
		  size_t n_assumptions)
{
	struct analysis *analysis = analysis_new(arena, unit, false);
	struct run run = {
		.arena = arena,
		.scratch = scratch_new(),
		.unit = unit,
		.assumptions = assumptions,
		.n_assumptions = n_assumptions,
	};

	*trace = (struct trace){ NULL, 0, false };
	run.last = &run.choices;
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct chains *chains = analysis_chains(analysis, (enum table_id)id);

		run.tables[id] = chains ? chains_table(chains) : NULL;
		if (chains)
			run.spaces[id] = space_new(arena, unit->family, chains_backends(chains),
						   run.tables[id]);
	}
	do {
		run_once(&run, trace, packet);
		trace->is_incomplete = trace->n == OUTCOMES_MAX;
	} while (!trace->is_incomplete && next_choices(&run));
	scratch_free(run.scratch);
}
