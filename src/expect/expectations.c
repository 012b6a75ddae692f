/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line by line, word by word.  What stands above the first group holds for the whole file,
 * what stands in a group until the next one.
 */
#include "expect/expectations.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/similar.h"

#define WORDS_MAX 256 /* of a line */

/* What lines with @ have said. */
struct context {
	enum family family;
	enum table_id table;
	struct assumption *assumptions;
	size_t n_assumptions;
};

struct reader {
	struct words words;
	struct expectations *expectations;
	struct expectation **last;
	const struct assumption *assumed; /* of the command line */
	size_t n_assumed;
	struct context of_file, now;
	const char *group;
	bool is_in_group;
	struct span list[WORDS_MAX]; /* the words of the line */
	uint32_t n;
};

static const char *text_of(const struct reader *r, struct span span)
{
	return arena_strndup(r->words.arena, r->words.source->bytes + span.start,
			     span.end - span.start);
}

static bool wrong(struct reader *r, struct span span, const char *reason, const char *hint)
{
	struct diag *diag =
		diag_add(r->words.diags, "expectation", span, "'%s': %s", text_of(r, span), reason);

	diag_hint(r->words.diags, diag, "%s", hint);
	return false;
}

/* ---- lines with @ ---- */

static bool read_family(struct reader *r, struct context *context)
{
	const char *value = r->n == 2 ? text_of(r, r->list[1]) : "";

	if (strcmp(value, "4") != 0 && strcmp(value, "6") != 0)
		return wrong(r, r->list[r->n == 1 ? 0 : 1], "this names no family",
			     "say '@family 4' or '@family 6'");
	context->family = *value == '4' ? FAMILY_IPV4 : FAMILY_IPV6;
	return true;
}

static bool read_table(struct reader *r, struct context *context)
{
	enum table_id table = r->n == 2 ? table_find(text_of(r, r->list[1])) : TABLE_NONE;

	if (table == TABLE_NONE)
		return wrong(r, r->list[r->n == 1 ? 0 : 1], "this names no table",
			     "say '@table filter', or raw, mangle, nat or security");
	context->table = table;
	return true;
}

static bool read_assume(struct reader *r, struct context *context)
{
	if (r->n == 1)
		return wrong(r, r->list[0], "what is assumed?", "say '@assume set:trusted=yes'");
	for (uint32_t i = 1; i < r->n; i++) {
		struct assumption *list =
			arena_alloc(r->words.arena, (context->n_assumptions + 1) * sizeof(*list));
		const char *why;

		/* a later one goes first, so that a group can say otherwise than the file */
		if (!assumption_read(&list[0], r->words.arena, text_of(r, r->list[i]), &why))
			return wrong(r, r->list[i],
				     "this is not of the form MATCH:WORD=yes or MATCH=no",
				     "for a set: set:trusted=yes; for a rate: limit=yes");
		if (context->n_assumptions)
			memcpy(list + 1, context->assumptions,
			       context->n_assumptions * sizeof(*list));
		context->assumptions = list;
		context->n_assumptions++;
	}
	return true;
}

static bool read_setting(struct reader *r)
{
	const char *name = text_of(r, r->list[0]);
	struct context *context = r->is_in_group ? &r->now : &r->of_file;
	bool done;

	if (!strcmp(name, "@family"))
		done = read_family(r, context);
	else if (!strcmp(name, "@table"))
		done = read_table(r, context);
	else if (!strcmp(name, "@assume"))
		done = read_assume(r, context);
	else
		return wrong(r, r->list[0], "there is no such setting",
			     "there are @family, @table and @assume");
	if (!r->is_in_group)
		r->now = r->of_file;
	return done;
}

/* ---- groups ---- */

static bool read_group(struct reader *r, struct span line)
{
	const char *bytes = r->words.source->bytes;
	struct span name = line;

	while (name.end > name.start && strchr(" \t\r", bytes[name.end - 1]))
		name.end--;
	if (bytes[name.end - 1] != ']')
		return wrong(r, name, "the head of a group ends with a ]",
			     "write [the name] alone");
	name.start++;
	name.end--;
	r->group = text_of(r, name);
	r->is_in_group = true;
	r->now = r->of_file;
	return true;
}

/* ---- expectations ---- */

static const struct {
	const char *name;
	enum promise promise;
} promises[] = {
	{ "accept", PROMISE_ACCEPT }, { "drop", PROMISE_DROP }, { "reject", PROMISE_REJECT },
	{ "deny", PROMISE_DENY },     { "dnat", PROMISE_DNAT },
};

#define N_PROMISES (sizeof(promises) / sizeof(promises[0]))

static bool read_promise(struct reader *r, enum promise *promise)
{
	const char *name = text_of(r, r->list[0]);
	struct similar similar;

	similar_init(&similar, name);
	for (size_t i = 0; i < N_PROMISES; i++) {
		if (!strcmp(promises[i].name, name)) {
			*promise = promises[i].promise;
			return true;
		}
		similar_offer(&similar, promises[i].name);
	}
	return wrong(
		r, r->list[0], "a line begins with what becomes of the packets",
		similar_result(&similar)
			? arena_printf(r->words.arena, "did you mean '%s'?",
				       similar_result(&similar))
			: "accept, drop, reject, deny (one of the two), or dnat to=ADDRESS:PORT");
}

static bool parse_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	*port = (uint16_t)number;
	return *text >= '0' && *text <= '9' && !*end && number <= 65535;
}

static bool parse_destination(struct arena *arena, const char *text, struct destination *to)
{
	char *copy = arena_strdup(arena, text), *port = NULL;
	unsigned char bytes[16];
	unsigned n = 0;

	if (*copy == '[') {
		char *close = strchr(copy, ']');

		if (!close || (close[1] && close[1] != ':'))
			return false;
		port = close[1] ? close + 2 : NULL;
		*close = '\0';
		copy++;
	} else if (strchr(copy, ':') && strchr(copy, ':') == strrchr(copy, ':')) {
		port = strchr(copy, ':');
		*port++ = '\0';
	}
	to->has_port = port != NULL;
	if (port && !parse_port(port, &to->port))
		return false;
	if (!*copy)
		return to->has_port;
	if (inet_pton(AF_INET, copy, bytes) == 1) {
		to->family = FAMILY_IPV4;
		n = 4;
	} else if (inet_pton(AF_INET6, copy, bytes) == 1) {
		to->family = FAMILY_IPV6;
		n = 16;
	}
	for (unsigned i = 0; i < n; i++)
		to->address = to->address << 8 | bytes[i];
	to->has_address = n != 0;
	return to->has_address;
}

/* The word to=, which may stand anywhere before except; true if the word at I is none. */
static bool read_to(struct reader *r, uint32_t i, struct expectation *expectation, bool *is_to)
{
	const char *word = text_of(r, r->list[i]);

	*is_to = !strncmp(word, "to=", 3);
	if (!*is_to)
		return true;
	if (expectation->promise != PROMISE_DNAT)
		return wrong(r, r->list[i], "only dnat promises another destination",
			     "write 'dnat to=...', or leave it out");
	if (expectation->to.has_address || expectation->to.has_port)
		return wrong(r, r->list[i], "the line says this twice", "leave one of them out");
	if (!parse_destination(r->words.arena, word + 3, &expectation->to))
		return wrong(r, r->list[i], "this is no destination",
			     "say ADDRESS, ADDRESS:PORT or :PORT; of IPv6 [ADDRESS]:PORT");
	return true;
}

static bool read_words(struct reader *r, struct expectation *expectation)
{
	struct packet_set *set = &expectation->set;
	uint32_t first = 1;

	for (uint32_t i = 1; i < r->n; i++) {
		struct packet_set *old = expectation->exceptions;
		bool is_to;

		if (!strcmp(text_of(r, r->list[i]), "except")) {
			if (i + 1 == r->n || i == first)
				return wrong(r, r->list[i],
					     "there are no words behind or before it",
					     "accept src=10.0.0.0/8 except src=10.1.0.0/16");
			if (!packet_set_finish(&r->words, set))
				return false;
			expectation->exceptions = arena_alloc(
				r->words.arena, (expectation->n_exceptions + 1) * sizeof(*old));
			if (expectation->n_exceptions)
				memcpy(expectation->exceptions, old,
				       expectation->n_exceptions * sizeof(*old));
			set = &expectation->exceptions[expectation->n_exceptions++];
			first = i + 1;
			continue;
		}
		if (!expectation->n_exceptions) {
			if (!read_to(r, i, expectation, &is_to))
				return false;
			if (is_to)
				continue;
		}
		if (!packet_set_read(&r->words, set, r->list[i], expectation->n_exceptions > 0))
			return false;
	}
	return packet_set_finish(&r->words, set);
}

/* Do the exceptions, and the new destination, speak of the family of the set? */
static bool has_one_family(struct reader *r, struct expectation *expectation)
{
	struct packet_set *set = &expectation->set;

	for (uint32_t i = 0; i < expectation->n_exceptions; i++) {
		const struct packet_set *without = &expectation->exceptions[i];

		if (without->family == FAMILY_UNSPEC)
			continue;
		if (set->family != FAMILY_UNSPEC && set->family != without->family)
			return wrong(r, without->family_at, "this is of the other family",
				     "a packet is of one family: make two lines of it");
		set->family = without->family;
		set->family_at = without->family_at;
	}
	if (expectation->to.has_address) {
		if (set->family != FAMILY_UNSPEC && set->family != expectation->to.family)
			return wrong(r, set->family_at, "to= is of the other family",
				     "a packet is of one family");
		set->family = expectation->to.family;
		set->family_at = r->list[0];
	}
	return true;
}

static bool read_expectation(struct reader *r)
{
	struct expectation *expectation = arena_new_object(r->words.arena, struct expectation);

	if (!read_promise(r, &expectation->promise) || !read_words(r, expectation) ||
	    !has_one_family(r, expectation))
		return false;
	expectation->span = span_join(r->list[0], r->list[r->n - 1]);
	if (!expectation->set.in.is_given && !expectation->set.out.is_given)
		return wrong(
			r, expectation->span, "where do the packets come from?",
			"say in= for packets that come in, out= for those that this host sends, "
			"and both for those that it forwards; in=any is every interface");
	if (expectation->promise == PROMISE_DNAT && !expectation->to.has_address &&
	    !expectation->to.has_port)
		return wrong(r, r->list[0], "where to?",
			     "say to=ADDRESS, to=ADDRESS:PORT or to=:PORT");
	expectation->group = r->group;
	expectation->family = r->now.family;
	expectation->table = r->now.table;
	expectation->assumptions = r->now.assumptions;
	expectation->n_assumptions = r->now.n_assumptions;
	*r->last = expectation;
	r->last = &expectation->next;
	r->expectations->n++;
	return true;
}

/* ---- lines ---- */

/* False: there are too many words, and a complaint. */
static bool split(struct reader *r, struct span line)
{
	const char *bytes = r->words.source->bytes;
	uint32_t at = line.start;

	r->n = 0;
	for (;;) {
		uint32_t start;

		while (at < line.end && strchr(" \t\r", bytes[at]))
			at++;
		if (at == line.end || bytes[at] == '#')
			return true;
		start = at;
		while (at < line.end && !strchr(" \t\r", bytes[at]))
			at++;
		if (r->n == WORDS_MAX)
			return wrong(r, (struct span){ start, at },
				     "the line has more than 256 words", "make two lines of it");
		r->list[r->n++] = (struct span){ start, at };
	}
}

static void read_line(struct reader *r, struct span line)
{
	const char *bytes = r->words.source->bytes;

	if (memchr(bytes + line.start, '\0', line.end - line.start)) {
		diag_add(r->words.diags, "expectation", line, "the line has a NUL byte in it");
		return;
	}
	if (!split(r, line) || !r->n)
		return;
	if (bytes[r->list[0].start] == '[')
		read_group(r, (struct span){ r->list[0].start, r->list[r->n - 1].end });
	else if (bytes[r->list[0].start] == '@')
		read_setting(r);
	else
		read_expectation(r);
}

void expectations_read(struct expectations *expectations, struct arena *arena,
		       const struct source *source, const struct assumption *assumed, size_t n)
{
	struct reader r = {
		.words = { arena, source, &expectations->diags },
		.expectations = expectations,
		.last = &expectations->first,
		.of_file = { .family = FAMILY_UNSPEC, .table = TABLE_NONE, .n_assumptions = n },
		.group = "",
	};

	*expectations = (struct expectations){ .source = source };
	diags_init(&expectations->diags, arena);
	if (n)
		r.of_file.assumptions = arena_memdup(arena, assumed, n * sizeof(*assumed));
	r.now = r.of_file;
	for (uint32_t line = 1; line <= source->n_lines; line++)
		read_line(&r, source_line_span(source, line));
}
