/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the lines of a configuration file.  A reader of its own, since every complaint has
 * a column.
 */
#include "config/config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/similar.h"
#include "base/word.h"
#include "lint/lint.h"

enum kind {
	KIND_RULES, /* lint rules, groups, "all" */
	KIND_CHOICE,
	KIND_NUMBER,
	KIND_WORDS,
	KIND_PATH,
	KIND_PORTS,
};

#define MAX_CHOICES 5

static const struct {
	const char *name;
	enum kind kind;
	const char *choices[MAX_CHOICES];
} keys[N_CONFIG_KEYS] = {
	[CONFIG_SELECT] = { "select", KIND_RULES, { NULL } },
	[CONFIG_IGNORE] = { "ignore", KIND_RULES, { NULL } },
	[CONFIG_ERROR] = { "error", KIND_RULES, { NULL } },
	[CONFIG_WARNING] = { "warning", KIND_RULES, { NULL } },
	[CONFIG_INFO] = { "info", KIND_RULES, { NULL } },
	[CONFIG_FAIL_ON] = { "fail-on", KIND_CHOICE, { "error", "warning", "info", "never" } },
	[CONFIG_SHOW] = { "show", KIND_CHOICE, { "info", "warning" } },
	[CONFIG_MAX_PROBLEMS] = { "max-problems", KIND_NUMBER, { NULL } },
	[CONFIG_FAMILY] = { "family", KIND_CHOICE, { "4", "6", "auto" } },
	[CONFIG_BACKEND] = { "backend", KIND_CHOICE, { "legacy", "nft", "both" } },
	[CONFIG_NOFLUSH] = { "noflush", KIND_CHOICE, { "yes", "no" } },
	[CONFIG_EXTERNAL_CHAINS] = { "external-chains", KIND_WORDS, { NULL } },
	[CONFIG_ADMIN_PORTS] = { "admin-ports", KIND_PORTS, { NULL } },
	[CONFIG_SETS] = { "sets", KIND_WORDS, { NULL } },
	[CONFIG_PASSWD] = { "passwd", KIND_PATH, { NULL } },
	[CONFIG_GROUP] = { "group", KIND_PATH, { NULL } },
	[CONFIG_ROOT] = { "root", KIND_PATH, { NULL } },
	[CONFIG_SCRIPT_ARGS] = { "script-args", KIND_WORDS, { NULL } },
	[CONFIG_BASELINE] = { "baseline", KIND_PATH, { NULL } },
};

const char *config_key_name(enum config_key key)
{
	return keys[key].name;
}

/* ---- words ---- */

struct config_reader {
	struct arena *arena;
	struct config *config;
	const char *bytes; /* of the source */
	struct config_section *section;
	struct config_section **last;
	bool is_lost; /* in a section that is not known */
};

/* A piece of a line: [at, end). */
struct piece {
	const char *at;
	const char *end;
};

static struct span piece_span(const struct config_reader *reader, struct piece piece)
{
	return (struct span){ (uint32_t)(piece.at - reader->bytes),
			      (uint32_t)(piece.end - reader->bytes) };
}

static const char *piece_text(const struct config_reader *reader, struct piece piece)
{
	return arena_strndup(reader->arena, piece.at, (size_t)(piece.end - piece.at));
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct piece trim(struct piece piece)
{
	while (piece.at < piece.end && is_space(*piece.at))
		piece.at++;
	while (piece.end > piece.at && is_space(piece.end[-1]))
		piece.end--;
	return piece;
}

static struct diag *config_complain(struct config_reader *reader, struct piece piece,
				    const char *message)
{
	struct diag *diag = diag_say(&reader->config->diags, "configuration",
				     piece_span(reader, piece), message);

	diag->level = LEVEL_ERROR;
	return diag;
}

static void suggest(struct config_reader *reader, struct diag *diag, const struct similar *similar)
{
	if (similar_result(similar))
		diag_hint(&reader->config->diags, diag, "did you mean '%s'?",
			  similar_result(similar));
}

/* ---- values ---- */

static void check_rule_name(struct config_reader *reader, struct piece piece, const char *word)
{
	const char *near;
	struct diag *diag;

	if (lint_find(word) || lint_has_group(word) || strcmp(word, "all") == 0)
		return;
	diag = config_complain(
		reader, piece,
		arena_printf(reader->arena, "there is no lint rule or group '%s'", word));
	near = lint_suggest(word);
	if (near)
		diag_hint(&reader->config->diags, diag, "did you mean '%s'?", near);
	else
		diag_hint(&reader->config->diags, diag, "'iptlint rules' lists all names");
}

static void check_choice(struct config_reader *reader, enum config_key key, struct piece piece,
			 const char *word)
{
	const char *list = "";
	struct similar similar;
	struct diag *diag;

	similar_init(&similar, word);
	for (size_t i = 0; i < MAX_CHOICES && keys[key].choices[i]; i++) {
		const char *choice = keys[key].choices[i];

		if (strcmp(choice, word) == 0)
			return;
		similar_offer(&similar, choice);
		list = arena_printf(reader->arena, "%s%s%s", list, i ? ", " : "", choice);
	}
	diag = config_complain(reader, piece,
			       arena_printf(reader->arena, "'%s' is none of: %s", word, list));
	suggest(reader, diag, &similar);
}

static bool read_number(const char *text, size_t len, unsigned long max)
{
	unsigned long value = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = 10 * value + (unsigned long)(text[i] - '0');
		if (value > max)
			return false;
	}
	return len > 0;
}

/* "22", "161/udp" */
static bool is_port(const char *word)
{
	size_t len = strcspn(word, "/");

	if (!read_number(word, len, 65535))
		return false;
	return !word[len] || strcmp(word + len, "/tcp") == 0 || strcmp(word + len, "/udp") == 0;
}

static void check_word(struct config_reader *reader, enum config_key key, struct piece piece,
		       const char *word)
{
	switch (keys[key].kind) {
	case KIND_RULES:
		check_rule_name(reader, piece, word);
		break;
	case KIND_CHOICE:
		check_choice(reader, key, piece, word);
		break;
	case KIND_NUMBER:
		if (!read_number(word, strlen(word), 1000000000))
			config_complain(reader, piece,
					arena_printf(reader->arena, "'%s' is no number", word));
		break;
	case KIND_PORTS:
		if (!is_port(word))
			config_complain(reader, piece,
					arena_printf(reader->arena,
						     "'%s' is no port: write 22 or 161/udp", word));
		break;
	case KIND_WORDS:
	case KIND_PATH:
		break;
	}
}

static bool takes_list(enum config_key key)
{
	return keys[key].kind == KIND_RULES || keys[key].kind == KIND_WORDS ||
	       keys[key].kind == KIND_PORTS;
}

static void add_word(struct config_reader *reader, struct config_value *value, const char *word)
{
	const char **words = arena_alloc(reader->arena, (value->n_words + 1) * sizeof(*words));

	if (value->n_words)
		memcpy(words, value->words, value->n_words * sizeof(*words));
	words[value->n_words++] = word;
	value->words = words;
}

/* The next word of a list, with its quotes in *WHOLE; false at the end. */
static bool next_word(struct config_reader *reader, struct piece *rest, struct piece *whole,
		      const char **word)
{
	struct piece text;

	while (rest->at < rest->end && (is_space(*rest->at) || *rest->at == ','))
		rest->at++;
	if (rest->at == rest->end)
		return false;
	*whole = (struct piece){ rest->at, rest->at };
	if (*rest->at == '"') {
		const char *quote = memchr(rest->at + 1, '"', (size_t)(rest->end - rest->at) - 1);

		text = (struct piece){ rest->at + 1, quote ? quote : rest->end };
		whole->end = quote ? quote + 1 : rest->end;
		if (!quote)
			config_complain(reader, *whole, "this quote has no end");
	} else {
		while (whole->end < rest->end && !is_space(*whole->end) && *whole->end != ',')
			whole->end++;
		text = *whole;
	}
	rest->at = whole->end;
	*word = piece_text(reader, text);
	return true;
}

/* A path may have blanks, and quotes around it. */
static const char *whole_value(struct config_reader *reader, struct piece piece)
{
	if (piece.end - piece.at >= 2 && *piece.at == '"' && piece.end[-1] == '"') {
		piece.at++;
		piece.end--;
	}
	return piece_text(reader, piece);
}

static void read_value(struct config_reader *reader, enum config_key key, struct piece name,
		       struct piece piece)
{
	struct config_value *value = &reader->section->values[key];
	struct piece rest = trim(piece), whole;
	const char *word;

	if (value->line && !takes_list(key)) {
		config_complain(reader, name,
				arena_printf(reader->arena,
					     "'%s' stands here a second time, after line %u",
					     keys[key].name, value->line));
		return;
	}
	if (rest.at == rest.end) {
		config_complain(reader, name,
				arena_printf(reader->arena, "'%s' has no value", keys[key].name));
		return;
	}
	if (!value->line) {
		value->line = source_line(reader->config->source, piece_span(reader, name).start);
		value->span = piece_span(reader, rest);
	}
	if (!takes_list(key)) {
		word = whole_value(reader, rest);
		check_word(reader, key, rest, word);
		add_word(reader, value, word);
		return;
	}
	while (next_word(reader, &rest, &whole, &word)) {
		check_word(reader, key, whole, word);
		add_word(reader, value, word);
	}
}

/* ---- lines ---- */

static void begin_config_section(struct config_reader *reader, const char *glob)
{
	reader->section = arena_new_object(reader->arena, struct config_section);
	reader->section->glob = glob;
	*reader->last = reader->section;
	reader->last = &reader->section->next;
	reader->is_lost = false;
}

static bool piece_is(struct piece piece, const char *word)
{
	return (size_t)(piece.end - piece.at) == strlen(word) &&
	       memcmp(piece.at, word, strlen(word)) == 0;
}

static void unknown_section(struct config_reader *reader, struct piece name)
{
	const char *word = piece_text(reader, name);
	struct similar similar;
	struct diag *diag = config_complain(
		reader, name, arena_printf(reader->arena, "there is no section '%s'", word));

	reader->is_lost = true;
	similar_init(&similar, word);
	similar_offer(&similar, "check");
	similar_offer(&similar, "per-file");
	if (similar_result(&similar))
		suggest(reader, diag, &similar);
	else
		diag_hint(&reader->config->diags, diag,
			  "there are [check] and [per-file \"GLOB\"]");
}

static void read_section(struct config_reader *reader, struct piece line)
{
	const char *bracket = memchr(line.at, ']', (size_t)(line.end - line.at));
	struct piece inside = { line.at + 1, bracket ? bracket : line.end };
	struct piece name, glob;

	if (!bracket || trim((struct piece){ bracket + 1, line.end }).at != line.end) {
		config_complain(reader, line, "a section is one word in brackets: [check]");
		reader->is_lost = true;
		return;
	}
	inside = trim(inside);
	name = inside;
	for (name.end = name.at; name.end < inside.end && !is_space(*name.end); name.end++)
		;
	glob = trim((struct piece){ name.end, inside.end });
	if (piece_is(inside, "check")) {
		begin_config_section(reader, NULL);
	} else if (!piece_is(name, "per-file")) {
		unknown_section(reader, name);
	} else if (glob.end - glob.at < 3 || *glob.at != '"' || glob.end[-1] != '"') {
		config_complain(reader, inside,
				"a glob has to stand here in quotes: [per-file \"*.v6\"]");
		reader->is_lost = true;
	} else {
		begin_config_section(reader, whole_value(reader, glob));
	}
}

static void unknown_key(struct config_reader *reader, struct piece name)
{
	const char *word = piece_text(reader, name);
	struct similar similar;
	struct diag *diag = config_complain(
		reader, name, arena_printf(reader->arena, "there is no key '%s'", word));

	if (strcmp(word, "run") == 0) {
		diag_hint(&reader->config->diags, diag,
			  "no file can ask for scripts to be run: convert --run does");
		return;
	}
	similar_init(&similar, word);
	for (int key = 0; key < N_CONFIG_KEYS; key++)
		similar_offer(&similar, keys[key].name);
	suggest(reader, diag, &similar);
}

static void read_key(struct config_reader *reader, struct piece line)
{
	const char *equals = memchr(line.at, '=', (size_t)(line.end - line.at));
	struct piece name = trim((struct piece){ line.at, equals ? equals : line.end });

	if (!equals || name.at == name.end) {
		config_complain(reader, line, "this is neither '[section]' nor 'key = value'");
		return;
	}
	if (reader->is_lost)
		return;
	if (!reader->section) {
		config_complain(reader, name, "no section is open here: write [check] above");
		reader->is_lost = true;
		return;
	}
	for (int key = 0; key < N_CONFIG_KEYS; key++) {
		if (piece_is(name, keys[key].name)) {
			read_value(reader, (enum config_key)key, name,
				   (struct piece){ equals + 1, line.end });
			return;
		}
	}
	unknown_key(reader, name);
}

static void read_line(struct config_reader *reader, struct piece line)
{
	line = trim(line);
	if (line.at == line.end || *line.at == '#' || *line.at == ';')
		return;
	if (memchr(line.at, '\0', (size_t)(line.end - line.at)))
		config_complain(reader, line, "a NUL byte stands in this line");
	else if (*line.at == '[')
		read_section(reader, line);
	else
		read_key(reader, line);
}

struct config *config_read(struct arena *arena, const struct source *source, const char *folder)
{
	struct config *config = arena_new_object(arena, struct config);
	struct config_reader reader = { .arena = arena, .config = config, .bytes = source->bytes };

	config->source = source;
	config->folder = folder;
	diags_init(&config->diags, arena);
	reader.last = &config->sections;
	for (uint32_t line = 1; line <= source->n_lines; line++) {
		struct span span = source_line_span(source, line);

		if (line == 1 && source->len >= 3 && memcmp(source->bytes, "\xef\xbb\xbf", 3) == 0)
			span.start += 3;
		read_line(&reader,
			  (struct piece){ source->bytes + span.start, source->bytes + span.end });
	}
	return config;
}

bool config_holds(const struct config_section *section, const char *path)
{
	if (!section->glob)
		return true;
	if (strchr(section->glob, '/'))
		return fnmatch(section->glob, path, 0) == 0;
	return fnmatch(section->glob, base_name(path), 0) == 0;
}

const char *config_path(struct arena *arena, const struct config *config,
			const struct config_value *value)
{
	if (!value || value->words[0][0] == '/')
		return value ? value->words[0] : NULL;
	return arena_printf(arena, "%s/%s", config->folder, value->words[0]);
}

void config_refuse(struct config *config, const struct config_value *value, const char *why)
{
	diag_add(&config->diags, "configuration", value->span, "'%s': %s", value->words[0], why);
}
