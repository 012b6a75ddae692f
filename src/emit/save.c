/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Canonical text of a rule, in the order of iptables-save: addresses, interfaces,
 * protocol, fragments, matches, target.
 *
 * Where nft prints something else for the same words is in nft.c; the releases
 * that do so are in ruleset/quirk.c.
 */
#include "emit/save.h"

#include <string.h>

#include "emit/nft.h"
#include "emit/text.h"
#include "ruleset/protocol.h"

#define add_literal(out, text) buf_add((out), (text), sizeof(text) - 1)

struct saver saver_for(const struct unit *unit, enum backend backend)
{
	const struct tools *tools = &unit->options.tools;

	return (struct saver){
		.unit = unit,
		.family = unit->family,
		.backend = backend,
		.protocol_from_file = quirk_holds(QUIRK_PROTOCOL_FROM_FILE, backend, tools),
		.drops_not_any = quirk_holds(QUIRK_NOT_ANY_INTERFACE, backend, tools),
		.merges_ports = quirk_holds(QUIRK_EXPRESSION_TEXT, backend, tools),
		.rewrites_nflog = quirk_holds(QUIRK_NFLOG_TEXT, backend, tools),
	};
}

void save_prefix(struct buf *out, enum family family, const char *option,
		 const struct prefix *prefix, bool inverted)
{
	if (!prefix)
		return;
	if (inverted)
		add_literal(out, " !");
	buf_add_char(out, ' ');
	buf_add_string(out, option);
	buf_add_char(out, ' ');
	if (prefix_host(prefix)) {
		buf_add_string(out, prefix->host);
		return;
	}
	text_address(out, family, &prefix->address);
	buf_add_char(out, '/');
	text_mask(out, family, prefix->mask);
}

static void save_interface(const struct saver *saver, struct buf *out, const char *option,
			   const char *name, bool inverted)
{
	bool any = name && name[0] == '+' && !name[1];

	if (!name || (any && (!inverted || saver->drops_not_any)))
		return;
	if (inverted)
		add_literal(out, " !");
	buf_add_string(out, option);
	buf_add_string(out, name);
}

static void save_protocol(const struct saver *saver, struct buf *out, const struct rule *rule)
{
	uint16_t number = rule->protocol;
	const char *name;

	/* One byte in an nft rule: "-p mptcp" (262) becomes "-p tcp". */
	if (saver->backend == BACKEND_NFT)
		number &= UINT8_MAX;
	if (!number)
		return;
	if (rule->inverted & RULE_NOT_PROTOCOL)
		add_literal(out, " !");
	add_literal(out, " -p ");
	name = protocol_name(number, saver->protocol_from_file);
	if (name)
		buf_add_string(out, name);
	else
		text_decimal(out, number);
}

static void save_matches(const struct saver *saver, struct buf *out, const struct rule *rule)
{
	if (saver->merges_ports && nft_changes_matches(rule)) {
		nft_save_matches(out, rule);
		return;
	}
	for (const struct match *match = rule->matches; match; match = match->next)
		buf_add_string(out, match->text);
}

static void save_target(const struct saver *saver, struct buf *out, const struct rule *rule)
{
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		return;
	case TARGET_VERDICT:
		add_literal(out, " -j ");
		buf_add_string(out, verdict_name(rule->verdict));
		return;
	case TARGET_JUMP:
		add_literal(out, " -j ");
		buf_add_string(out, rule->to.chain);
		return;
	case TARGET_GOTO:
		add_literal(out, " -g ");
		buf_add_string(out, rule->to.chain);
		return;
	case TARGET_EXTENSION:
		if (saver->rewrites_nflog && nft_changes_target(rule))
			nft_save_target(out, saver->unit, rule);
		else
			buf_add_string(out, rule->to.extension->text);
	}
}

void save_rule(const struct saver *saver, struct buf *out, const char *chain,
	       const struct rule *rule)
{
	add_literal(out, "-A ");
	buf_add_string(out, chain);
	save_prefix(out, saver->family, "-s", rule->src, rule->inverted & RULE_NOT_SRC);
	save_prefix(out, saver->family, "-d", rule->dst, rule->inverted & RULE_NOT_DST);
	save_interface(saver, out, " -i ", rule->in, rule->inverted & RULE_NOT_IN);
	save_interface(saver, out, " -o ", rule->out, rule->inverted & RULE_NOT_OUT);
	save_protocol(saver, out, rule);
	if (rule->fragment) {
		if (rule->inverted & RULE_NOT_FRAGMENT)
			add_literal(out, " !");
		add_literal(out, " -f");
	}
	save_matches(saver, out, rule);
	save_target(saver, out, rule);
}
