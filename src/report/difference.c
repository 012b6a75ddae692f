/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that all formats use.
 */
#include "report/difference.h"

#include <string.h>

#include "compare/box_text.h"

static const struct difference_format *const formats[] = {
	&difference_full,
	&difference_markdown,
	&difference_json,
};

const struct difference_format *difference_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	}
	return NULL;
}

const char *change_title(enum change_kind kind)
{
	static const char *const titles[N_CHANGE_KINDS] = {
		[CHANGE_ACCEPTED] = "newly accepted",
		[CHANGE_DENIED] = "newly denied",
		[CHANGE_VERDICT] = "another verdict",
		[CHANGE_EFFECT] = "the same verdict, another effect",
	};

	return titles[kind];
}

uint32_t decision_line(const struct unit *unit, const struct decision *decision)
{
	const struct statement *declared;

	if (decision->rule)
		return unit_rule_line(unit, decision->rule);
	declared = decision->chain ? decision->chain->chain->declared : NULL;
	return declared ? source_line(unit->source, declared->span.start) : 0;
}

void add_source(struct buf *out, const struct unit *unit, const struct rule *rule)
{
	struct span span = rule->origin->base.span;

	buf_add(out, unit->source->bytes + span.start, span.end - span.start);
}

void add_decision(struct buf *out, const struct unit *unit, const struct decision *decision)
{
	uint32_t line = decision_line(unit, decision);

	buf_add_string(out, decision_text(decision));
	if (!decision->rule)
		buf_printf(out, ", the policy of %s", decision->chain->chain->name);
	if (line)
		buf_printf(out, ", %s:%u", unit->source->name, line);
	if (decision->rule) {
		buf_add_string(out, ": ");
		add_source(out, unit, decision->rule);
	}
}

/* What trace takes for new if nothing is said of flags is a SYN. */
static void add_flags(struct buf *out, const struct region *packet)
{
	static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG" };
	const struct set *set = region_get(packet, VAR_FLAGS, 0);
	const struct set *protocol = region_get(packet, VAR_PROTOCOL, 0);
	unsigned flags = set ? (unsigned)set_low(set) : 2;
	const struct set *state = region_get(packet, VAR_STATE, 0);
	bool is_first = true;

	if ((flags == 2 && (!state || set_low(state) <= CT_NEW)) || !protocol ||
	    set_low(protocol) != 6)
		return;
	buf_add_string(out, " tcp-flags=");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(flags >> i & 1))
			continue;
		buf_printf(out, "%s%s", is_first ? "" : ",", names[i]);
		is_first = false;
	}
	if (is_first)
		buf_add_string(out, "NONE");
}

/* The words of trace have no place for it. */
static void add_translation(struct buf *out, const struct region *packet)
{
	const struct set *set = region_get(packet, VAR_STATE, 0);
	unsigned atom = set ? (unsigned)set_low(set) : CT_NEW;

	if (atom >= CT_UNTRACKED)
		return;
	if (atom % 4 & CT_SNAT)
		buf_add_string(out, " [--ctstate SNAT]=yes");
	if (atom % 4 & CT_DNAT)
		buf_add_string(out, " [--ctstate DNAT]=yes");
}

void add_packet(struct buf *out, const struct table_changes *table, const struct change *change)
{
	const struct region *packet = change->packet;

	buf_add_string(out, change->sample);
	add_flags(out, packet);
	add_translation(out, packet);
	for (uint32_t i = 0; i < packet->n; i++) {
		const struct constraint *each = &packet->constraints[i];
		const char *text, *match;

		if (each->variable < VAR_LITERAL)
			continue;
		text = space_literal_text(table->alignment->space, each->variable);
		match = strstr(text, " -m ");
		buf_printf(out, " [%s]=%s", match ? match + 1 : text,
			   set_has(each->set, ANSWER_NO)    ? "no"
			   : set_has(each->set, ANSWER_YES) ? "yes"
							    : "neither");
	}
}

const struct region *chain_packets(const struct table_changes *table,
				   const struct chain_changes *chain)
{
	return table->hooks[chain->pair->chains[SIDE_OLD]->chain->hook];
}

void add_chain(struct buf *out, const struct table_changes *table,
	       const struct chain_changes *chain)
{
	buf_printf(out, "%s %s", table_name(table->id), chain->pair->chains[SIDE_OLD]->chain->name);
}

static void add_given_up(struct buf *out, const struct comparison *comparison,
			 const struct alignment *alignment, const struct given_up *given_up)
{
	const struct unit *unit = comparison->units[side_of(alignment, given_up->chain)];

	if (!given_up->rule) {
		buf_add_string(out, "too much to follow: what comes to the policy");
		return;
	}
	buf_printf(out, "too much to follow: what may meet %s:%u: ", unit->source->name,
		   unit_rule_line(unit, given_up->rule));
	add_source(out, unit, given_up->rule);
}

void add_doubt(struct buf *out, const struct comparison *comparison,
	       const struct table_changes *table, const struct chain_changes *chain,
	       const struct doubt *doubt)
{
	static const char *const words[N_SIDES] = { "was", "may be" };

	if (doubt->given_up) {
		add_given_up(out, comparison, table->alignment, doubt->given_up);
		return;
	}
	box_text(out, table->alignment->space, doubt->region, chain_packets(table, chain));
	for (unsigned side = 0; side < N_SIDES; side++) {
		const struct decision *decision = &doubt->decisions[side];

		if (decision->chain) {
			buf_printf(out, "; %s ", words[side]);
			add_decision(out, comparison->units[side], decision);
		}
		for (const struct effect *each = doubt->effects[side]; each; each = each->before) {
			buf_printf(out, "; only in %s:%u: ", comparison->units[side]->source->name,
				   unit_rule_line(comparison->units[side], each->rule));
			add_source(out, comparison->units[side], each->rule);
		}
	}
}

const char *summary_text(const struct comparison *comparison)
{
	if (comparison->is_changed)
		return comparison->is_decided ? "not the same"
					      : "not the same, and a part is undecided";
	return comparison->is_decided ? "the same for every packet" : "a part is undecided";
}

void add_scope(struct buf *out, const struct comparison *comparison)
{
	const struct unit *const *units = comparison->units;
	const char *backend = comparison->backends == BACKEND_BOTH  ? NULL
			      : comparison->backends == BACKEND_NFT ? "iptables-nft"
								    : "iptables-legacy";
	bool has_script = units[SIDE_OLD]->is_script || units[SIDE_NEW]->is_script;

	if (!has_script && !backend)
		return;
	buf_add_string(out, " (");
	if (has_script)
		buf_printf(out, "IPv%d", (int)units[SIDE_NEW]->family);
	buf_printf(out, "%s%s)", has_script && backend ? ", " : "", backend ? backend : "");
}
