/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches and targets on a line: which extension a -m or -j loads, whose an
 * option is, and what they make of the rule in the end.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bind/reading.h"
#include "bind/trust.h"
#include "ruleset/protocol.h"

#define MAX_CHAIN_NAME 28 /* XT_EXTENSION_MAXNAMELEN - 1 of linux/netfilter/x_tables.h */

static void note_use(struct reading *reading, int owner, const char *name, int first, bool invert)
{
	struct use *use;

	if (reading->n_uses == (int)(sizeof(reading->uses) / sizeof(*reading->uses)))
		return;
	use = &reading->uses[reading->n_uses++];
	*use = (struct use){ owner, name, first, optind, invert };
	if (owner == LIBRARY_TARGET)
		reading->target_end = optind;
}

static void match_added(struct reading *reading, const struct option *before, int first)
{
	int index = library_n_matches(reading->library) - 1;

	reading->match_before[index] = before;
	reading->match_after[index] = library_options(reading->library);
	reading->match_protocol[index] = reading->rule.protocol;
	reading->match_names[index] = 0;
	reading->match_failed[index] = false;
	note_use(reading, index, NULL, first, false);
}

void read_match(struct reading *reading, const char *name)
{
	const struct option *before = library_options(reading->library);
	struct span span = reading_span(reading, optind - 1, optind);
	struct failure failure;

	reading->lost_extension = false;
	if (library_n_matches(reading->library) == MAX_MATCHES)
		return; /* a line has fewer words */
	switch (library_add_match(reading->library, name, &failure)) {
	case LIBRARY_OK:
		match_added(reading, before, reading->start);
		break;
	case LIBRARY_FAILED:
		complain_failure(reading, &failure, span);
		reading->lost_extension = true;
		break;
	case LIBRARY_MISSING:
		complain_unknown_match(reading, name, span);
		break;
	}
}

static bool is_target_name(struct reading *reading, const char *name, struct span span)
{
	size_t len = strlen(name);

	if (len == 0) {
		complain(reading, "syntax-error", span, "the name of a target cannot be empty");
		return false;
	}
	if (len > MAX_CHAIN_NAME) {
		complain(reading, "name-too-long", span,
			 "'%s' has %zu bytes; the name of a chain or target has at most %d", name,
			 len, MAX_CHAIN_NAME);
		return false;
	}
	for (const char *c = name; *c; c++) {
		if (isspace((unsigned char)*c)) {
			complain(reading, "syntax-error", span,
				 "blank or control character in the name of a target");
			return false;
		}
	}
	return true;
}

static bool is_chain(const struct reading *reading, const char *name)
{
	const struct bind_scope *scope = reading->scope;

	return scope->has_chain(scope->context, intern_add(scope->names, name, strlen(name)));
}

/* With --noflush: a chain that the host has, as far as is known. */
static bool may_be_loaded(const struct reading *reading, const char *name)
{
	return reading->scope->assumes_chains && hook_find(name) == HOOK_NONE &&
	       verdict_find(name) == VERDICT_NONE;
}

static void jump_to_chain(struct reading *reading, const char *name, enum target_kind kind)
{
	reading->rule.target_kind = (uint8_t)kind;
	reading->rule.to.chain = intern_add(reading->scope->names, name, strlen(name));
}

void read_jump(struct reading *reading, const char *name)
{
	struct span span = reading_span(reading, optind - 1, optind);
	enum verdict verdict = verdict_find(name);
	struct failure failure;

	reading->target_at = reading->start;
	reading->target_end = optind;
	reading->lost_extension = false;
	reading->target_before = library_options(reading->library);
	reading->target_protocol = reading->rule.protocol;
	if (!is_target_name(reading, name, span))
		return;
	if (is_chain(reading, name)) {
		jump_to_chain(reading, name, TARGET_JUMP);
		return;
	}
	if (verdict != VERDICT_NONE) {
		reading->rule.target_kind = TARGET_VERDICT;
		reading->rule.verdict = (uint8_t)verdict;
		return;
	}
	/* The library has an extension of this name, for the verdicts; the kernel refuses it. */
	if (strcmp(name, "standard") == 0) {
		complain_unknown_target(reading, name, span);
		return;
	}
	switch (library_add_target(reading->library, name, &failure)) {
	case LIBRARY_OK:
		reading->rule.target_kind = TARGET_EXTENSION;
		reading->target_after = library_options(reading->library);
		note_use(reading, LIBRARY_TARGET, NULL, reading->start, false);
		break;
	case LIBRARY_FAILED:
		complain_failure(reading, &failure, span);
		reading->lost_extension = true;
		break;
	case LIBRARY_MISSING:
		if (may_be_loaded(reading, name))
			jump_to_chain(reading, name, TARGET_JUMP);
		else
			complain_unknown_target(reading, name, span);
		break;
	}
}

void read_goto(struct reading *reading, const char *name)
{
	struct span span = reading_span(reading, optind - 1, optind);

	reading->target_at = reading->start;
	reading->target_end = optind;
	if (!is_target_name(reading, name, span))
		return;
	if (is_chain(reading, name) || may_be_loaded(reading, name))
		jump_to_chain(reading, name, TARGET_GOTO);
	else if (hook_find(name) != HOOK_NONE)
		complain_unknown_target(reading, name, span);
	else
		complain(reading, "undefined-chain", span,
			 "-g goes to a chain, and '%s' is none that is declared above", name);
}

/* Loads the match of -p, as an option that nobody knows may be its. */
static bool load_protocol_match(struct reading *reading)
{
	const struct option *before = library_options(reading->library);
	const char *name = reading->protocol;
	struct failure failure;
	char *end;

	if (!name || reading->protocol_used)
		return false;
	reading->protocol_used = true;
	if (isdigit((unsigned char)name[0])) {
		(void)strtoul(name, &end, 0);
		if (*end == '\0')
			name = protocol_name(reading->rule.protocol, true);
	}
	if (!name || library_add_match(reading->library, name, &failure) != LIBRARY_OK)
		return false;
	reading->protocol_match = library_n_matches(reading->library) - 1;
	match_added(reading, before, reading->start);
	/* The match has no word of its own. */
	reading->uses[reading->n_uses - 1].end = reading->start;
	return true;
}

static const char *option_name(const struct reading *reading, int value)
{
	const struct option *option = library_options(reading->library);

	while (option->name && option->val != value)
		option++;
	return option->name;
}

static void complain_option(struct reading *reading, int value)
{
	int at = reading->start;

	if (value == ':') {
		complain(reading, "syntax-error", reading_span(reading, at, at + 1),
			 "'%s' needs a value", reading->argv[at]);
		return;
	}
	reading->lost = true;
	if (reading->lost_extension)
		reading->failed = true;
	else
		complain_unknown_option(reading, at);
}

static void remark_cut_port(struct reading *reading, int first, int end)
{
	if (library_port_was_cut(reading->library))
		remark(reading, "invalid-value", reading_span(reading, first, end),
		       "a port above 65535 is cut to its low 16 bits");
}

static void remark_odd_service(struct reading *reading, int first, int end)
{
	const char *name = library_odd_service(reading->library);

	if (name)
		remark(reading, "service-or-protocol-name", reading_span(reading, first, end),
		       "what '%s' means stands in the /etc/services of this host only: IANA has "
		       "assigned no such port to it",
		       name)
			->level = LEVEL_WARNING;
}

/* nft knows --fragments for IPv6 too, if only to refuse it. */
static void check_abbreviation(struct reading *reading)
{
	const char *word = reading->argv[reading->start];
	struct diag *diag;

	if (reading->family != FAMILY_IPV6 || strncmp("--fragments", word, strlen(word)) != 0)
		return;
	diag = remark(reading, "syntax-error", reading_span(reading, reading->start, optind),
		      "'%s' may be '--fragments' too", word);
	diag->refuses = BACKEND_NFT;
}

static void count_names(struct reading *reading, int owner, unsigned before)
{
	unsigned used = library_names_used(reading->library) - before;

	if (owner == LIBRARY_TARGET)
		reading->target_names += used;
	else
		reading->match_names[owner] += used;
}

bool read_extension_option(struct reading *reading, int value)
{
	int owner = value == ':' || value == '?' ? LIBRARY_NOBODY
						 : library_owner(reading->library, value);
	unsigned names = library_names_used(reading->library);
	int value_at = optind - 1;
	const char *argument = optarg;
	struct failure failure;
	const char *name;

	if (owner == LIBRARY_NOBODY) {
		if (load_protocol_match(reading))
			return false;
		complain_option(reading, value);
		return true;
	}
	reading->lost = false;
	check_abbreviation(reading);
	if (!library_option(reading->library, owner, value, reading->argv, reading->invert,
			    &failure)) {
		complain_failure(reading, &failure, reading_span(reading, value_at, value_at + 1));
		reading->lost = true; /* more values may follow */
		/* The final check would complain of what is missing now. */
		if (owner == LIBRARY_TARGET)
			reading->target_failed = true;
		else
			reading->match_failed[owner] = true;
		return true;
	}
	name = option_name(reading, value);
	count_names(reading, owner, names);
	note_use(reading, owner, name, reading->start, reading->invert);
	if (argument)
		remark_cut_value(reading, owner, name, argument, value_at);
	remark_cut_port(reading, value_at, optind);
	remark_odd_service(reading, value_at, optind);
	return true;
}

/* Where OWNER was loaded. */
static struct span owner_span(const struct reading *reading, int owner)
{
	for (int i = 0; i < reading->n_uses; i++) {
		const struct use *use = &reading->uses[i];

		if (use->owner == owner)
			return reading_span(reading, use->first,
					    use->end > use->first ? use->end : use->first + 1);
	}
	return reading_span(reading, 1, 2);
}

void check_extensions(struct reading *reading)
{
	int n = library_n_matches(reading->library);
	struct failure failure;

	for (int i = 0; i < n; i++)
		if (!reading->match_failed[i] && !library_check(reading->library, i, &failure))
			complain_failure(reading, &failure, owner_span(reading, i));
	if (reading->rule.target_kind == TARGET_EXTENSION && !reading->target_failed &&
	    !library_check(reading->library, LIBRARY_TARGET, &failure))
		complain_failure(reading, &failure, owner_span(reading, LIBRARY_TARGET));
}

/* From the first word of OWNER to its last. */
static struct span uses_span(const struct reading *reading, int owner)
{
	int first = 0, end = 0;

	for (int i = 0; i < reading->n_uses; i++) {
		const struct use *use = &reading->uses[i];

		if (use->owner != owner)
			continue;
		if (first == 0)
			first = use->first;
		if (use->end > end)
			end = use->end;
	}
	return reading_span(reading, first, end);
}

/* A word as iptables-save would quote it. */
static void add_quoted(struct buf *out, const char *word)
{
	bool plain = *word != '\0';

	for (const char *c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-.:,/+=", *c))
			plain = false;
	if (plain) {
		buf_add_string(out, word);
		return;
	}
	buf_add_char(out, '"');
	for (const char *c = word; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *c);
	}
	buf_add_char(out, '"');
}

/* The words of OWNER in the author's own values, options by their full names. */
static const char *written_text(const struct reading *reading, int owner, const char *load,
				const char *name)
{
	struct buf out = BUF_INIT;
	const char *text;

	buf_printf(&out, " %s %s", load, name);
	for (int i = 0; i < reading->n_uses; i++) {
		const struct use *use = &reading->uses[i];
		const char *equals;

		if (use->owner != owner || !use->name)
			continue;
		buf_printf(&out, "%s --%s", use->invert ? " !" : "", use->name);
		equals = strchr(reading->argv[use->first], '=');
		if (use->end == use->first + 1 && equals) {
			buf_add_char(&out, ' ');
			add_quoted(&out, equals + 1);
		}
		for (int word = use->first + 1; word < use->end; word++) {
			buf_add_char(&out, ' ');
			add_quoted(&out, reading->words[word - 1].text);
		}
	}
	text = arena_strndup(reading->scope->arena, buf_string(&out), out.len);
	buf_free(&out);
	return text;
}

static bool had_options(const struct reading *reading, int owner)
{
	for (int i = 0; i < reading->n_uses; i++)
		if (reading->uses[i].owner == owner && reading->uses[i].name)
			return true;
	return false;
}

static struct match *save_match(struct reading *reading, int index)
{
	struct match *match = arena_new_object(reading->scope->arena, struct match);
	struct failure failure;

	if (!library_save_match(reading->library, index, reading->scope->arena, match, &failure)) {
		complain_failure(reading, &failure, uses_span(reading, index));
		return NULL;
	}
	match->span = uses_span(reading, index);
	match->implicit = index == reading->protocol_match;
	if (reading->match_names[index] || trust_text_varies(match->real_name))
		match->written = written_text(reading, index, "-m", match->name);
	if (!trust_saved_text(match->real_name, match->text, had_options(reading, index)))
		reading->rule.recheck_save = true;
	return match;
}

static bool save_target(struct reading *reading)
{
	struct target *target = arena_new_object(reading->scope->arena, struct target);
	struct failure failure;

	if (!library_save_target(reading->library, reading->scope->arena, target, &failure)) {
		complain_failure(reading, &failure, uses_span(reading, LIBRARY_TARGET));
		return false;
	}
	if (reading->target_names || trust_text_varies(target->real_name))
		target->written = written_text(reading, LIBRARY_TARGET, "-j", target->name);
	if (!trust_saved_text(target->real_name, target->text,
			      had_options(reading, LIBRARY_TARGET)))
		reading->rule.recheck_save = true;
	reading->rule.to.extension = target;
	return true;
}

bool save_extensions(struct reading *reading)
{
	int n = library_n_matches(reading->library);
	const struct match **last = &reading->rule.matches;

	for (int i = 0; i < n; i++) {
		struct match *match = save_match(reading, i);

		if (!match)
			return false;
		*last = match;
		last = (const struct match **)&match->next;
	}
	if (reading->rule.target_kind == TARGET_EXTENSION)
		return save_target(reading);
	return true;
}
