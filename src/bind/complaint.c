/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong while a line was read, as diagnostics: which lint rule, which
 * words, and the way out.  The messages of libxtables are kept, in our quotes.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/similar.h"
#include "bind/hints.h"
#include "bind/hosts.h"
#include "bind/iana.h"
#include "bind/interpose.h"
#include "bind/names.h"
#include "bind/reading.h"

struct span reading_span(const struct reading *reading, int first, int end)
{
	size_t last;

	if (reading->n_words == 0)
		return reading->command->base.span;
	if (first < 1)
		first = 1;
	if ((size_t)first > reading->n_words)
		first = (int)reading->n_words;
	last = end > first ? (size_t)end - 1 : (size_t)first;
	if (last > reading->n_words)
		last = reading->n_words;
	return span_join(reading->words[first - 1].span, reading->words[last - 1].span);
}

static struct diag *vcomplain(struct reading *reading, const char *rule, struct span span,
			      const char *format, va_list args)
{
	struct diags *diags = reading->scope->diags;
	struct diag *diag =
		diag_add(diags, rule, span, "%s", arena_vprintf(diags->arena, format, args));

	diag->table = table_name(reading->scope->table);
	diag->chain = reading->command->chain;
	return diag;
}

struct diag *complain(struct reading *reading, const char *rule, struct span span,
		      const char *format, ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = vcomplain(reading, rule, span, format, args);
	va_end(args);
	diag->refuses = BACKEND_BOTH;
	reading->failed = true;
	return diag;
}

struct diag *remark(struct reading *reading, const char *rule, struct span span, const char *format,
		    ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = vcomplain(reading, rule, span, format, args);
	va_end(args);
	return diag;
}

struct diag *undecide(struct reading *reading, const char *rule, struct span span,
		      const char *format, ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = vcomplain(reading, rule, span, format, args);
	va_end(args);
	diag->undecided = BACKEND_BOTH;
	return diag;
}

/*
 * Which lint rule a message of libxtables belongs to.  The first pattern that fits
 * wins; what fits none is a bad value.
 */
static const struct {
	const char *pattern; /* fnmatch(3) */
	const char *rule;
} classes[] = {
	{ "*too many ports specified*", "multiport-limits" },
	{ "*can only be used once*", "syntax-error" },
	{ "*nly one * allowed*", "syntax-error" },
	{ "*cannot be inverted*", "syntax-error" },
	{ "*cannot be used together*", "syntax-error" },
	{ "*also requires*", "syntax-error" },
	{ "*must be specified*", "syntax-error" },
	{ "*must specify*", "syntax-error" },
	{ "*ou must *", "syntax-error" },
	{ "*requires at least*", "syntax-error" },
	{ "*option required*", "syntax-error" },
	{ "*unexpected*!*", "syntax-error" },
	{ "*needs `-p *", "protocol-mismatch" },
	{ "*with port specification*", "protocol-mismatch" },
	{ "*only * with protocol*", "protocol-mismatch" },
	{ "*too long*", "name-too-long" },
};

static const char *classify(const char *message)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (fnmatch(classes[i].pattern, message, 0) == 0)
			return classes[i].rule;
	return "invalid-value";
}

/* "Bad value `x'.\n" -> "bad value 'x'" */
static char *tidy(struct arena *arena, const char *message)
{
	char *text = arena_strdup(arena, message);
	size_t len = strlen(text);

	while (len && (isspace((unsigned char)text[len - 1]) || text[len - 1] == '.'))
		text[--len] = '\0';
	for (char *c = text; *c; c++) {
		if (*c == '`' || *c == '"')
			*c = '\'';
		else if (*c == '\n')
			*c = ' ';
	}
	/* Not a name in capitals, such as "TCP" or "MARK:". */
	if (isupper((unsigned char)text[0]) && islower((unsigned char)text[1]))
		text[0] = (char)tolower((unsigned char)text[0]);
	return text;
}

void undecide_host(struct reading *reading, struct span span, const char *text, size_t len,
		   bool inverted)
{
	struct diags *diags = reading->scope->diags;
	const char *mask = memrchr(text, '/', len);
	const char *name = arena_strndup(diags->arena, text, mask ? (size_t)(mask - text) : len);
	struct diag *diag;

	if (reading->scope->resolver) {
		complain(reading, "hostname-in-address", span,
			 "host name '%s' has no IPv%d address", name, (int)reading->family);
		return;
	}
	if (hosts_is_local(name)) {
		diag = undecide(reading, "hostname-in-address", span,
				"'%s' is looked up when the file is loaded: the host that loads it "
				"needs it in its /etc/hosts",
				name);
		diag->level = LEVEL_INFO;
	} else {
		diag = undecide(
			reading, "hostname-in-address", span,
			reading->scope->line
				? "host name '%s' is looked up once, when the command is run; at "
				  "boot, before there is DNS, it fails"
				: "host name '%s' is looked up once, when the file is loaded; at "
				  "boot, before there is DNS, the whole table is refused",
			name);
	}
	if (inverted)
		diag_hint(diags, diag,
			  "write the address; under '!' the line is refused as well if the name "
			  "has several");
	else
		diag_hint(diags, diag, "write the address, as iptlint compile --resolve does");
}

/* Does the message name a word that could be a host?  Then it has no port or range. */
static bool is_refused_host(const char *message, char *name, size_t size)
{
	static const char *const patterns[] = { "Bad IP address \"", "iprange: Bad value for \"" };
	const char *end, *start = NULL;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		if (!strncmp(message, patterns[i], strlen(patterns[i])))
			start = i ? strrchr(message, ':') + 3 : message + strlen(patterns[i]);
	end = start ? strchr(start, '"') : NULL;
	if (!end || (size_t)(end - start) >= size)
		return false;
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = '\0';
	return interpose_is_host_name(name);
}

static void offer_name(void *similar, const char *name)
{
	similar_offer(similar, name);
}

/* A service that the host does not have: the nearest name that IANA has assigned. */
static void suggest_service(struct reading *reading, struct diag *diag, const char *message)
{
	static const char start[] = "invalid port/service `";
	struct similar similar;
	char name[64];

	if (reading->scope->line || strncmp(message, start, sizeof(start) - 1) != 0)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(message + sizeof(start) - 1, "'"),
		 message + sizeof(start) - 1);
	if (!isalpha((unsigned char)*name))
		return;
	diag->rule = "service-or-protocol-name";
	similar_init(&similar, name);
	iana_each_service(offer_name, &similar);
	if (similar_result(&similar))
		diag_hint(reading->scope->diags, diag, "did you mean '%s'?",
			  similar_result(&similar));
	else
		diag_hint(reading->scope->diags, diag, "write the number of the port");
}

/* A user or group that the files at hand do not have. */
static void complain_account(struct reading *reading, const struct failure *failure,
			     struct span span)
{
	const char *file = names_file(failure->unknown_is_group);
	const char *what = failure->unknown_is_group ? "group" : "user";
	const char *name = failure->unknown_account;
	struct diag *diag;

	if (file) {
		complain(reading, "user-or-group-name", span, "%s has no %s '%s'", file, what,
			 name);
		return;
	}
	diag = undecide(reading, "user-or-group-name", span,
			"there is no %s '%s' on this host: one that has none refuses the whole "
			"table",
			what, name);
	diag->level = LEVEL_WARNING;
	diag_hint(reading->scope->diags, diag,
		  "write the number, or give the files of the host that loads it with --%s FILE",
		  failure->unknown_is_group ? "group" : "passwd");
	reading->failed = true;
}

void complain_failure(struct reading *reading, const struct failure *failure, struct span span)
{
	const char *message;
	char name[256];

	if (*failure->unresolved_host) {
		undecide_host(reading, span, failure->unresolved_host,
			      strlen(failure->unresolved_host), reading->invert);
		reading->failed = true;
		return;
	}
	if (*failure->unknown_account) {
		complain_account(reading, failure, span);
		return;
	}
	if (reading->scope->line && !reading->failed)
		reading->scope->line->words =
			arena_strdup(reading->scope->diags->arena, failure->message);
	if (!reading->scope->line && is_refused_host(failure->message, name, sizeof(name))) {
		diag_hint(reading->scope->diags,
			  complain(reading, "hostname-in-address", span,
				   "'%s' is no address, and no host name is looked up here", name),
			  "write the address");
		return;
	}
	message = tidy(reading->scope->diags->arena, failure->message);
	suggest_service(reading, complain(reading, classify(failure->message), span, "%s", message),
			failure->message);
}

/*
 * Where nothing is installed, every rule with a match or a target fails, and none of them is
 * wrong: one record tells it.
 */
static bool complain_empty_directory(struct reading *reading, struct span span)
{
	const char *directory = library_empty_directory(binder_family(reading->binder));
	struct diag *diag;

	if (!directory)
		return false;
	diag = complain(reading, "unknown-extension", span,
			"no extensions of iptables are installed: there are none in %s", directory);
	diag->is_once = true;
	diag_hint(reading->scope->diags, diag,
		  "install the package iptables; XTABLES_LIBDIR can name another directory");
	return true;
}

void complain_unknown_option(struct reading *reading, int at)
{
	const char *word = reading->argv[at];
	const struct option *options = library_options(reading->library);
	struct diags *diags = reading->scope->diags;
	struct similar similar;
	const char *needed, *best;
	struct diag *diag;
	bool protocol;
	char name[64];

	if (complain_empty_directory(reading, reading_span(reading, at, at + 1)))
		return;
	diag = complain(reading, "syntax-error", reading_span(reading, at, at + 1),
			"unknown option '%s'", word);
	if (strncmp(word, "--", 2) != 0)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	needed = hint_for_option(name, &protocol);
	if (needed) {
		if (protocol)
			diag->rule = "protocol-mismatch";
		diag_hint(diags, diag, "%s", needed);
		return;
	}
	similar_init(&similar, name);
	for (; options->name; options++)
		similar_offer(&similar, options->name);
	hint_each_option(offer_name, &similar);
	best = similar_result(&similar);
	if (!best)
		return;
	diag_hint(diags, diag, "did you mean '--%s'?", best);
	diag_fix_word(diags, diag, reading->scope->source,
		      (struct span){ diag->span.start + 2,
				     diag->span.start + 2 + (uint32_t)strlen(name) },
		      name, best);
}

/* The installed extension whose name is nearest to NAME, in a hint. */
static void suggest_extension(struct reading *reading, struct diag *diag, const char *name)
{
	static const char *const verdicts[] = { "ACCEPT", "DROP", "RETURN", "QUEUE" };
	bool is_target = isupper((unsigned char)name[0]);
	struct diags *diags = reading->scope->diags;
	struct similar similar;
	const char *best;

	similar_init(&similar, name);
	if (is_target || diag->rule[0] == 'u')
		for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
			similar_offer(&similar, verdicts[i]);
	library_each_name(binder_family(reading->binder), offer_name, &similar);
	best = similar_result(&similar);
	if (!best)
		return;
	diag_hint(diags, diag, "did you mean '%s'?", arena_strdup(diags->arena, best));
	diag_fix_word(diags, diag, reading->scope->source, diag->span, name, best);
}

void complain_unknown_match(struct reading *reading, const char *name, struct span span)
{
	reading->lost_extension = true;
	if (complain_empty_directory(reading, span))
		return;
	suggest_extension(reading,
			  complain(reading, "unknown-extension", span,
				   "no match extension '%s' is installed", name),
			  name);
}

void complain_unknown_target(struct reading *reading, const char *name, struct span span)
{
	const char *table = table_name(reading->scope->table);
	struct diag *diag;

	reading->lost_extension = true;
	if (hook_find(name) != HOOK_NONE) {
		diag = complain(reading, "chain-not-in-table", span,
				"table %s has no built-in chain '%s'", table ? table : "?", name);
		return;
	}
	/* targets are written in capitals, and chains as one likes */
	if (isupper((unsigned char)*name) && complain_empty_directory(reading, span))
		return;
	diag = complain(reading, "undefined-chain", span,
			"'%s' is neither a chain declared above nor an installed target", name);
	suggest_extension(reading, diag, name);
	if (!diag_extra(diag)->hint && reading->scope->line)
		diag_hint(reading->scope->diags, diag, "make it before: '-N %s'", name);
	else if (!diag_extra(diag)->hint)
		diag_hint(reading->scope->diags, diag, "declare it before: ':%s - [0:0]'", name);
}

/* Values that are cut without a word; source: the kernel's structures. */
static const struct cut_value {
	const char *extension;
	const char *option;
	const char *rule;
	size_t max;
	size_t nft_max; /* what nft keeps of it */
	enum level level;
} cut_values[] = {
	{ "LOG", "log-prefix", "log-prefix-too-long", 29, 29, LEVEL_WARNING },
	{ "NFLOG", "nflog-prefix", "log-prefix-too-long", 63, 127, LEVEL_WARNING },
	{ "comment", "comment", "name-too-long", 255, 255, LEVEL_INFO },
};

/* How much of it all back ends that are asked for keep. */
static size_t kept_bytes(const struct reading *reading, const struct cut_value *cut)
{
	const struct tools *tools = reading->scope->tools;

	return tools->backends == BACKEND_NFT && quirk_holds(QUIRK_NFLOG_TEXT, BACKEND_NFT, tools)
		       ? cut->nft_max
		       : cut->max;
}

/* Puts what is kept in the place of the value: the file means the same afterwards. */
static void offer_shorter(struct reading *reading, struct diag *diag, int at, const char *value,
			  size_t max)
{
	const struct word *word = &reading->words[at - 1];
	struct diags *diags = reading->scope->diags;
	struct buf text = BUF_INIT;

	/* "--log-prefix=..." is one word; and no half of a letter is left behind */
	if (strcmp(word->text, value) != 0 || ((unsigned char)value[max] & 0xc0) == 0x80)
		return;
	buf_add_char(&text, '"');
	for (size_t i = 0; i < max; i++) {
		if (value[i] == '"' || value[i] == '\\')
			buf_add_char(&text, '\\');
		buf_add_char(&text, value[i]);
	}
	buf_add_char(&text, '"');
	diag_edit(diags, diag, word->span, arena_strdup(diags->arena, buf_string(&text)));
	diag_need_extra(diags->arena, diag)->fix_is_safe = true;
	buf_free(&text);
}

void remark_cut_value(struct reading *reading, int owner, const char *option, const char *value,
		      int at)
{
	const char *name = library_name(reading->library, owner);

	for (size_t i = 0; i < sizeof(cut_values) / sizeof(*cut_values); i++) {
		const struct cut_value *cut = &cut_values[i];
		size_t max = cut->max;
		struct diag *diag;

		if (strcmp(cut->extension, name) != 0 || strcmp(cut->option, option) != 0)
			continue;
		max = kept_bytes(reading, cut);
		if (strlen(value) <= max)
			continue;
		diag = remark(reading, cut->rule, reading_span(reading, at, at + 1),
			      "the text of '--%s' has %zu bytes and %s to %zu", option,
			      strlen(value), max == cut->nft_max ? "is cut" : "legacy cuts it",
			      max);
		diag->level = (unsigned char)cut->level;
		if (cut->level == LEVEL_INFO)
			continue;
		diag_hint(reading->scope->diags, diag, "what is logged begins with '%.*s'",
			  (int)max, value);
		offer_shorter(reading, diag, at, value, max);
	}
}

/* What extensions write to standard error although all is well. */
static const char *const no_news[] = {
	"*connlabel.conf*",			   /* the file is optional */
	"*Notice: The * match is converted into*", /* shows in the text that we print */
};

static bool is_news(const char *line)
{
	for (size_t i = 0; i < sizeof(no_news) / sizeof(*no_news); i++)
		if (fnmatch(no_news[i], line, 0) == 0)
			return false;
	return *line != '\0';
}

void remark_warnings(struct reading *reading)
{
	const char *text = library_warnings(reading->library);
	struct arena *arena = reading->scope->diags->arena;
	struct span span = reading_span(reading, 1, (int)reading->n_words + 1);

	while (*text) {
		size_t len = strcspn(text, "\n");
		const char *line = arena_strndup(arena, text, len);

		text += len + (text[len] != '\0');
		if (is_news(line))
			remark(reading, "extension-warning", span, "%s", tidy(arena, line));
	}
}
