/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports rules that let new connections from anywhere come to a service which is not for
 * everybody: remote administration, databases, and what amplifies floods.
 *
 * Found are the rules of INPUT that accept such packets, and the DNAT rules behind which FORWARD
 * does; what the tables before do to a packet is asked of a trace.
 */
#include <stdlib.h>
#include <string.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "analyse/seek.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "lint/blocked.h"
#include "lint/exposure.h"
#include "lint/outside.h"
#include "lint/rules.h"
#include "lint/ways.h"

#define NAMED_MAX 4  /* services that a message names */
#define OUT_MAX	  16 /* interfaces that a packet is tried to leave by */

struct exposing {
	const struct unit *unit;
	struct exposure exposure;
	struct outside outside;
	struct diags *diags;
	const struct reach *filter;
	const struct rule **reported; /* several ways may lead to one rule */
	uint32_t n_reported, capacity;
};

/* What one rule lets in. */
struct finding {
	struct buf names;
	unsigned n;
	bool is_serious;  /* one of them is not meant for everybody */
	bool depends;	  /* on matches that are not known */
	bool is_narrowed; /* by such of the rule itself, or on the way to it */
	const char *sample;
};

static bool is_reported(const struct exposing *exposing, const struct rule *rule)
{
	for (uint32_t i = 0; i < exposing->n_reported; i++) {
		if (exposing->reported[i] == rule)
			return true;
	}
	return false;
}

static void report(struct exposing *exposing, enum table_id table, const struct chain *chain,
		   const struct rule *rule, struct finding *found, const char *how)
{
	struct diag *diag;

	if (found->n > NAMED_MAX)
		buf_printf(&found->names, " and %u more", found->n - NAMED_MAX);
	diag = diag_add(exposing->diags, "exposed-service", rule->origin->base.span,
			"anybody can %sreach %s%s", found->depends ? "possibly " : "",
			buf_string(&found->names), how);
	buf_free(&found->names);
	diag->level = found->is_serious && !found->is_narrowed ? LEVEL_WARNING : LEVEL_INFO;
	diag->table = table_name(table);
	diag->chain = chain->name;
	diag_need_extra(exposing->diags->arena, diag)->witness = found->sample;
	diag_hint(exposing->diags, diag, "let in the addresses that need it only: -s");
	if (exposing->n_reported == exposing->capacity) {
		exposing->capacity = exposing->capacity ? 2 * exposing->capacity : 16;
		exposing->reported = alloc_resize(exposing->reported,
						  exposing->capacity * sizeof(*exposing->reported));
	}
	exposing->reported[exposing->n_reported++] = rule;
}

static void add_service(struct finding *found, const struct service *service)
{
	if (found->n < NAMED_MAX)
		buf_printf(&found->names, "%s%s (%u/%s)", found->n ? ", " : "", service->name,
			   service->port, service->protocol == IPPROTO_TCP ? "tcp" : "udp");
	found->n++;
	found->is_serious |= !service->is_public;
}

/* ---- INPUT ---- */

static bool wants_accept(const struct seek *seek, const struct chain_flow *chain, uint32_t position)
{
	(void)seek;
	return rule_verdict(flow_rule(chain, position)) == VERDICT_ACCEPT;
}

static const struct region *to_port(struct scratch *scratch, const struct region *region,
				    const struct service *service)
{
	region = region_with(scratch, region, VAR_PROTOCOL, 0,
			     set_range(scratch, service->protocol, service->protocol));
	return region ? region_with(scratch, region, VAR_DPORT, 0,
				    set_range(scratch, service->port, service->port))
		      : NULL;
}

/* Does a packet to the service come in by this rule? */
static enum comes comes_in(struct seek *seek, const struct way *way, const struct service *service,
			   const char **sample)
{
	struct exposing *exposing = seek->context;
	const struct region *region = to_port(seek->scratch, way->region, service);
	struct proof proof;

	if (!region || seek_reaches(seek, way, region, &proof) != PROVED_ALIVE)
		return COMES_NOT;
	*sample = sample_of_proof(exposing->unit->arena, reach_space(seek->reach),
				  reach_prover(seek->reach), &proof);
	return COMES_SURELY;
}

/* Does it trust whoever comes by an interface that may lead anywhere? */
static bool trusts_interface(const struct exposing *exposing, const struct rule *rule)
{
	if (!rule->in || !exposing->outside.is_guess)
		return false;
	return (rule->inverted & RULE_NOT_IN) || !rule->protocol;
}

/* In words: a source port that packets have to have. */
static const char *how_to(const struct exposing *exposing, const struct region *region)
{
	const struct set *ports = region_get(region, VAR_SPORT, 0);

	/* all but a few are no obstacle */
	if (!ports || set_size(ports) > 4096)
		return "";
	return arena_printf(exposing->unit->arena, ", by sending from port %u",
			    (unsigned)set_low(ports));
}

/* Of the rule's services the first one that is not for everybody is followed through all
 * tables, and stands for the others. */
static bool found_accept(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct exposing *exposing = seek->context;
	const struct rule *rule = flow_rule(way->frame.chain, way->position);
	const struct services *services = &exposing->exposure.services;
	struct finding found = { .names = BUF_INIT };
	const char *sample = NULL;

	(void)proof;
	if (is_reported(exposing, rule) || trusts_interface(exposing, rule) || way_names_host(way))
		return true;
	for (size_t i = 0; i < services->n; i++) {
		bool was_serious = found.is_serious;

		if (comes_in(seek, way, &services->list[i], &sample) == COMES_NOT)
			continue;
		add_service(&found, &services->list[i]);
		if (!found.sample || (found.is_serious && !was_serious))
			found.sample = sample;
	}
	if (found.n) {
		enum comes comes = exposure_input(&exposing->exposure, found.sample);

		found.is_narrowed = way_is_narrowed(seek, way);
		found.depends = comes == COMES_PERHAPS || found.is_narrowed;
		if (comes != COMES_NOT) {
			report(exposing, TABLE_FILTER, way->frame.chain->chain, rule, &found,
			       how_to(exposing, way->region));
			return true;
		}
	}
	buf_free(&found.names);
	return true;
}

/* ---- DNAT ---- */

static bool wants_dnat(const struct seek *seek, const struct chain_flow *chain, uint32_t position)
{
	(void)seek;
	return rule_has_target(flow_rule(chain, position), "DNAT");
}

/* Tries the interfaces that filter knows, but for the one that it has come by. */
static enum comes comes_through(struct exposing *exposing, const char *sample,
				const struct service **service)
{
	const struct interfaces *interfaces = space_interfaces(reach_space(exposing->filter));
	uint32_t n = interfaces_count(interfaces);
	enum comes comes = COMES_NOT;

	for (uint32_t i = INTERFACE_OTHER; i < n && i < OUT_MAX && comes == COMES_NOT; i++) {
		const char *out = interfaces_name(interfaces, exposing->unit->arena, i);
		const char *in = strstr(sample, "in=");

		if (!out || !strcmp(out, "lo") ||
		    (in && !strncmp(in + 3, out, strlen(out)) && in[3 + strlen(out)] == ' '))
			continue;
		comes = exposure_forward(&exposing->exposure, sample, out, service);
	}
	return comes;
}

/* A packet of the region, to any port and to those of the list. */
static bool try_dnat(struct seek *seek, const struct way *way, const struct region *region)
{
	struct exposing *exposing = seek->context;
	struct finding found = { .names = BUF_INIT };
	const struct service *service;
	struct proof proof;
	enum comes comes;

	if (!region || seek_reaches(seek, way, region, &proof) != PROVED_ALIVE)
		return false;
	found.sample = sample_of_proof(exposing->unit->arena, reach_space(seek->reach),
				       reach_prover(seek->reach), &proof);
	comes = comes_through(exposing, found.sample, &service);
	if (comes == COMES_NOT)
		return false;
	add_service(&found, service);
	found.is_narrowed = way_is_narrowed(seek, way);
	found.depends = comes == COMES_PERHAPS || found.is_narrowed;
	report(exposing, TABLE_NAT, way->frame.chain->chain,
	       flow_rule(way->frame.chain, way->position), &found, " behind this host");
	return true;
}

static const struct region *to_list(struct scratch *scratch, const struct services *services,
				    const struct region *region, unsigned protocol)
{
	struct range *ranges = scratch_alloc(scratch, services->n * sizeof(*ranges));
	uint32_t n = 0;

	for (size_t i = 0; i < services->n; i++) {
		const struct service *service = &services->list[i];

		if (service->protocol == protocol && !service->is_public)
			ranges[n++] = (struct range){ service->port, service->port };
	}
	region = region_with(scratch, region, VAR_PROTOCOL, 0,
			     set_range(scratch, protocol, protocol));
	return region ? region_with(scratch, region, VAR_DPORT, 0, set_of(scratch, ranges, n))
		      : NULL;
}

static bool found_dnat(struct seek *seek, const struct way *way, const struct proof *proof)
{
	struct exposing *exposing = seek->context;
	struct scratch *scratch = seek->scratch;

	(void)proof;
	if (is_reported(exposing, flow_rule(way->frame.chain, way->position)) ||
	    way_names_host(way))
		return true;
	if (!try_dnat(seek, way,
		      to_list(scratch, &exposing->exposure.services, way->region, IPPROTO_TCP)) &&
	    !try_dnat(seek, way,
		      to_list(scratch, &exposing->exposure.services, way->region, IPPROTO_UDP)))
		try_dnat(seek, way, way->region);
	return true;
}

/* ---- both ---- */

/* Then missing-default-deny, or policy-undeclared, says more than that. */
static bool policy_accepts(const struct reach *reach, const struct chain *chain)
{
	return chain->policy == VERDICT_ACCEPT && reach_of(reach, chain)->policy != PROVED_COVERED;
}

static void look(struct exposing *exposing, const struct reach *reach, const struct chain *chain,
		 seek_wants *wants, seek_found *found)
{
	struct scratch *scratch = scratch_new();
	const struct region *region;
	struct seek seek = {
		.reach = reach,
		.scratch = scratch,
		.wants = wants,
		.found = found,
		.context = exposing,
		.is_complete = true,
		.steps_left = SEEK_STEPS,
	};

	outside_find(&exposing->outside, exposing->unit, reach);
	region = outside_of(&exposing->outside, scratch, reach_hook_region(reach, chain->hook));
	if (region)
		region = region_with(scratch, region, VAR_FRAGMENT, 0, set_range(scratch, 0, 0));
	if (region)
		seek_from(&seek, chain, region);
	scratch_free(scratch);
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct exposing exposing = { .unit = unit, .diags = diags };
	const struct reach *filter = analysis_reach(unit->analysis, TABLE_FILTER), *nat;
	const struct chain *input, *forward, *prerouting;

	if (!filter || unit->is_fragment)
		return;
	exposing.filter = filter;
	exposure_begin(&exposing.exposure, unit);
	input = table_hook_chain(reach_flow(filter)->table, HOOK_INPUT);
	if (input && !policy_accepts(filter, input))
		look(&exposing, filter, input, wants_accept, found_accept);
	nat = analysis_reach(unit->analysis, TABLE_NAT);
	forward = table_hook_chain(reach_flow(filter)->table, HOOK_FORWARD);
	prerouting = nat ? table_hook_chain(reach_flow(nat)->table, HOOK_PREROUTING) : NULL;
	if (prerouting && forward && !policy_accepts(filter, forward))
		look(&exposing, nat, prerouting, wants_dnat, found_dnat);
	free(exposing.reported);
}

const struct lint_rule lint_exposed_service = {
	.name = "exposed-service",
	.group = "exposure",
	.summary = "new connections from anywhere reach a service that is not for everybody",
	.level = LEVEL_WARNING,
	.check = check,
};
