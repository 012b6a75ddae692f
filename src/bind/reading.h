/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One command line while it is being read: shared by the files of the binder and
 * seen by nobody else.
 */
#ifndef BIND_READING_H
#define BIND_READING_H

#include "bind/bind.h"
#include "bind/library.h"
#include "bind/resolver.h"
#include "ruleset/rule.h"

/* The options of iptables itself; as bits, what a line holds.  In the order of
 * the columns of the table in options.c. */
enum core_option {
	OPTION_NUMERIC,
	OPTION_SOURCE,
	OPTION_DESTINATION,
	OPTION_PROTOCOL,
	OPTION_JUMP,
	OPTION_VERBOSE,
	OPTION_EXACT,
	OPTION_IN,
	OPTION_OUT,
	OPTION_LINE_NUMBERS,
	OPTION_COUNTERS,
	OPTION_FRAGMENT,
	OPTION_COUNT,
};

/* One option of an extension, as getopt_long() took it from the line. */
struct use {
	int owner;	  /* index of the match, or LIBRARY_TARGET */
	const char *name; /* the option's full name; NULL for the -m or -j that loads OWNER */
	int first;	  /* index in argv of the option's word */
	int end;	  /* behind its last value */
	bool invert;
};

#define MAX_MATCHES PARSE_MAX_WORDS

struct reading {
	struct binder *binder;
	const struct bind_scope *scope;
	struct library *library;
	enum family family;
	struct command *command;

	const struct word *words;
	size_t n_words;
	char **argv; /* argv[i + 1] is a copy of words[i]: getopt's order */
	int argc;

	struct rule rule;     /* all but src, dst and matches */
	unsigned options;     /* set of 1 << enum core_option */
	int at[OPTION_COUNT]; /* index in argv of the option's value */
	const char *protocol; /* as written, in lower case */
	bool protocol_used;   /* its match was loaded for an option */
	int protocol_match;   /* index of that match, or -1 */
	int target_at;	      /* index in argv of the -j or -g, 0 if none */
	int target_end;	      /* behind its last option */
	struct counters counters;

	int n_uses;
	unsigned target_names; /* names of services, users ... that the target looked up */
	bool target_failed;

	bool waits;	      /* a command line with -w */
	int wait_interval_at; /* index in argv of a -W, 0 if none */

	bool resolved; /* host names were looked up */

	bool invert; /* a '!' is waiting for its option */
	int invert_at;
	int start; /* index in argv where the option being read began */

	bool failed;	     /* an error was reported: the rule stays unbound */
	bool lost;	     /* an extension or option is unknown: its values are no news */
	bool lost_extension; /* ... and so are options that nobody knows */
	bool stop;	     /* the real program would not read on */

	/* From here on not cleared for each line. */
	const struct option *match_before[MAX_MATCHES]; /* the options before it was loaded ... */
	const struct option *match_after[MAX_MATCHES];	/* ... and with its own */
	const struct option *target_before;
	const struct option *target_after;
	uint16_t match_protocol[MAX_MATCHES]; /* what -p had said by then */
	uint16_t target_protocol;
	unsigned match_names[MAX_MATCHES]; /* names that it looked up */
	bool match_failed[MAX_MATCHES];	   /* an error was reported for one of its options */
	struct use uses[2 * PARSE_MAX_WORDS];
};

/* ---- complaint.c: what is wrong, said about the right words ---- */

/* The words argv[first] to argv[end - 1] in the source. */
struct span reading_span(const struct reading *reading, int first, int end);

/* Reports an error that both back ends refuse the line for. */
struct diag *complain(struct reading *reading, const char *rule, struct span span,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Something worth saying about a line that loads. */
struct diag *remark(struct reading *reading, const char *rule, struct span span, const char *format,
		    ...) __attribute__((format(printf, 4, 5)));

/* A name that only a look-up at load could decide. */
struct diag *undecide(struct reading *reading, const char *rule, struct span span,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A host name (with a mask, perhaps) where an address is looked for. */
void undecide_host(struct reading *reading, struct span span, const char *text, size_t len,
		   bool inverted);

void complain_failure(struct reading *reading, const struct failure *failure, struct span span);
void complain_unknown_option(struct reading *reading, int at);
void complain_unknown_match(struct reading *reading, const char *name, struct span span);
void complain_unknown_target(struct reading *reading, const char *name, struct span span);
void remark_warnings(struct reading *reading);

/* If the value of an extension's option, argv[at], is longer than what the kernel keeps. */
void remark_cut_value(struct reading *reading, int owner, const char *option, const char *value,
		      int at);

/* ---- negation.c: the old place of the '!' ---- */

/* ERRORS: where those of this line begin. */
void explain_negations(struct reading *reading, struct diag **errors);

/* ---- foreign.c: options that do not belong to a rule ---- */

/* The word that getopt_long() took the option from, and its value if it has one. */
struct span option_span(const struct reading *reading);
struct span value_span(const struct reading *reading);

/* Is there a word next that is no option? */
bool has_word(const struct reading *reading);

/* Complains if a '!' stands before an option that takes none. */
bool refuse_invert(struct reading *reading);

/* -4 or -6 */
void read_family(struct reading *reading, enum family family);

/* What has no business in a rules file; false if it is another option. */
bool read_foreign_option(struct reading *reading, int value);

void check_waiting(struct reading *reading);

/* ---- binder.c: host names ---- */

/* The addresses of a host name, where names are looked up; NULL: it has none. */
const struct pin *pin_name(struct reading *reading, const char *name);

/* ---- options.c: the loop over the line ---- */

/* iptables' own options, ended by a NULL name. */
const struct option *core_options_for(enum family family);

void read_options(struct reading *reading);

/* ---- extension.c: -m, -j and their options ---- */

void read_match(struct reading *reading, const char *name);
void read_jump(struct reading *reading, const char *name);
void read_goto(struct reading *reading, const char *name);

/* An option that is not iptables' own; VALUE is what getopt_long() returned.  False
 * if the word has to be read again, with the protocol's match loaded. */
bool read_extension_option(struct reading *reading, int value);

/* The final checks of all extensions. */
void check_extensions(struct reading *reading);

/* The matches and the target as the rule holds them; false if one failed. */
bool save_extensions(struct reading *reading);

/* ---- assemble.c: from what was read to the rules ---- */

/* What can only be said at the end of the line; then -s and -d lists to command->rules. */
void assemble_rules(struct reading *reading);

/* -i or -o; the interned name, or NULL after a complaint. */
const char *read_interface(struct reading *reading, const char *name, struct span span);

/* -p by name (in lower case) or number, -1 if unknown. */
int read_protocol(const char *text);

/* ---- binder.c ---- */

/* Reads the words as libxtables would, without the short way of plain.c. */
void read_line(struct binder *binder, const struct bind_scope *scope, struct command *command,
	       const struct counters *counters, const struct word *words, size_t n_words,
	       bool remember);

/* ---- plain.c: the short way for lines whose parts were seen before ---- */

struct plain;

struct plain *plain_new(struct arena *arena, const struct option *start);
void plain_free(struct plain *plain);

/* True if the line was read; else nothing was changed. */
bool plain_read(struct plain *plain, const struct bind_scope *scope, enum family family,
		struct command *command, const struct counters *counters, const struct word *words,
		size_t n_words);

/* Keeps the parts of a line that was read without any remark. */
void plain_remember(struct plain *plain, const struct reading *reading);

#endif
