/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what the words of a line said to the rules that it stands for: one for each
 * pair of a source and a destination.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "bind/address.h"
#include "bind/reading.h"
#include "ruleset/protocol.h"

#define MAX_INTERFACE_NAME 15 /* IFNAMSIZ - 1 of linux/if.h */

int read_protocol(const char *text)
{
	uintmax_t number;
	char *end;

	number = strtoumax(text, &end, 0);
	if (end != text && *end == '\0' && *text != '-' && number <= UINT8_MAX)
		return (int)number;
	return protocol_number(text);
}

const char *read_interface(struct reading *reading, const char *name, struct span span)
{
	size_t len = strlen(name);

	if (len > MAX_INTERFACE_NAME) {
		complain(reading, "name-too-long", span,
			 "'%s' has %zu bytes; the name of an interface has at most %d", name, len,
			 MAX_INTERFACE_NAME);
		return NULL;
	}
	if (strpbrk(name, "/ "))
		remark(reading, "invalid-value", span,
		       "no interface can be called '%s': it has a blank or a '/'", name)
			->level = LEVEL_WARNING;
	return intern_add(reading->scope->names, name, len);
}

/* ---- lists of addresses ---- */

struct address_list {
	const struct prefix **items;
	size_t count;
	size_t capacity;
};

/* The bytes [offset, offset + len) of a word, where it was written without quotes. */
static struct span piece_span(const struct reading *reading, int at, size_t offset, size_t len)
{
	const struct word *word = &reading->words[at - 1];
	struct span span = word->span;
	size_t full = strlen(word->text);
	size_t start = full - strlen(reading->argv[at]); /* behind "--source=" */

	if (word->quoted || full != span.end - span.start || start + offset + len > full)
		return span;
	span.start += (uint32_t)(start + offset);
	span.end = span.start + (uint32_t)len;
	return span;
}

static void complain_address(struct reading *reading, enum address_result result, const char *text,
			     size_t len, struct span span)
{
	int other = reading->family == FAMILY_IPV6 ? 4 : 6;
	struct diag *diag;

	if (result == ADDRESS_BAD_MASK) {
		complain(reading, "invalid-value", span, "the mask of '%.*s' is none", (int)len,
			 text);
		return;
	}
	if (result == ADDRESS_OTHER_FAMILY) {
		diag = complain(reading, "invalid-value", span,
				"'%.*s' is an IPv%d address in a file for IPv%d", (int)len, text,
				other, (int)reading->family);
		diag_hint(reading->scope->diags, diag,
			  "rules for IPv%d have a file of their own (-%d reads this file as one)",
			  other, other);
		return;
	}
	complain(reading, "invalid-value", span, "'%.*s' is no address", (int)len, text);
}

/*
 * The mask takes some bits of the address away.  Where a rule lets packets in, more
 * hosts may come in than its author thought.
 */
static void remark_host_bits(struct reading *reading, const union address *network,
			     const char *text, size_t len, struct span span)
{
	bool accepts = reading->rule.target_kind == TARGET_VERDICT &&
		       reading->rule.verdict == VERDICT_ACCEPT;
	int family = reading->family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	struct diags *diags = reading->scope->diags;
	const char *mask = memrchr(text, '/', len);
	int host_len = (int)(mask - text);
	char address[INET6_ADDRSTRLEN];
	struct diag *diag;
	char *right;

	inet_ntop(family, network, address, sizeof(address));
	right = arena_printf(diags->arena, "%s%.*s", address, (int)len - host_len, mask);
	diag = remark(reading, "cidr-host-bits", span, "'%.*s' is the whole network %s", (int)len,
		      text, right);
	diag->level = accepts ? LEVEL_WARNING : LEVEL_INFO;
	diag_hint(diags, diag, "write '%s', or '%.*s' if only that host is meant", right, host_len,
		  text);
	if (span.end - span.start != len)
		return; /* in quotes */
	diag_edit(diags, diag, span, right);
	diag_need_extra(diags->arena, diag)->fix_is_safe = !accepts;
}

static void add_item(struct reading *reading, struct address_list *list, const struct prefix *item)
{
	struct arena *arena = reading->scope->arena;

	if (list->count == list->capacity) {
		const struct prefix **items;

		list->capacity = 2 * list->capacity + 1;
		items = arena_alloc(arena, list->capacity * sizeof(*items));
		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	list->items[list->count++] = item ? arena_memdup(arena, item, sizeof(*item)) : NULL;
}

/* One item for each address of the name; under '!' it may have one only. */
static void add_host(struct reading *reading, struct address_list *list, const struct prefix *host,
		     struct span span, bool inverted)
{
	struct arena *arena = reading->scope->arena;
	const char *text = host->host;
	const struct pin *pin = pin_name(reading, arena_strndup(arena, text, strcspn(text, "/")));
	size_t first = list->count;

	if (!pin)
		undecide_host(reading, span, text, strlen(text), inverted);
	for (size_t i = 0; pin && i < pin->n; i++) {
		struct prefix item =
			address_of_host(arena, reading->family, host, &pin->addresses[i]);

		/* in order, so that what the mask makes equal stands together */
		if (list->count == first || !prefix_equal(list->items[list->count - 1], &item))
			add_item(reading, list, &item);
	}
	if (inverted && list->count > first + 1) {
		complain(reading, "hostname-in-address", span,
			 "host name '%s' has %zu addresses, and '!' takes one", pin->name, pin->n);
		list->count = first + 1;
	}
	if (list->count == first) /* an error was reported */
		add_item(reading, list, NULL);
}

static void read_item(struct reading *reading, struct address_list *list, int at, size_t offset,
		      size_t len, bool inverted)
{
	const char *text = reading->argv[at] + offset;
	struct span span = piece_span(reading, at, offset, len);
	struct address_reading address;
	enum address_result result =
		address_read(reading->scope->arena, reading->family, text, len, &address);

	if (result == ADDRESS_HOST && reading->scope->resolver) {
		add_host(reading, list, &address.prefix, span, inverted);
		return;
	}
	switch (result) {
	case ADDRESS_ANY:
	case ADDRESS_OK:
		break;
	case ADDRESS_HOST:
		undecide_host(reading, span, text, len, inverted);
		break;
	default:
		complain_address(reading, result, text, len, span);
		add_item(reading, list, NULL);
		return;
	}
	if (address.octal)
		remark(reading, "octal-address", span,
		       "a number that begins with 0 is octal: '%.*s'", (int)len, text);
	if (address.host_bits)
		remark_host_bits(reading, &address.prefix.address, text, len, span);
	add_item(reading, list, result == ADDRESS_ANY && !inverted ? NULL : &address.prefix);
}

static size_t count_items(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

static struct address_list read_list(struct reading *reading, enum core_option option)
{
	struct address_list list = { NULL, 0, 0 };
	bool inverted =
		reading->rule.inverted & (option == OPTION_SOURCE ? RULE_NOT_SRC : RULE_NOT_DST);
	int at = reading->at[option];
	const char *text;
	size_t offset = 0;

	if (!(reading->options & 1u << option)) {
		add_item(reading, &list, NULL);
		return list;
	}
	text = reading->argv[at];
	for (size_t left = count_items(text); left; left--) {
		size_t len;

		while (text[offset] == ' ' || text[offset] == '\t')
			offset++;
		len = strcspn(text + offset, ",");
		read_item(reading, &list, at, offset, len, inverted);
		offset += len + 1;
	}
	return list;
}

/* ---- checks that need the whole line ---- */

static void check_interface(struct reading *reading, enum core_option option, char letter,
			    enum hook first, enum hook second)
{
	enum hook hook = hook_find(reading->command->chain);
	int at = reading->at[option];
	struct diag *diag;

	if (!(reading->options & 1u << option) || (hook != first && hook != second))
		return;
	diag = complain(reading, "match-not-valid-here", reading_span(reading, at - 1, at + 1),
			"'-%c' cannot be used in chain %s", letter, reading->command->chain);
	diag_hint(reading->scope->diags, diag,
		  letter == 'i'
			  ? "a packet has no incoming interface there; '-i' works in "
			    "PREROUTING, INPUT and FORWARD"
			  : "a packet has no outgoing interface there; '-o' works in FORWARD, "
			    "OUTPUT and POSTROUTING");
}

static void check_never_matched(struct reading *reading)
{
	static const uint8_t extension_headers[] = { IPPROTO_ROUTING, IPPROTO_FRAGMENT, IPPROTO_AH,
						     IPPROTO_DSTOPTS };
	int at = reading->at[OPTION_PROTOCOL];

	if (reading->family != FAMILY_IPV6 || reading->rule.inverted & RULE_NOT_PROTOCOL)
		return;
	for (size_t i = 0; i < sizeof(extension_headers); i++)
		if (reading->rule.protocol == extension_headers[i])
			remark(reading, "protocol-mismatch", reading_span(reading, at, at + 1),
			       "'-p %s' never matches: it is an extension header, which has a "
			       "match of its own",
			       reading->protocol)
				->level = LEVEL_WARNING;
}

static void check_rule(struct reading *reading)
{
	const struct command *command = reading->command;

	if (command->chain) {
		check_interface(reading, OPTION_IN, 'i', HOOK_OUTPUT, HOOK_POSTROUTING);
		check_interface(reading, OPTION_OUT, 'o', HOOK_PREROUTING, HOOK_INPUT);
	}
	if (reading->options & 1u << OPTION_PROTOCOL)
		check_never_matched(reading);
	if (reading->scope->table == TABLE_NAT && reading->rule.target_kind == TARGET_VERDICT &&
	    reading->rule.verdict == VERDICT_DROP) {
		struct diag *diag =
			complain(reading, "target-not-valid-here",
				 reading_span(reading, reading->target_at, reading->target_end),
				 "DROP cannot be used in table nat, which sees only first packets");

		diag_hint(reading->scope->diags, diag, "drop in table filter, mangle or raw");
	}
}

/* ---- the rules ---- */

static const struct counters *rule_counters(const struct reading *reading,
					    const struct counters *before)
{
	if (!(reading->options & 1u << OPTION_COUNTERS))
		return before;
	return arena_memdup(reading->scope->arena, &reading->counters, sizeof(reading->counters));
}

/* Lists go with neither '!', before whichever of the two, nor with -R. */
static void check_lists(struct reading *reading, size_t n_sources, size_t n_destinations)
{
	int at = reading->at[n_sources > 1 ? OPTION_SOURCE : OPTION_DESTINATION];
	struct span span = reading_span(reading, at, at + 1);

	if (n_sources * n_destinations == 1)
		return;
	if (reading->rule.inverted & (RULE_NOT_SRC | RULE_NOT_DST))
		complain(reading, "syntax-error", span,
			 "a rule with a list of addresses takes no '!' before '-s' or '-d'");
	if (reading->command->kind == COMMAND_REPLACE)
		complain(reading, "syntax-error", span,
			 "'-R' replaces by one rule, not by a list of addresses");
}

void assemble_rules(struct reading *reading)
{
	struct command *command = reading->command;
	struct address_list sources = read_list(reading, OPTION_SOURCE);
	struct address_list destinations = read_list(reading, OPTION_DESTINATION);
	struct rule *rule = &reading->rule;
	struct rule *rules;
	size_t count = sources.count * destinations.count;

	check_lists(reading, sources.count, destinations.count);
	check_rule(reading);
	if (rule->in && (rule->inverted & RULE_NOT_IN) && strcmp(rule->in, "+") == 0)
		rule->recheck_save = true;
	if (rule->out && (rule->inverted & RULE_NOT_OUT) && strcmp(rule->out, "+") == 0)
		rule->recheck_save = true;
	rule->origin = command;
	rule->counters = rule_counters(reading, rule->counters);
	rule->counters_from_option = reading->options & 1u << OPTION_COUNTERS;
	rule->unbound = reading->failed;
	if (rule->unbound && rule->target_kind == TARGET_EXTENSION)
		rule->target_kind = TARGET_NONE; /* what it would do is not known */
	if (reading->target_at)
		rule->target_span = reading_span(reading, reading->target_at, reading->target_end);
	rules = arena_alloc(reading->scope->arena, count * sizeof(*rules));
	for (size_t i = 0; i < count; i++) {
		rules[i] = *rule;
		rules[i].src = sources.items[i / destinations.count];
		rules[i].dst = destinations.items[i % destinations.count];
	}
	command->rules = rules;
	command->n_rules = (uint32_t)count;
}
