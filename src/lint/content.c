/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out what a match looks at, and adds up the packets of all ways to its rule.
 */
#include "lint/content.h"

#include <linux/netfilter/xt_length.h>
#include <linux/netfilter/xt_string.h>
#include <netinet/in.h>
#include <string.h>

#include "analyse/analysis.h"
#include "analyse/sample.h"
#include "lint/paths.h"

#define SHORT_HEX 6 /* bytes that may be an address and a port */

/* ---- the match ---- */

static bool is_text(const char *pattern, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (pattern[i] < 0x20 || pattern[i] > 0x7e)
			return false;
	}
	return true;
}

static bool read_string(struct content *content, struct arena *arena)
{
	struct xt_string_info info;

	if (content->match->revision != 1 || !match_data(content->match, &info, sizeof(info)))
		return false;
	content->is_string = true;
	content->inverted = info.u.v1.flags & XT_STRING_FLAG_INVERT;
	content->icase = info.u.v1.flags & XT_STRING_FLAG_IGNORECASE;
	if (info.to_offset <= HEADERS_MAX)
		return false;
	if (!is_text(info.pattern, info.patlen))
		return info.patlen > SHORT_HEX;
	content->pattern = arena_printf(arena, "%.*s", info.patlen, info.pattern);
	return true;
}

/* Does it step over two headers, the second of which has its length where TCP has it? */
static bool is_u32_behind_tcp(const char *text)
{
	const char *first = strchr(text, '@'), *second = first ? strchr(first + 1, '@') : NULL;
	const char *length = first ? strstr(first, ">>0x1a&0x3c@") : NULL;

	return second && length && strstr(text, ">>0x16&0x3c@");
}

static bool read_match(struct content *content, struct arena *arena)
{
	const struct match *match = content->match;
	struct xt_length_info length;

	if (match->undecided)
		return false;
	if (!strcmp(match->real_name, "string"))
		return read_string(content, arena);
	content->inverted = strstr(match->text, " ! ") != NULL;
	if (!strcmp(match->real_name, "u32"))
		return is_u32_behind_tcp(match->text);
	if (!strcmp(match->real_name, "length") && match_data(match, &length, sizeof(length)))
		return !length.invert && length.min > HEADERS_MAX;
	return false;
}

/* ---- its packets ---- */

struct sums {
	struct content *content;
	const struct reach *reach;
	struct arena *arena;
	const struct set *tcp, *udp, *syn, *new, *tls, *https;
};

static const struct set *syn_flags(struct scratch *scratch)
{
	struct range ranges[256];
	uint32_t n = 0;

	for (unsigned flags = 0; flags < 256; flags++) {
		if ((flags & 0x12) == 0x02)
			ranges[n++] = (struct range){ flags, flags };
	}
	return set_of(scratch, ranges, n);
}

/* Ports where TLS begins with the first byte, by IANA's list and use. */
static const struct set *tls_ports(struct scratch *scratch)
{
	static const uint16_t ports[] = { 443, 465, 563, 636,  853,  989,  990,	 992,
					  993, 994, 995, 5061, 5671, 6697, 8443, 8883 };
	struct range ranges[sizeof(ports) / sizeof(ports[0])];

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		ranges[i] = (struct range){ ports[i], ports[i] };
	return set_of(scratch, ranges, sizeof(ports) / sizeof(ports[0]));
}

static bool add_path(void *context, const struct path *path)
{
	struct sums *sums = context;
	struct content *content = sums->content;
	const struct region *region = path->region;
	bool is_tcp = region_is_within(region, VAR_PROTOCOL, sums->tcp);
	bool is_udp = region_is_within(region, VAR_PROTOCOL, sums->udp);

	if (!content->sample)
		content->sample = sample_of_region(sums->arena, reach_space(sums->reach), region);
	content->all_tcp &= is_tcp;
	content->all_udp &= is_udp;
	content->some_tcp |= region_may_be(region, VAR_PROTOCOL, sums->tcp);
	content->all_syn &= is_tcp && region_is_within(region, VAR_FLAGS, sums->syn);
	content->all_new &= region_is_within(region, VAR_STATE, sums->new);
	content->all_tls_in &= is_tcp && region_is_within(region, VAR_SPORT, sums->tls);
	content->all_tls_out &= is_tcp && region_is_within(region, VAR_DPORT, sums->tls);
	content->all_quic &= is_udp && (region_is_within(region, VAR_SPORT, sums->https) ||
					region_is_within(region, VAR_DPORT, sums->https));
	return true;
}

static bool add_up(const struct unit *unit, struct content *content, struct scratch *scratch,
		   struct sums *sums)
{
	const struct reach *reach = analysis_reach(unit->analysis, content->at->table);
	const struct chain_flow *flow = interest_flow(unit, content->at);

	sums->content = content;
	sums->reach = reach;
	content->all_tcp = content->all_udp = content->all_syn = content->all_new = true;
	content->all_tls_in = content->all_tls_out = content->all_quic = true;
	return flow && paths_each(reach, scratch, flow, content->at->position, add_path, sums) &&
	       content->sample;
}

void content_each(const struct unit *unit, content_visit *visit, void *context)
{
	const struct interest *at;
	struct scratch *scratch;
	struct sums sums;
	uint32_t i = 0;

	at = interests_next(unit, &i, INTEREST_CONTENT);
	if (!at)
		return;
	scratch = scratch_new();
	sums = (struct sums){
		.arena = unit->arena,
		.tcp = set_range(scratch, IPPROTO_TCP, IPPROTO_TCP),
		.udp = set_range(scratch, IPPROTO_UDP, IPPROTO_UDP),
		.syn = syn_flags(scratch),
		.new = set_range(scratch, CT_NEW, CT_NEW + (CT_SNAT | CT_DNAT)),
		.tls = tls_ports(scratch),
		.https = set_range(scratch, 443, 443),
	};
	for (; at; at = interests_next(unit, &i, INTEREST_CONTENT)) {
		for (const struct match *match = at->rule->matches; match; match = match->next) {
			struct content content = { .at = at, .match = match };
			struct scratch_mark mark = scratch_mark(scratch);

			if (read_match(&content, unit->arena) &&
			    add_up(unit, &content, scratch, &sums))
				visit(context, &content);
			scratch_release(scratch, mark);
		}
	}
	scratch_free(scratch);
}
