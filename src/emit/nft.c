/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of iptables-nft-save where they are not legacy's: measured with 1.8.9
 * (tests/kernel/nft_text.py asks the real one).
 */
#include "emit/nft.h"

#include <ctype.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <stdint.h>
#include <string.h>

#include "emit/text.h"
#include "parse/parse.h"

#define NFT_PREFIX_MAX 127 /* NF_LOG_PREFIXLEN - 1 of linux/netfilter/nf_log.h */

/* ---- -m tcp and -m udp ---- */

struct ports {
	uint16_t low;
	uint16_t high;
	bool inverted;
};

/* What a tcp or udp match asks for. */
struct port_match {
	struct ports source;
	struct ports destination;
	uint8_t option;
	uint8_t flags_mask;
	uint8_t flags_value;
	bool option_inverted;
	bool flags_inverted;
};

static const struct port_match ask_nothing = {
	.source = { 0, UINT16_MAX, false },
	.destination = { 0, UINT16_MAX, false },
};

static bool is_tcp(const struct match *match)
{
	return strcmp(match->real_name, "tcp") == 0;
}

/* Asked for every match of a file. */
static bool is_port_match(const struct match *match)
{
	char first = match->real_name[0];

	return (first == 't' && is_tcp(match)) ||
	       (first == 'u' && strcmp(match->real_name, "udp") == 0);
}

static struct port_match read_tcp(const struct match *match)
{
	struct xt_tcp tcp = { 0 };

	match_data(match, &tcp, sizeof(tcp));
	return (struct port_match){
		.source = { tcp.spts[0], tcp.spts[1], tcp.invflags & XT_TCP_INV_SRCPT },
		.destination = { tcp.dpts[0], tcp.dpts[1], tcp.invflags & XT_TCP_INV_DSTPT },
		.option = tcp.option,
		.flags_mask = tcp.flg_mask,
		.flags_value = tcp.flg_cmp,
		.option_inverted = tcp.invflags & XT_TCP_INV_OPTION,
		.flags_inverted = tcp.invflags & XT_TCP_INV_FLAGS,
	};
}

static struct port_match read_udp(const struct match *match)
{
	struct xt_udp udp = { 0 };

	match_data(match, &udp, sizeof(udp));
	return (struct port_match){
		.source = { udp.spts[0], udp.spts[1], udp.invflags & XT_UDP_INV_SRCPT },
		.destination = { udp.dpts[0], udp.dpts[1], udp.invflags & XT_UDP_INV_DSTPT },
	};
}

static struct port_match read_port_match(const struct match *match)
{
	return is_tcp(match) ? read_tcp(match) : read_udp(match);
}

static bool same_ports(const struct ports *a, const struct ports *b)
{
	return a->low == b->low && a->high == b->high && a->inverted == b->inverted;
}

static bool is_full(const struct ports *ports)
{
	return ports->low == 0 && ports->high == UINT16_MAX;
}

static bool asks_nothing(const struct port_match *match)
{
	return same_ports(&match->source, &ask_nothing.source) &&
	       same_ports(&match->destination, &ask_nothing.destination) && !match->option &&
	       !match->option_inverted && !match->flags_mask && !match->flags_value &&
	       !match->flags_inverted;
}

/* nft keeps it as it is: it has no expression for it, or nothing to express. */
static bool is_kept(const struct port_match *match)
{
	return match->option || match->option_inverted || asks_nothing(match);
}

static bool makes_expression(const struct port_match *match)
{
	return !is_full(&match->source) || !is_full(&match->destination) || match->flags_mask;
}

/*
 * A range from 0 only says where it ends: one comparison, which sets one side when it is
 * read back, and needs no '!'.  All others set both sides.
 */
static void merge_ports(struct ports *all, const struct ports *ports)
{
	if (is_full(ports))
		return;
	if (ports->low == 0 && ports->high > 0) {
		if (ports->inverted)
			all->low = (uint16_t)(ports->high + 1);
		else
			all->high = ports->high;
		return;
	}
	all->low = ports->low;
	all->high = ports->high;
	all->inverted |= ports->inverted;
}

static void merge(struct port_match *all, const struct port_match *match)
{
	merge_ports(&all->source, &match->source);
	merge_ports(&all->destination, &match->destination);
	if (!match->flags_mask)
		return;
	all->flags_mask = match->flags_mask;
	all->flags_value = match->flags_value;
	all->flags_inverted |= match->flags_inverted;
}

/* All that nft has taken apart, as it puts it together again. */
static struct port_match merge_all(const struct rule *rule)
{
	struct port_match all = ask_nothing;

	for (const struct match *match = rule->matches; match; match = match->next) {
		struct port_match one;

		if (!is_port_match(match))
			continue;
		one = read_port_match(match);
		if (!is_kept(&one))
			merge(&all, &one);
	}
	return all;
}

/* Would a single match be printed in other words, or may it be?  Looks at the text. */
static bool is_suspect(const struct match *match)
{
	const char *not = strstr(match->text, "! ");

	if (!not )
		return !strstr(match->text, " --");
	return strstr(not, "! --tcp-flags NONE") || strstr(not, "! --sport 0:") ||
	       strstr(not, "! --dport 0:");
}

unsigned nft_port_matches(const struct rule *rule)
{
	unsigned count = 0;

	for (const struct match *match = rule->matches; match; match = match->next)
		count += is_port_match(match);
	return count;
}

/* Is the text of -m limit cut, and where?  Its expression has no burst of 0. */
static size_t text_length(const struct match *match)
{
	static const char burst[] = " --limit-burst 0";
	size_t len = strlen(match->text);
	size_t end = sizeof(burst) - 1;

	if (strcmp(match->real_name, "limit") == 0 && len > end &&
	    strcmp(match->text + len - end, burst) == 0)
		return len - end;
	return len;
}

bool nft_changes_matches(const struct rule *rule)
{
	const struct match *found = NULL;

	for (const struct match *match = rule->matches; match; match = match->next) {
		if (match->text[text_length(match)])
			return true;
		if (!is_port_match(match))
			continue;
		if (found)
			return true;
		found = match;
	}
	return found && is_suspect(found);
}

static void add_ports(struct buf *out, const char *option, const struct ports *ports)
{
	if (is_full(ports))
		return;
	buf_add_string(out, ports->inverted ? " ! " : " ");
	buf_add_string(out, option);
	buf_add_char(out, ' ');
	text_decimal(out, ports->low);
	if (ports->low == ports->high)
		return;
	buf_add_char(out, ':');
	text_decimal(out, ports->high);
}

static void add_flags(struct buf *out, unsigned flags)
{
	static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG" };
	bool first = true;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & 1u << i))
			continue;
		if (!first)
			buf_add_char(out, ',');
		buf_add_string(out, names[i]);
		first = false;
	}
	if (first)
		buf_add_string(out, "NONE");
}

static void add_port_match(struct buf *out, const char *name, const struct port_match *match)
{
	buf_add_string(out, " -m ");
	buf_add_string(out, name);
	add_ports(out, "--sport", &match->source);
	add_ports(out, "--dport", &match->destination);
	if (!match->flags_mask)
		return;
	buf_add_string(out, match->flags_inverted ? " ! --tcp-flags " : " --tcp-flags ");
	add_flags(out, match->flags_mask);
	buf_add_char(out, ' ');
	add_flags(out, match->flags_value);
}

void nft_save_matches(struct buf *out, const struct rule *rule)
{
	struct port_match all = merge_all(rule);
	bool printed = false;

	for (const struct match *match = rule->matches; match; match = match->next) {
		struct port_match one;

		if (!is_port_match(match)) {
			buf_add(out, match->text, text_length(match));
			continue;
		}
		one = read_port_match(match);
		if (is_kept(&one)) {
			buf_add_string(out, match->text);
		} else if (makes_expression(&one) && !printed) {
			add_port_match(out, match->name, &all);
			printed = true;
		}
	}
}

/* ---- is it still the same? ---- */

static bool has_port(const struct ports *ports, unsigned port)
{
	return (port >= ports->low && port <= ports->high) != ports->inverted;
}

static const struct ports *side(const struct port_match *match, bool source)
{
	return source ? &match->source : &match->destination;
}

/* Do all the matches that were merged let PORT through? */
static bool all_have_port(const struct rule *rule, bool source, unsigned port)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		struct port_match one;

		if (!is_port_match(match))
			continue;
		one = read_port_match(match);
		if (!is_kept(&one) && !has_port(side(&one, source), port))
			return false;
	}
	return true;
}

/* Both sides of the comparison only change at the ends of these ranges. */
static bool same_at_ends(const struct rule *rule, const struct ports *merged, bool source,
			 const struct ports *ends)
{
	const unsigned ports[] = { 0, ends->low, ends->high + 1u };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (ports[i] <= UINT16_MAX &&
		    all_have_port(rule, source, ports[i]) != has_port(merged, ports[i]))
			return false;
	return true;
}

static bool loses_flags(const struct port_match *all, const struct port_match *match)
{
	if (!match->flags_mask)
		return match->flags_value || match->flags_inverted;
	return match->flags_mask != all->flags_mask || match->flags_value != all->flags_value ||
	       match->flags_inverted != all->flags_inverted;
}

bool nft_loses_test(const struct rule *rule)
{
	struct port_match all = merge_all(rule);

	for (int source = 0; source < 2; source++)
		if (!same_at_ends(rule, side(&all, source), source, side(&all, source)))
			return true;
	for (const struct match *match = rule->matches; match; match = match->next) {
		struct port_match one;

		if (!is_port_match(match))
			continue;
		one = read_port_match(match);
		if (is_kept(&one))
			continue;
		if (loses_flags(&all, &one))
			return true;
		for (int source = 0; source < 2; source++)
			if (!same_at_ends(rule, side(&all, source), source, side(&one, source)))
				return true;
	}
	return false;
}

/* ---- NFLOG ---- */

static bool read_nflog(const struct rule *rule, struct xt_nflog_info *info)
{
	return strcmp(rule->to.extension->real_name, "NFLOG") == 0 &&
	       target_data(rule->to.extension, info, sizeof(*info));
}

static bool has_range(const struct xt_nflog_info *info)
{
	return info->len && !(info->flags & XT_NFLOG_F_COPY_LEN);
}

static bool has_full_prefix(const struct xt_nflog_info *info)
{
	return strnlen(info->prefix, sizeof(info->prefix)) >= sizeof(info->prefix) - 1;
}

bool nft_changes_target(const struct rule *rule)
{
	struct xt_nflog_info info;

	return read_nflog(rule, &info) && (has_range(&info) || has_full_prefix(&info));
}

/* The prefix as the author wrote it: the structure only holds its beginning. */
static const char *written_prefix(const struct unit *unit, const struct rule *rule,
				  const struct xt_nflog_info *info)
{
	static const char option[] = "--nflog-p"; /* no other begins so */
	size_t known = strnlen(info->prefix, sizeof(info->prefix));
	struct word *words;
	size_t n_words;

	words = parse_words(unit->arena, unit->source, rule->origin->base.span, &n_words);
	for (size_t i = 0; words && i < n_words; i++) {
		const char *value;

		if (strncmp(words[i].text, option, sizeof(option) - 1) != 0)
			continue;
		value = strchr(words[i].text, '=');
		if (value)
			value++;
		else if (i + 1 < n_words)
			value = words[i + 1].text;
		if (value && strncmp(value, info->prefix, known) == 0)
			return value;
	}
	return info->prefix;
}

/* As the extensions print strings. */
static void add_quoted(struct buf *out, const char *text, size_t len)
{
	bool plain = len > 0;

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' && text[i] != '-')
			plain = false;
	if (plain) {
		buf_add(out, text, len);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (strchr("\"\\'", text[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, text[i]);
	}
	buf_add_char(out, '"');
}

static void add_nflog(struct buf *out, const struct unit *unit, const struct rule *rule,
		      const struct xt_nflog_info *info, size_t prefix_max)
{
	buf_add_string(out, " -j NFLOG");
	if (info->prefix[0]) {
		const char *prefix = written_prefix(unit, rule, info);

		buf_add_string(out, " --nflog-prefix ");
		add_quoted(out, prefix, strnlen(prefix, prefix_max));
	}
	if (info->group) {
		buf_add_string(out, " --nflog-group ");
		text_decimal(out, info->group);
	}
	if (info->flags & XT_NFLOG_F_COPY_LEN) {
		buf_add_string(out, " --nflog-size ");
		text_decimal(out, info->len);
	}
}

static void add_threshold(struct buf *out, const struct xt_nflog_info *info)
{
	if (info->threshold == XT_NFLOG_DEFAULT_THRESHOLD)
		return;
	buf_add_string(out, " --nflog-threshold ");
	text_decimal(out, info->threshold);
}

void nft_save_target(struct buf *out, const struct unit *unit, const struct rule *rule)
{
	struct xt_nflog_info info = { 0 };

	read_nflog(rule, &info);
	add_nflog(out, unit, rule, &info, NFT_PREFIX_MAX);
	add_threshold(out, &info);
}

bool nft_has_longer_prefix(const struct rule *rule)
{
	struct xt_nflog_info info;

	return read_nflog(rule, &info) && has_full_prefix(&info);
}

void nft_spell_target(struct buf *out, const struct unit *unit, const struct rule *rule)
{
	struct xt_nflog_info info = { 0 };

	read_nflog(rule, &info);
	add_nflog(out, unit, rule, &info, SIZE_MAX);
	if (has_range(&info)) {
		buf_add_string(out, " --nflog-range ");
		text_decimal(out, info.len);
	}
	add_threshold(out, &info);
}
