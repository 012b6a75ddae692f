/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The canonical spelling of one line.
 *
 * Whether the spelling means the same is found out by the caller (same.h), so that
 * nothing here has to foresee every trick of the option parser.
 */
#include "emit/spell.h"

#include <stdlib.h>
#include <string.h>

#include "emit/nft.h"
#include "emit/save.h"
#include "emit/text.h"
#include "parse/parse.h"
#include "ruleset/protocol.h"

#define add_literal(out, text) buf_add((out), (text), sizeof(text) - 1)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *line_bytes(const struct unit *unit, struct span line)
{
	return unit->source->bytes + line.start;
}

/* A word as it can stand in a command line. */
static void add_word(struct buf *out, const char *word)
{
	if (*word && !strpbrk(word, " \t\"")) {
		buf_add_string(out, word);
		return;
	}
	buf_add_char(out, '"');
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *word);
	}
	buf_add_char(out, '"');
}

/* ---- what only the author's words tell ---- */

/* The words of a line, parsed when they are asked for first. */
struct line {
	const struct unit *unit;
	struct arena *scratch;
	struct span span;
	struct word *words;
	size_t n_words;
};

static void get_words(struct line *line)
{
	if (!line->words)
		line->words =
			parse_words(line->scratch, line->unit->source, line->span, &line->n_words);
	if (!line->words)
		line->n_words = 0;
}

/* May the line hold an option that begins so?  Looks at the bytes only. */
static bool may_have(const struct line *line, const char *option)
{
	const char *bytes = line_bytes(line->unit, line->span);
	size_t len = line->span.end - line->span.start;
	size_t option_len = strlen(option);
	const char *at = bytes;

	while ((at = memmem(at, len - (size_t)(at - bytes), option, option_len))) {
		if (at == bytes || is_blank(at[-1]) || at[-1] == '"' || at[-1] == ']')
			return true;
		at++;
	}
	return false;
}

/* Is WORD the option "--NAME", at least its first MIN bytes? */
static bool is_long_option(const char *word, const char *name, size_t min)
{
	size_t len = strcspn(word, "=");

	return len >= min && strncmp(word, name, len) == 0;
}

/* -4 and -6 are there for files that both families read. */
static bool has_family(struct line *line)
{
	if (!may_have(line, "-4") && !may_have(line, "-6") && !may_have(line, "--i"))
		return false;
	get_words(line);
	for (size_t i = 0; i < line->n_words; i++) {
		const char *word = line->words[i].text;

		if (strcmp(word, "-4") == 0 || strcmp(word, "-6") == 0 ||
		    is_long_option(word, "--ipv4", 5) || is_long_option(word, "--ipv6", 5))
			return true;
	}
	return false;
}

static bool has_counters_option(struct line *line)
{
	if (!may_have(line, "-c") && !may_have(line, "--set-"))
		return false;
	get_words(line);
	for (size_t i = 0; i < line->n_words; i++) {
		const char *word = line->words[i].text;

		if ((word[0] == '-' && word[1] == 'c') || is_long_option(word, "--set-counters", 7))
			return true;
	}
	return false;
}

/* The value of -p as the author wrote it, or NULL. */
static const char *written_protocol(struct line *line)
{
	get_words(line);
	for (size_t i = 0; i + 1 < line->n_words; i++) {
		const char *word = line->words[i].text;

		if (strcmp(word, "-p") == 0 || is_long_option(word, "--protocol", 4))
			return line->words[i + 1].text;
	}
	return NULL;
}

/* ---- the parts of a rule ---- */

static void add_prefix(struct buf *out, enum family family, const struct prefix *prefix)
{
	if (!prefix) {
		buf_add_string(out, family == FAMILY_IPV6 ? "::/0" : "0.0.0.0/0");
		return;
	}
	if (prefix_host(prefix)) {
		buf_add_string(out, prefix->host);
		return;
	}
	text_address(out, family, &prefix->address);
	buf_add_char(out, '/');
	text_mask(out, family, prefix->mask);
}

/* How many rules in a row have the source of the first: as many as there are
 * destinations, since the line stands for each pair. */
static uint32_t count_destinations(const struct command *command)
{
	uint32_t run = 1;

	while (run < command->n_rules && command->rules[run].src == command->rules[0].src)
		run++;
	return run;
}

static void add_list(struct buf *out, const struct unit *unit, const struct command *command,
		     bool source)
{
	const struct rule *rules = command->rules;
	uint32_t destinations = count_destinations(command);
	uint32_t count = source ? command->n_rules / destinations : destinations;
	uint32_t step = source ? destinations : 1;
	size_t start;

	if (count == 1) {
		save_prefix(out, unit->family, source ? "-s" : "-d",
			    source ? rules->src : rules->dst,
			    rules->inverted & (source ? RULE_NOT_SRC : RULE_NOT_DST));
		return;
	}
	buf_add_string(out, source ? " -s " : " -d ");
	start = out->len;
	for (uint32_t i = 0; i < count; i++) {
		const struct rule *rule = &rules[i * step];

		if (out->len > start)
			buf_add_char(out, ',');
		add_prefix(out, unit->family, source ? rule->src : rule->dst);
	}
}

/* What the extensions print for options that have a long name too. */
static const struct {
	const char *name;
	const char *saved;
} short_names[] = {
	{ " --destination-port ", " --dport " },
	{ " --destination-ports ", " --dports " },
	{ " --source-port ", " --sport " },
	{ " --source-ports ", " --sports " },
};

/* The text of an extension with the author's names, where it has some. */
static void add_extension(struct buf *out, const char *text, const char *written)
{
	if (!written) {
		buf_add_string(out, text);
		return;
	}
	while (*written) {
		size_t len = 1;
		const char *saved = NULL;

		for (size_t i = 0; i < sizeof(short_names) / sizeof(short_names[0]); i++) {
			size_t name_len = strlen(short_names[i].name);

			if (strncmp(written, short_names[i].name, name_len) == 0) {
				saved = short_names[i].saved;
				len = name_len - 1; /* the blank may begin the next one */
			}
		}
		if (saved)
			buf_add(out, saved, strlen(saved) - 1);
		else
			buf_add_char(out, *written);
		written += len;
	}
}

static void add_interface(struct buf *out, const char *option, const char *name, bool inverted)
{
	if (!name)
		return;
	if (inverted)
		add_literal(out, " !");
	buf_add_string(out, option);
	add_word(out, name);
}

static bool add_protocol(struct buf *out, struct line *line, const struct rule *rule)
{
	const char *name;

	if (!rule->protocol)
		return true;
	name = protocol_name(rule->protocol, false);
	if (!name)
		name = written_protocol(line);
	if (!name)
		return false;
	if (rule->inverted & RULE_NOT_PROTOCOL)
		add_literal(out, " !");
	add_literal(out, " -p ");
	add_word(out, name);
	return true;
}

static void add_target(struct buf *out, struct line *line, const struct rule *rule)
{
	const struct target *extension;

	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		return;
	case TARGET_VERDICT:
		add_literal(out, " -j ");
		buf_add_string(out, verdict_name(rule->verdict));
		return;
	case TARGET_JUMP:
	case TARGET_GOTO:
		buf_add_string(out, rule->target_kind == TARGET_JUMP ? " -j " : " -g ");
		add_word(out, rule->to.chain);
		return;
	case TARGET_EXTENSION:
		extension = rule->to.extension;
		if (nft_has_longer_prefix(rule))
			nft_spell_target(out, line->unit, rule);
		else
			add_extension(out, extension->text, extension->written);
	}
}

static bool add_specification(struct buf *out, struct line *line, const struct command *command)
{
	const struct rule *rule = &command->rules[0];

	add_list(out, line->unit, command, true);
	add_list(out, line->unit, command, false);
	add_interface(out, " -i ", rule->in, rule->inverted & RULE_NOT_IN);
	add_interface(out, " -o ", rule->out, rule->inverted & RULE_NOT_OUT);
	if (!add_protocol(out, line, rule))
		return false;
	if (rule->fragment)
		buf_add_string(out, rule->inverted & RULE_NOT_FRAGMENT ? " ! -f" : " -f");
	for (const struct match *match = rule->matches; match; match = match->next)
		add_extension(out, match->text, match->written);
	add_target(out, line, rule);
	return true;
}

/* ---- commands ---- */

static const char *command_option(const struct command *command)
{
	switch ((enum command_kind)command->kind) {
	case COMMAND_APPEND:
		return "-A";
	case COMMAND_INSERT:
		return "-I";
	case COMMAND_DELETE:
	case COMMAND_DELETE_NUMBER:
		return "-D";
	case COMMAND_REPLACE:
		return "-R";
	case COMMAND_CHECK:
		return "-C";
	case COMMAND_NEW_CHAIN:
		return "-N";
	case COMMAND_DELETE_CHAIN:
		return "-X";
	case COMMAND_RENAME_CHAIN:
		return "-E";
	case COMMAND_FLUSH:
		return "-F";
	case COMMAND_ZERO:
	case COMMAND_ZERO_NUMBER:
		return "-Z";
	case COMMAND_POLICY:
		return "-P";
	case COMMAND_NONE:
	case COMMAND_LIST:
	case COMMAND_SKIPPED:
	case COMMAND_STOP:
		return NULL;
	}
	return NULL;
}

/* "[5:600] " as written, or nothing; false if it is not of that form. */
static bool add_counters(struct buf *out, const struct line *line)
{
	const char *bytes = line_bytes(line->unit, line->span);
	size_t len = line->span.end - line->span.start;
	const char *end;

	while (len && is_blank(*bytes)) {
		bytes++;
		len--;
	}
	if (!len || *bytes != '[')
		return true;
	end = memchr(bytes, ']', len);
	if (!end)
		return false;
	buf_add(out, bytes, (size_t)(end + 1 - bytes));
	buf_add_char(out, ' ');
	return true;
}

/* The command with its chain and number; returns how many words that is. */
static size_t add_head(struct buf *out, const struct command *command)
{
	size_t n_words = 1;

	buf_add_string(out, command_option(command));
	if (command->chain) {
		buf_add_char(out, ' ');
		add_word(out, command->chain);
		n_words++;
	}
	if (!command_takes_rule(command) && command->other) {
		buf_add_char(out, ' ');
		add_word(out, command->other);
		n_words++;
	}
	if (command->number) {
		buf_add_char(out, ' ');
		text_decimal(out, command->number);
		n_words++;
	}
	return n_words;
}

static bool is_bound(const struct command *command)
{
	for (uint32_t i = 0; i < command->n_rules; i++)
		if (command->rules[i].unbound)
			return false;
	return command->n_rules > 0;
}

bool spell_command(struct buf *out, const struct unit *unit, struct arena *scratch,
		   const struct command *command)
{
	struct line line = { .unit = unit, .scratch = scratch, .span = command->base.span };
	size_t n_words;

	if (command->failed)
		return false;
	if (!command_option(command) || (command_takes_rule(command) && !is_bound(command)))
		return false;
	if (!add_counters(out, &line))
		return false;
	n_words = add_head(out, command);
	if (!command_takes_rule(command)) {
		get_words(&line);
		return line.n_words == n_words;
	}
	if (has_family(&line))
		return false;
	if (has_counters_option(&line) && command->rules[0].counters) {
		add_literal(out, " -c ");
		text_decimal(out, command->rules[0].counters->packets);
		buf_add_char(out, ' ');
		text_decimal(out, command->rules[0].counters->bytes);
	}
	return add_specification(out, &line, command);
}

/* ---- chain and table lines ---- */

#define MAX_PIECES 4

/* The pieces of a line between blanks, without its first byte; returns their number. */
static size_t split(const char *bytes, size_t len, struct span pieces[MAX_PIECES])
{
	size_t count = 0;
	size_t at = 0;

	while (at < len && is_blank(bytes[at]))
		at++;
	at++;
	while (count < MAX_PIECES) {
		size_t start;

		while (at < len && is_blank(bytes[at]))
			at++;
		if (at >= len)
			break;
		start = at;
		while (at < len && !is_blank(bytes[at]))
			at++;
		pieces[count++] = (struct span){ (uint32_t)start, (uint32_t)at };
	}
	return count;
}

static bool add_pieces(struct buf *out, const struct unit *unit, struct span line, char first,
		       size_t min, size_t max)
{
	const char *bytes = line_bytes(unit, line);
	struct span pieces[MAX_PIECES];
	size_t count = split(bytes, line.end - line.start, pieces);

	if (count < min || count > max)
		return false;
	buf_add_char(out, first);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(out, ' ');
		buf_add(out, bytes + pieces[i].start, pieces[i].end - pieces[i].start);
	}
	return true;
}

bool spell_chain(struct buf *out, const struct unit *unit, const struct chain_statement *chain,
		 struct span line)
{
	return chain->name && chain->policy_text && add_pieces(out, unit, line, ':', 2, 3);
}

bool spell_table(struct buf *out, const struct unit *unit, const struct table_statement *table,
		 struct span line)
{
	return table->table != TABLE_NONE && add_pieces(out, unit, line, '*', 1, 1);
}
