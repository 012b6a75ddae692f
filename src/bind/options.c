/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop over the words of a line: the commands and options that are iptables'
 * own.  Source: iptables(8), and measured behaviour of 1.8.9 where that is silent.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/iana.h"
#include "bind/reading.h"
#include "ruleset/protocol.h"
#include "ruleset/quirk.h"

#define MAX_CHAIN_NAME 28

/* "-" makes getopt_long() return plain words in their place, ":" makes it tell a
 * missing value from an unknown option. */
static const char short_options[] =
	"-:A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:"
	"nvw::x";

enum {
	LINE_NUMBERS = '0',
	WORD = 1
};

/* Order counts: it decides which abbreviations are ambiguous. */
static const struct option core_options[] = {
	{ "append", required_argument, NULL, 'A' },
	{ "delete", required_argument, NULL, 'D' },
	{ "check", required_argument, NULL, 'C' },
	{ "insert", required_argument, NULL, 'I' },
	{ "replace", required_argument, NULL, 'R' },
	{ "list", optional_argument, NULL, 'L' },
	{ "list-rules", optional_argument, NULL, 'S' },
	{ "flush", optional_argument, NULL, 'F' },
	{ "zero", optional_argument, NULL, 'Z' },
	{ "new-chain", required_argument, NULL, 'N' },
	{ "delete-chain", optional_argument, NULL, 'X' },
	{ "rename-chain", required_argument, NULL, 'E' },
	{ "policy", required_argument, NULL, 'P' },
	{ "source", required_argument, NULL, 's' },
	{ "destination", required_argument, NULL, 'd' },
	{ "src", required_argument, NULL, 's' },
	{ "dst", required_argument, NULL, 'd' },
	{ "protocol", required_argument, NULL, 'p' },
	{ "in-interface", required_argument, NULL, 'i' },
	{ "jump", required_argument, NULL, 'j' },
	{ "table", required_argument, NULL, 't' },
	{ "match", required_argument, NULL, 'm' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "out-interface", required_argument, NULL, 'o' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "wait", optional_argument, NULL, 'w' },
	{ "wait-interval", optional_argument, NULL, 'W' },
	{ "exact", no_argument, NULL, 'x' },
	{ "fragments", no_argument, NULL, 'f' }, /* skipped for IPv6: see core_options_for() */
	{ "version", no_argument, NULL, 'V' },
	{ "help", optional_argument, NULL, 'h' },
	{ "line-numbers", no_argument, NULL, LINE_NUMBERS },
	{ "modprobe", required_argument, NULL, 'M' },
	{ "set-counters", required_argument, NULL, 'c' },
	{ "goto", required_argument, NULL, 'g' },
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ NULL, no_argument, NULL, 0 },
};

/* ip6tables-legacy-restore knows no --fragments, so that --fragm is no riddle for it. */
const struct option *core_options_for(enum family family)
{
	static struct option v6[sizeof(core_options) / sizeof(*core_options)];
	size_t n = 0;

	if (family != FAMILY_IPV6)
		return core_options;
	for (size_t i = 0; i < sizeof(core_options) / sizeof(*core_options); i++)
		if (core_options[i].val != 'f')
			v6[n++] = core_options[i];
	return v6;
}

/* The letter of each enum core_option, as messages name it. */
static const char option_letters[OPTION_COUNT + 1] = "nsdpjvxio0cf";

/* The options that each command refuses, by letter. */
static const struct {
	uint8_t kind;
	const char *refused;
} refused_options[] = {
	{ COMMAND_APPEND, "nx0" },
	{ COMMAND_INSERT, "nx0" },
	{ COMMAND_REPLACE, "nx0" },
	{ COMMAND_DELETE, "nx0c" },
	{ COMMAND_CHECK, "nx0c" },
	{ COMMAND_DELETE_NUMBER, "nsdpjxio0cf" },
	{ COMMAND_NEW_CHAIN, "nsdpjxio0cf" },
	{ COMMAND_DELETE_CHAIN, "nsdpjxio0cf" },
	{ COMMAND_RENAME_CHAIN, "nsdpjxio0cf" },
	{ COMMAND_FLUSH, "nsdpjxio0cf" },
	{ COMMAND_ZERO, "nsdpjxio0cf" },
	{ COMMAND_ZERO_NUMBER, "nsdpjxio0cf" },
	{ COMMAND_POLICY, "nsdpjxio0f" },
	{ COMMAND_LIST, "sdpjiocf" },
};

static const char *intern_word(const struct reading *reading, const char *word)
{
	return intern_add(reading->scope->names, word, strlen(word));
}

static bool set_option(struct reading *reading, enum core_option option)
{
	unsigned bit = 1u << option;

	if (option == OPTION_FRAGMENT && reading->family == FAMILY_IPV6) {
		complain(reading, "syntax-error", option_span(reading),
			 "'-f' is for IPv4; IPv6 has '-m frag'");
		return false;
	}
	if ((reading->options & bit) && option != OPTION_VERBOSE) {
		complain(reading, "syntax-error", option_span(reading), "'-%c' stands here twice",
			 option_letters[option]);
		return false;
	}
	reading->options |= bit;
	reading->at[option] = optind - 1;
	return true;
}

/*
 * The value of one of -p -s -d -j -i -o.  Releases with the quirk take the word
 * before the next one, which is the option itself where the value is glued to it.
 */
static const char *value_of(struct reading *reading)
{
	const struct tools *tools = reading->scope->tools;
	const char *word = reading->argv[optind - 1];
	bool is_glued = optind - 1 == reading->start;
	struct diag *diag;

	if (!is_glued || !quirk_holds(QUIRK_GLUED_OPTION, BACKEND_LEGACY, tools))
		return optarg;
	diag = remark(reading, "glued-option", option_span(reading),
		      "'%s' is read as an option whose value is '%s'", word, word);
	diag_hint(reading->scope->diags, diag, "put a blank before the value: '%.*s %s'",
		  (int)(optarg - word) - (word[1] == '-' && optarg[-1] == '='), word, optarg);
	return word;
}

/* ---- commands ---- */

static void set_command(struct reading *reading, enum command_kind kind, const char *chain)
{
	struct command *command = reading->command;
	bool with_zero = (kind == COMMAND_ZERO && command->kind == COMMAND_LIST) ||
			 (kind == COMMAND_LIST && command->kind == COMMAND_ZERO);

	refuse_invert(reading);
	if (command->kind != COMMAND_NONE && !with_zero) {
		complain(reading, "syntax-error", option_span(reading),
			 "a line has one command, and this one has '%s' too",
			 reading->argv[reading->start]);
		return;
	}
	if (!with_zero || kind == COMMAND_ZERO)
		command->kind = (uint8_t)kind;
	if (chain) {
		command->chain = intern_word(reading, chain);
		command->chain_span = value_span(reading);
	}
}

static void read_number(struct reading *reading)
{
	const char *word = reading->argv[optind++];
	unsigned long number;
	char *end;

	number = strtoul(word, &end, 0);
	if (end == word || *end || *word == '-' || number == 0 || number > INT32_MAX) {
		complain(reading, "invalid-value", value_span(reading),
			 "'%s' is no rule number; they start at 1", word);
		return;
	}
	reading->command->number = (uint32_t)number;
}

static void read_rule_command(struct reading *reading, int value)
{
	struct command *command = reading->command;

	switch (value) {
	case 'A':
		set_command(reading, COMMAND_APPEND, optarg);
		break;
	case 'C':
		set_command(reading, COMMAND_CHECK, optarg);
		break;
	case 'D':
		set_command(reading, COMMAND_DELETE, optarg);
		if (has_word(reading)) {
			read_number(reading);
			command->kind = COMMAND_DELETE_NUMBER;
		}
		break;
	case 'I':
		set_command(reading, COMMAND_INSERT, optarg);
		if (has_word(reading))
			read_number(reading);
		break;
	case 'R':
		set_command(reading, COMMAND_REPLACE, optarg);
		if (has_word(reading))
			read_number(reading);
		else
			complain(reading, "syntax-error", option_span(reading),
				 "'-R' needs the number of the rule to replace");
		break;
	}
}

/* The chain of a command that can do without, as with -F. */
static void read_optional_chain(struct reading *reading, enum command_kind kind)
{
	const char *chain = optarg;

	if (!chain && has_word(reading))
		chain = reading->argv[optind++];
	set_command(reading, kind, chain);
}

/* Rules for a name that -N or -E makes. */
static void check_new_chain(struct reading *reading, const char *name)
{
	struct span span = value_span(reading);

	if (!*name) {
		complain(reading, "syntax-error", span, "the name of a chain cannot be empty");
		return;
	}
	if (*name == '-' || *name == '!') {
		complain(reading, "syntax-error", span,
			 "the name of a chain cannot begin with '%c'", *name);
		return;
	}
	for (const char *c = name; *c; c++) {
		if (isspace((unsigned char)*c)) {
			complain(reading, "syntax-error", span,
				 "blank or control character in the name of a chain");
			return;
		}
	}
	if (verdict_find(name) != VERDICT_NONE || library_has_target(reading->library, name))
		complain(reading, "chain-conflict", span,
			 "'%s' is the name of a target; '-N' refuses it for a chain", name);
}

static void read_rename(struct reading *reading)
{
	set_command(reading, COMMAND_RENAME_CHAIN, optarg);
	if (!has_word(reading)) {
		complain(reading, "syntax-error", option_span(reading),
			 "'-E' needs the old and the new name of the chain");
		return;
	}
	reading->command->other = intern_word(reading, reading->argv[optind++]);
	if (strlen(reading->command->other) > MAX_CHAIN_NAME)
		complain(reading, "name-too-long", value_span(reading),
			 "'%s' has %zu bytes; the name of a chain has at most %d",
			 reading->command->other, strlen(reading->command->other), MAX_CHAIN_NAME);
}

static void read_policy(struct reading *reading)
{
	const char *policy;

	set_command(reading, COMMAND_POLICY, optarg);
	if (!has_word(reading)) {
		complain(reading, "syntax-error", option_span(reading),
			 "'-P' needs a chain and a policy, ACCEPT or DROP");
		return;
	}
	policy = reading->argv[optind++];
	reading->command->other = intern_word(reading, policy);
	if (reading->scope->table == TABLE_NAT && strcmp(policy, "DROP") == 0)
		complain(reading, "target-not-valid-here", value_span(reading),
			 "'-P' refuses DROP in table nat, which is not meant for filtering");
}

static bool read_command(struct reading *reading, int value)
{
	switch (value) {
	case 'A':
	case 'C':
	case 'D':
	case 'I':
	case 'R':
		read_rule_command(reading, value);
		return true;
	case 'L':
	case 'S':
		read_optional_chain(reading, COMMAND_LIST);
		reading->command->lists = (char)value;
		if (has_word(reading))
			read_number(reading);
		return true;
	case 'F':
		read_optional_chain(reading, COMMAND_FLUSH);
		return true;
	case 'Z':
		read_optional_chain(reading, COMMAND_ZERO);
		if (has_word(reading)) {
			read_number(reading);
			reading->command->kind = COMMAND_ZERO_NUMBER;
		}
		return true;
	case 'N':
		set_command(reading, COMMAND_NEW_CHAIN, optarg);
		check_new_chain(reading, optarg);
		return true;
	case 'X':
		read_optional_chain(reading, COMMAND_DELETE_CHAIN);
		return true;
	case 'E':
		read_rename(reading);
		return true;
	case 'P':
		read_policy(reading);
		return true;
	}
	return false;
}

/* ---- options ---- */

/* A name that /etc/protocols decides about. */
static void remark_protocol_name(struct reading *reading, const char *name, struct span span)
{
	if (!isalpha((unsigned char)*name) || protocol_is_fixed(name))
		return;
	if (iana_has_protocol(name)) {
		remark(reading, "service-or-protocol-name", span,
		       "protocol '%s' is looked up in /etc/protocols when the file is loaded", name)
			->level = LEVEL_INFO;
		return;
	}
	remark(reading, "service-or-protocol-name", span,
	       "protocol '%s' stands in the /etc/protocols of this host: IANA has assigned no such "
	       "name",
	       name)
		->level = LEVEL_WARNING;
}

static void read_protocol_option(struct reading *reading)
{
	const char *value;
	struct span span;
	char *lower;
	int number;

	if (!set_option(reading, OPTION_PROTOCOL))
		return;
	value = value_of(reading);
	span = value_span(reading);
	lower = arena_strdup(reading->scope->arena, value);
	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	number = read_protocol(lower);
	if (number < 0) {
		complain(reading, "invalid-value", span, "unknown protocol '%s'", value);
		reading->lost_extension = true;
		return;
	}
	remark_protocol_name(reading, lower, span);
	if (number == 0 && reading->invert)
		complain(reading, "protocol-mismatch",
			 reading_span(reading, reading->invert_at, optind),
			 "'! -p %s' would never match", value);
	reading->protocol = lower;
	reading->rule.protocol = (uint16_t)number;
	if (reading->invert)
		reading->rule.inverted |= RULE_NOT_PROTOCOL;
	library_set_protocol(reading->library, (unsigned)number, reading->invert);
}

static void read_interface_option(struct reading *reading, enum core_option option)
{
	bool is_in = option == OPTION_IN;
	const char *name;

	/* The test for an empty name looks at the value, whatever is taken for it. */
	if (*optarg == '\0') {
		complain(reading, "invalid-value", value_span(reading),
			 "the name of an interface cannot be empty");
		return;
	}
	if (!set_option(reading, option))
		return;
	name = read_interface(reading, value_of(reading), value_span(reading));
	if (is_in)
		reading->rule.in = name;
	else
		reading->rule.out = name;
	if (reading->invert)
		reading->rule.inverted |= is_in ? RULE_NOT_IN : RULE_NOT_OUT;
}

static void read_address_option(struct reading *reading, enum core_option option)
{
	if (!set_option(reading, option))
		return;
	/* The list is taken apart at the end of the line, where all is known. */
	if (value_of(reading) != optarg)
		complain(reading, "syntax-error", option_span(reading), "'%s' is no address",
			 reading->argv[reading->start]);
	else if (optind - 1 == reading->start)
		reading->argv[reading->start] = optarg; /* "--source=10.0.0.1" */
	if (reading->invert)
		reading->rule.inverted |= option == OPTION_SOURCE ? RULE_NOT_SRC : RULE_NOT_DST;
}

static bool read_count(const char *text, uint64_t *count)
{
	char *end;

	*count = strtoull(text, &end, 10);
	return end != text;
}

static void read_counters(struct reading *reading)
{
	const char *packets = optarg;
	const char *bytes;
	struct span span;

	if (!set_option(reading, OPTION_COUNTERS))
		return;
	span = value_span(reading);
	bytes = *packets ? strchr(packets + 1, ',') : NULL;
	if (bytes)
		bytes++;
	else if (has_word(reading))
		bytes = reading->argv[optind++];
	else {
		complain(reading, "syntax-error", span,
			 "'-c' needs a number of packets and a number of bytes");
		return;
	}
	if (!read_count(packets, &reading->counters.packets))
		complain(reading, "syntax-error", span, "'%s' is no number of packets", packets);
	else if (!read_count(bytes, &reading->counters.bytes))
		complain(reading, "syntax-error", value_span(reading), "'%s' is no number of bytes",
			 bytes);
}

static void read_target_option(struct reading *reading, int value)
{
	if (reading->invert) {
		complain(reading, "syntax-error", reading_span(reading, reading->invert_at, optind),
			 "'!' cannot stand before '-%c'", value);
	}
	if (!set_option(reading, OPTION_JUMP))
		return;
	if (value == 'g')
		read_goto(reading, optarg);
	else
		read_jump(reading, value_of(reading));
}

static bool read_plain_option(struct reading *reading, int value)
{
	switch (value) {
	case 'p':
		read_protocol_option(reading);
		return true;
	case 's':
		read_address_option(reading, OPTION_SOURCE);
		return true;
	case 'd':
		read_address_option(reading, OPTION_DESTINATION);
		return true;
	case 'i':
		read_interface_option(reading, OPTION_IN);
		return true;
	case 'o':
		read_interface_option(reading, OPTION_OUT);
		return true;
	case 'j':
	case 'g':
		read_target_option(reading, value);
		return true;
	case 'm':
		refuse_invert(reading);
		read_match(reading, optarg);
		return true;
	case 'f':
		if (set_option(reading, OPTION_FRAGMENT)) {
			reading->rule.fragment = true;
			if (reading->invert)
				reading->rule.inverted |= RULE_NOT_FRAGMENT;
		}
		return true;
	case 'c':
		read_counters(reading);
		return true;
	case 'v':
		set_option(reading, OPTION_VERBOSE);
		return true;
	case 'n':
		set_option(reading, OPTION_NUMERIC);
		return true;
	case 'x':
		set_option(reading, OPTION_EXACT);
		return true;
	case LINE_NUMBERS:
		set_option(reading, OPTION_LINE_NUMBERS);
		return true;
	case '4':
		read_family(reading, FAMILY_IPV4);
		return true;
	case '6':
		read_family(reading, FAMILY_IPV6);
		return true;
	case 'M':
		return true; /* where modprobe is: nothing to load here */
	}
	return false;
}

/* A '#' with nothing but blanks before it goes to column 1; a comment behind a rule may move
 * to a line above it. */
static void complain_comment(const struct reading *reading, struct diag *diag)
{
	const struct source *source = reading->scope->source;
	struct diags *diags = reading->scope->diags;
	struct span line = source_line_span(source, source_line(source, diag->span.start));
	struct span comment = { diag->span.start, line.end };
	uint32_t before = comment.start;

	diag_hint(diags, diag, "a comment has a line of its own, with '#' in column 1");
	while (before > line.start && strchr(" \t", source->bytes[before - 1]))
		before--;
	if (reading->scope->line || source->bytes[comment.start] != '#')
		return; /* a command line has no comments; a '#' in quotes is none */
	if (before == line.start) {
		diag_fix(diags, diag, (struct span){ before, comment.start }, "", true);
		return;
	}
	diag_fix(diags, diag, (struct span){ line.start, line.start },
		 arena_printf(diags->arena, "%.*s\n", (int)(comment.end - comment.start),
			      source->bytes + comment.start),
		 false);
	diag_edit(diags, diag, (struct span){ before, comment.end }, "");
}

static void read_word(struct reading *reading)
{
	const char *word = optarg;
	struct diag *diag;

	if (strcmp(word, "!") == 0) {
		if (reading->invert)
			complain(reading, "syntax-error",
				 reading_span(reading, reading->invert_at, optind),
				 "'!' stands here twice");
		reading->invert = true;
		reading->invert_at = optind - 1;
		return;
	}
	reading->invert = false;
	if (reading->lost) {
		reading->failed = true;
		return;
	}
	diag = complain(reading, *word == '#' ? "stray-text" : "syntax-error",
			reading_span(reading, optind - 1, optind), "unexpected word '%s'", word);
	if (*word == '#')
		complain_comment(reading, diag);
	else if (*word == '!')
		diag_hint(reading->scope->diags, diag, "put a blank behind the '!'");
	reading->lost = true; /* one complaint for a run of words */
}

/* True if the word has to be read again. */
static bool read_option(struct reading *reading, int value)
{
	bool known;

	if (value == WORD) {
		read_word(reading);
		return false;
	}
	known = read_command(reading, value) || read_plain_option(reading, value) ||
		read_foreign_option(reading, value);
	if (known)
		reading->lost = false;
	else if (!read_extension_option(reading, value))
		return true;
	reading->invert = false;
	return false;
}

/* ---- the end of the line ---- */

static void check_options(struct reading *reading)
{
	const struct command *command = reading->command;
	const char *refused = "";

	for (size_t i = 0; i < sizeof(refused_options) / sizeof(*refused_options); i++)
		if (refused_options[i].kind == command->kind)
			refused = refused_options[i].refused;
	for (int option = 0; option < OPTION_COUNT; option++) {
		struct span span;

		if (!(reading->options & 1u << option) || !strchr(refused, option_letters[option]))
			continue;
		span = reading_span(reading, reading->at[option], reading->at[option] + 1);
		if (option == OPTION_LINE_NUMBERS)
			complain(reading, "syntax-error", span,
				 "'--line-numbers' has no place in this command");
		else
			complain(reading, "syntax-error", span,
				 "'-%c' has no place in this command", option_letters[option]);
	}
}

static void check_chain_name(struct reading *reading)
{
	const struct command *command = reading->command;

	if (command->chain && strlen(command->chain) > MAX_CHAIN_NAME)
		complain(reading, "name-too-long", command->chain_span,
			 "'%s' has %zu bytes; the name of a chain has at most %d", command->chain,
			 strlen(command->chain), MAX_CHAIN_NAME);
}

static void check_end(struct reading *reading)
{
	if (optind < reading->argc)
		complain(reading, "syntax-error", reading_span(reading, optind, reading->argc),
			 "words behind '--' have no meaning");
	if (reading->invert)
		complain(reading, "syntax-error",
			 reading_span(reading, reading->invert_at, reading->invert_at + 1),
			 "nothing follows the '!'");
	if (reading->command->kind == COMMAND_NONE && !reading->failed)
		complain(reading, "syntax-error",
			 reading_span(reading, 1, (int)reading->n_words + 1),
			 "no command on this line, such as '-A CHAIN'");
	check_waiting(reading);
	check_options(reading);
	check_chain_name(reading);
}

void read_options(struct reading *reading)
{
	optind = 0; /* makes glibc forget the line before */
	opterr = 0;
	reading->start = 1;
	while (!reading->stop) {
		int value;

		optarg = NULL;
		value = getopt_long(reading->argc, reading->argv, short_options,
				    library_options(reading->library), NULL);
		if (value == -1)
			break;
		if (read_option(reading, value))
			optind = reading->start;
		reading->start = optind;
	}
	if (!reading->stop)
		check_end(reading);
}
