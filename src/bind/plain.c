/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The short way: most lines of a large file are made of parts that were read
 * before, such as "-m tcp --dport 22", and of plain addresses, interfaces and
 * verdicts, which need nothing of libxtables.
 *
 * A part (segments.h) is kept when libxtables read it as one: every word in it went
 * to its own extension, and no word outside of it did.  Whatever is not of this shape
 * goes the long way; a test holds both against each other (tests/unit/bind_test.c).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bind/address.h"
#include "bind/reading.h"
#include "bind/segments.h"
#include "ruleset/protocol.h"

#define MAX_NAME     15 /* of an interface */
#define MAX_COMMENTS 32
#define MAX_COMMENT  255 /* bytes */

/* -m comment as it was read once, for other texts behind the same options. */
struct comment {
	const struct option *before;
	const struct option *after;
	struct match match;
};

/* What the structure of a comment holds, and how it is saved. */
struct comment_text {
	const char *bytes;
	const char *saved;
	uint32_t len; /* of bytes */
};

struct plain {
	const struct option *start; /* the options before any extension */
	struct segments *segments;
	struct comment comments[MAX_COMMENTS];
	size_t n_comments;
	struct comment_text latest; /* rules that follow each other often have the same */
};

struct plain *plain_new(struct arena *arena, const struct option *start)
{
	struct plain *plain = alloc_zeroed(sizeof(*plain));

	plain->start = start;
	plain->segments = segments_new(arena);
	return plain;
}

void plain_free(struct plain *plain)
{
	if (!plain)
		return;
	segments_free(plain->segments);
	free(plain);
}

/* ---- words ---- */

/* Is WORD one of the options that the short way reads itself? */
static bool is_own_option(const char *word)
{
	return word[0] == '-' && word[1] && !word[2] && strchr("Amjgsdiop", word[1]);
}

static size_t segment_end(const struct word *words, size_t from, size_t n_words)
{
	size_t end = from;

	while (end < n_words) {
		const char *word = words[end].text;

		if (is_own_option(word))
			break;
		if (word[0] == '!' && !word[1] && end + 1 < n_words &&
		    is_own_option(words[end + 1].text))
			break;
		end++;
	}
	return end;
}

/* ---- the short way ---- */

/* A match that the rule will have, if the whole line can be read. */
struct short_match {
	const struct match *like;
	const char *comment; /* NULL: it is as the other one is */
	struct span span;
};

struct short_line {
	struct plain *plain;
	const struct bind_scope *scope;
	enum family family;
	const struct word *words;
	size_t n_words;
	size_t at; /* index of the word that is looked at */

	struct rule rule;
	struct prefix src, dst;
	const char *chain;
	size_t chain_at;
	const struct option *table;
	size_t n_matches;
	unsigned seen; /* letters of own options, as bits */
	bool implicit_used;
	struct short_match matches[PARSE_MAX_WORDS];
};

/* Takes the value of an own option that may stand once. */
static const char *take_value(struct short_line *line, char letter)
{
	unsigned bit = 1u << (letter & 31);

	if ((line->seen & bit) || line->at + 1 >= line->n_words)
		return NULL;
	line->seen |= bit;
	line->at += 2;
	return line->words[line->at - 1].text;
}

/* One more match of the rule, made of the words up to END. */
static void add_match(struct short_line *line, const struct match *like, const char *comment,
		      size_t end)
{
	line->matches[line->n_matches++] = (struct short_match){
		.like = like,
		.comment = comment,
		.span = span_join(line->words[line->at].span, line->words[end - 1].span),
	};
}

static const struct segment *take_segment(struct short_line *line, enum segment_kind kind,
					  size_t skip)
{
	size_t end = segment_end(line->words, line->at + skip, line->n_words);
	const struct segment_key key = {
		.words = line->words + line->at,
		.n_words = end - line->at,
		.before = line->table,
		.protocol = line->rule.protocol,
		.inverted = line->rule.inverted & RULE_NOT_PROTOCOL,
		.kind = (uint8_t)kind,
	};
	const struct segment *segment = segments_find(line->plain->segments, &key);

	if (!segment)
		return NULL;
	line->table = segment->after;
	line->rule.recheck_save |= segment->recheck_save;
	if (kind != SEGMENT_TARGET)
		add_match(line, &segment->match, NULL, end);
	line->at = end;
	return segment;
}

static const char *intern_word(const struct short_line *line, const char *word)
{
	return intern_add(line->scope->names, word, strlen(word));
}

static bool take_chain(struct short_line *line)
{
	const char *chain = take_value(line, 'A');

	if (!chain || strlen(chain) > 28)
		return false;
	line->chain = intern_word(line, chain);
	line->chain_at = line->at - 1;
	return true;
}

static bool take_address(struct short_line *line, char letter, bool inverted)
{
	const char *text = take_value(line, letter);
	struct prefix *prefix = letter == 's' ? &line->src : &line->dst;
	bool any = false;

	if (!text || !address_read_plain(line->family, text, prefix, &any))
		return false;
	if (inverted)
		line->rule.inverted |= letter == 's' ? RULE_NOT_SRC : RULE_NOT_DST;
	else if (any)
		return true;
	if (letter == 's')
		line->rule.src = prefix;
	else
		line->rule.dst = prefix;
	return true;
}

static bool take_interface(struct short_line *line, char letter, bool inverted)
{
	const char *name = take_value(line, letter);
	size_t len = name ? strlen(name) : 0;

	if (len == 0 || len > MAX_NAME || strpbrk(name, "/ ") || strcmp(name, "+") == 0)
		return false;
	if (letter == 'i') {
		line->rule.in = intern_word(line, name);
		line->rule.inverted |= inverted ? RULE_NOT_IN : 0;
	} else {
		line->rule.out = intern_word(line, name);
		line->rule.inverted |= inverted ? RULE_NOT_OUT : 0;
	}
	return true;
}

static bool take_protocol(struct short_line *line, bool inverted)
{
	static const struct {
		const char *name;
		uint16_t number;
	} common[] = { { "tcp", 6 }, { "udp", 17 }, { "icmp", 1 }, { "ipv6-icmp", 58 } };
	const char *name = take_value(line, 'p');

	/* Extensions look at -p while they read their words. */
	if (line->n_matches || line->rule.target_kind == TARGET_EXTENSION)
		return false;
	for (size_t i = 0; name && i < sizeof(common) / sizeof(*common); i++) {
		if (strcmp(common[i].name, name) != 0)
			continue;
		line->rule.protocol = common[i].number;
		line->rule.inverted |= inverted ? RULE_NOT_PROTOCOL : 0;
		return true;
	}
	return false;
}

static bool take_jump(struct short_line *line, bool is_goto)
{
	const struct bind_scope *scope = line->scope;
	const char *name;
	enum verdict verdict;
	size_t from = line->at;

	if (line->seen & 1u << ('j' & 31))
		return false;
	name = take_value(line, 'j');
	if (!name || !*name)
		return false;
	line->rule.target_span = span_join(line->words[from].span, line->words[from + 1].span);
	line->rule.to.chain = intern_find(scope->names, name, strlen(name));
	if (line->rule.to.chain && scope->has_chain(scope->context, line->rule.to.chain)) {
		line->rule.target_kind = is_goto ? TARGET_GOTO : TARGET_JUMP;
		return true;
	}
	if (is_goto)
		return false;
	verdict = verdict_find(name);
	if (verdict != VERDICT_NONE) {
		line->rule.target_kind = TARGET_VERDICT;
		line->rule.verdict = (uint8_t)verdict;
		return scope->table != TABLE_NAT || verdict != VERDICT_DROP;
	}
	return false;
}

static bool take_target(struct short_line *line)
{
	size_t from = line->at;
	const struct segment *segment;

	if (take_jump(line, false))
		return true;
	line->at = from;
	line->rule.target_kind = TARGET_NONE;
	if (from + 1 >= line->n_words)
		return false;
	segment = take_segment(line, SEGMENT_TARGET, 2);
	if (!segment)
		return false;
	line->rule.target_kind = TARGET_EXTENSION;
	line->rule.to.extension = segment->target;
	line->rule.target_span = span_join(line->words[from].span, line->words[line->at - 1].span);
	return true;
}

/*
 * "-m comment --comment TEXT": files of programs have another text in each rule, and all
 * of it goes into the structure as it is.
 */
static bool take_comment(struct short_line *line)
{
	const struct word *words = line->words + line->at;
	const struct comment *known = line->plain->comments;
	const struct comment *end = known + line->plain->n_comments;
	size_t len;

	if (line->n_words - line->at < 4 || strcmp(words[1].text, "comment") != 0 ||
	    strcmp(words[2].text, "--comment") != 0)
		return false;
	while (known < end && known->before != line->table)
		known++;
	len = strlen(words[3].text);
	if (known == end || len > MAX_COMMENT)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)words[3].text[i] < ' ')
			return false;
	add_match(line, &known->match, words[3].text, line->at + 4);
	line->table = known->after;
	line->at += 4;
	return true;
}

static bool take_match(struct short_line *line)
{
	if (take_comment(line))
		return true;
	return line->at + 1 < line->n_words && take_segment(line, SEGMENT_MATCH, 2);
}

/* Options of the match that -p loads: "--dport 22", "! --syn". */
static bool take_implicit(struct short_line *line)
{
	const char *word = line->words[line->at].text;

	if (word[0] == '!' && !word[1]) {
		if (line->at + 1 >= line->n_words)
			return false;
		word = line->words[line->at + 1].text;
	}
	if (word[0] != '-' || word[1] != '-' || line->implicit_used || !line->rule.protocol)
		return false;
	line->implicit_used = true;
	return take_segment(line, SEGMENT_IMPLICIT, 1) != NULL;
}

static bool take_option(struct short_line *line)
{
	const char *word = line->words[line->at].text;
	bool inverted = false;

	if (word[0] == '!' && !word[1]) {
		if (line->at + 1 >= line->n_words)
			return false;
		word = line->words[line->at + 1].text;
		if (!is_own_option(word))
			return take_implicit(line);
		if (!strchr("sdiop", word[1]))
			return false;
		inverted = true;
		line->at++;
	}
	if (!is_own_option(word))
		return take_implicit(line);
	switch (word[1]) {
	case 'A':
		return take_chain(line);
	case 's':
	case 'd':
		return take_address(line, word[1], inverted);
	case 'i':
	case 'o':
		return take_interface(line, word[1], inverted);
	case 'p':
		return take_protocol(line, inverted);
	case 'j':
		return take_target(line);
	case 'g':
		return take_jump(line, true);
	case 'm':
		return take_match(line);
	}
	return false;
}

static bool interfaces_fit(const struct short_line *line)
{
	enum hook hook = hook_find(line->chain);

	if (line->rule.in && (hook == HOOK_OUTPUT || hook == HOOK_POSTROUTING))
		return false;
	return !line->rule.out || (hook != HOOK_PREROUTING && hook != HOOK_INPUT);
}

/* May the byte stand outside of quotes? */
static bool is_bare(unsigned char byte)
{
	return isascii(byte) && (isalnum(byte) || byte == '_' || byte == '-');
}

/* As iptables-save prints it; libxtables' xtables_save_string() does the same. */
static struct comment_text copy_comment(struct arena *arena, const char *comment, size_t len)
{
	static const char start[] = " -m comment --comment ";
	char text[sizeof(start) + 2 * MAX_COMMENT + 2];
	char *out = text + sizeof(start) - 1;
	struct comment_text copy = { .len = (uint32_t)len };
	bool quoted = len == 0, escaped = false;
	size_t offset;

	for (size_t i = 0; i < len; i++)
		quoted |= !is_bare((unsigned char)comment[i]);
	memcpy(text, start, sizeof(start) - 1);
	if (quoted)
		*out++ = '"';
	offset = (size_t)(out - text);
	for (size_t i = 0; i < len; i++) {
		if (comment[i] == '"' || comment[i] == '\\' || comment[i] == '\'') {
			*out++ = '\\';
			escaped = true;
		}
		*out++ = comment[i];
	}
	if (quoted)
		*out++ = '"';
	copy.saved = arena_strndup(arena, text, (size_t)(out - text));
	copy.bytes = escaped ? arena_strndup(arena, comment, len) : copy.saved + offset;
	return copy;
}

static void set_comment(struct short_line *line, struct match *match, const char *comment)
{
	struct comment_text *latest = &line->plain->latest;
	size_t len = strlen(comment);

	if (!latest->saved || latest->len != len || memcmp(latest->bytes, comment, len) != 0)
		*latest = copy_comment(line->scope->arena, comment, len);
	match->text = latest->saved;
	match->data = latest->bytes;
	match->data_len = latest->len;
}

/* All matches of the rule, in one piece. */
static const struct match *make_matches(struct short_line *line)
{
	struct match *matches = arena_alloc(line->scope->arena, line->n_matches * sizeof(*matches));

	for (size_t i = 0; i < line->n_matches; i++) {
		const struct short_match *from = &line->matches[i];

		matches[i] = *from->like;
		matches[i].next = i + 1 < line->n_matches ? &matches[i + 1] : NULL;
		matches[i].span = from->span;
		if (from->comment)
			set_comment(line, &matches[i], from->comment);
	}
	return matches;
}

static void finish(struct short_line *line, struct command *command,
		   const struct counters *counters)
{
	struct arena *arena = line->scope->arena;
	struct rule *rule = arena_new_object(arena, struct rule);

	*rule = line->rule;
	rule->origin = command;
	rule->counters = counters;
	rule->matches = line->n_matches ? make_matches(line) : NULL;
	if (rule->src)
		rule->src = arena_memdup(arena, &line->src, sizeof(line->src));
	if (rule->dst)
		rule->dst = arena_memdup(arena, &line->dst, sizeof(line->dst));
	command->kind = COMMAND_APPEND;
	command->chain = line->chain;
	command->chain_span = line->words[line->chain_at].span;
	command->rules = rule;
	command->n_rules = 1;
	command->spec_span = (struct span){ command->base.span.end, command->base.span.end };
	if (line->chain_at + 1 < line->n_words)
		command->spec_span = span_join(line->words[line->chain_at + 1].span,
					       line->words[line->n_words - 1].span);
}

bool plain_read(struct plain *plain, const struct bind_scope *scope, enum family family,
		struct command *command, const struct counters *counters, const struct word *words,
		size_t n_words)
{
	struct short_line line;

	if (n_words == 0 || n_words > PARSE_MAX_WORDS)
		return false;
	memset(&line, 0, offsetof(struct short_line, matches));
	line.plain = plain;
	line.scope = scope;
	line.family = family;
	line.words = words;
	line.n_words = n_words;
	line.table = plain->start;
	while (line.at < n_words)
		if (!take_option(&line))
			return false;
	if (!line.chain || !interfaces_fit(&line))
		return false;
	finish(&line, command, counters);
	return true;
}

/* ---- keeping segments ---- */

/* The index of the word where OWNER's part begins; -1 if it has none of its own. */
static int part_start(const struct reading *reading, int owner)
{
	for (int i = 0; i < reading->n_uses; i++) {
		const struct use *use = &reading->uses[i];

		if (use->owner != owner || use->end <= use->first)
			continue;
		return use->first - 1 - (use->name && use->invert);
	}
	return -1;
}

/* Did all words of [from, end) go to OWNER, and no others? */
static bool is_closed(const struct reading *reading, int owner, int from, int end)
{
	int covered = 0;

	for (int i = 0; i < reading->n_uses; i++) {
		const struct use *use = &reading->uses[i];
		int first = use->first - 1 - (use->name && use->invert);

		if (use->owner != owner || use->end <= use->first)
			continue;
		if (first < from || use->end - 1 > end)
			return false;
		covered += use->end - 1 - first;
	}
	return covered == end - from;
}

static void remember(struct plain *plain, const struct reading *reading, int owner,
		     enum segment_kind kind, const struct option *before, struct segment segment)
{
	int from = part_start(reading, owner);
	struct segment_key key;
	size_t end;

	if (from < 0)
		return;
	end = segment_end(reading->words, (size_t)from + (kind == SEGMENT_IMPLICIT ? 1 : 2),
			  reading->n_words);
	if (!is_closed(reading, owner, from, (int)end))
		return;
	key = (struct segment_key){
		.words = reading->words + from,
		.n_words = end - (size_t)from,
		.before = before,
		.protocol = reading->rule.protocol,
		.inverted = reading->rule.inverted & RULE_NOT_PROTOCOL,
		.kind = (uint8_t)kind,
	};
	segment.recheck_save = reading->rule.recheck_save;
	segments_offer(plain->segments, &key, &segment);
}

static void remember_comment(struct plain *plain, const struct reading *reading, int owner,
			     const struct match *match)
{
	const struct option *before = reading->match_before[owner];
	struct comment *comment = &plain->comments[plain->n_comments];

	if (strcmp(match->real_name, "comment") != 0 || plain->n_comments == MAX_COMMENTS ||
	    match->implicit)
		return;
	for (size_t i = 0; i < plain->n_comments; i++)
		if (plain->comments[i].before == before)
			return;
	*comment = (struct comment){ before, reading->match_after[owner], *match };
	plain->n_comments++;
}

void plain_remember(struct plain *plain, const struct reading *reading)
{
	const struct match *match = reading->rule.matches;

	if (reading->command->kind != COMMAND_APPEND)
		return;
	for (int owner = 0; match; owner++, match = match->next) {
		remember_comment(plain, reading, owner, match);
		if (reading->match_protocol[owner] == reading->rule.protocol)
			remember(plain, reading, owner,
				 match->implicit ? SEGMENT_IMPLICIT : SEGMENT_MATCH,
				 reading->match_before[owner],
				 (struct segment){ .after = reading->match_after[owner],
						   .match = *match });
	}
	if (reading->rule.target_kind == TARGET_EXTENSION &&
	    reading->target_protocol == reading->rule.protocol)
		remember(plain, reading, LIBRARY_TARGET, SEGMENT_TARGET, reading->target_before,
			 (struct segment){ .after = reading->target_after,
					   .target = reading->rule.to.extension });
}
