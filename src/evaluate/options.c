/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * set, shift, shopt, getopts: options and positional parameters.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/calls.h"

static const struct {
	const char *name;
	char letter; /* '\0': none */
	unsigned option;
	bool bash;
} options[] = {
	{ "errexit", 'e', OPTION_ERREXIT, false },
	{ "nounset", 'u', OPTION_NOUNSET, false },
	{ "noglob", 'f', OPTION_NOGLOB, false },
	{ "noexec", 'n', OPTION_NOEXEC, false },
	{ "xtrace", 'x', OPTION_XTRACE, false },
	{ "allexport", 'a', OPTION_ALLEXPORT, false },
	{ "verbose", 'v', OPTION_VERBOSE, false },
	{ "noclobber", 'C', OPTION_NOCLOBBER, false },
	{ "pipefail", '\0', OPTION_PIPEFAIL, true },
	/* known, and without an effect on what is evaluated */
	{ "monitor", 'm', 0, false },
	{ "notify", 'b', 0, false },
	{ "ignoreeof", 'I', 0, false },
	{ "interactive", 'i', 0, false },
	{ "stdin", 's', 0, false },
	{ "vi", 'V', 0, false },
	{ "emacs", 'E', 0, false },
	{ "nolog", '\0', 0, false },
	{ "debug", '\0', 0, false },
	{ "hashall", 'h', 0, true },
	{ "physical", 'P', 0, true },
	{ "braceexpand", 'B', 0, true },
	{ "histexpand", 'H', 0, true },
	{ "functrace", 'T', 0, true },
	{ "errtrace", 'E', 0, true },
	{ "privileged", 'p', 0, true },
	{ "keyword", 'k', 0, true },
	{ "onecmd", 't', 0, true },
	{ "history", '\0', 0, true },
	{ "posix", '\0', 0, true },
	{ "interactive-comments", '\0', 0, true },
};

#define N_OPTIONS (sizeof(options) / sizeof(*options))

static void turn(struct machine *sh, unsigned option, bool on)
{
	if (on)
		sh->set.options |= option;
	else
		sh->set.options &= ~option;
	if (on && option == OPTION_ERREXIT)
		sh->outcome->ends_at_failure = true;
}

void options_begin(struct machine *sh, const char *flags)
{
	for (const char *letter = flags + 1; *letter; letter++) {
		for (size_t i = 0; i < N_OPTIONS; i++)
			if (options[i].letter == *letter && (!options[i].bash || sh->bash))
				turn(sh, options[i].option, true);
	}
}

bool option_named(const struct machine *sh, const char *name, unsigned *option)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (strcmp(options[i].name, name) != 0 || (options[i].bash && !sh->bash))
			continue;
		*option = options[i].option;
		return true;
	}
	return false;
}

static bool set_named(struct machine *sh, struct call *call, const char *name, bool on)
{
	unsigned option;

	if (option_named(sh, name, &option)) {
		turn(sh, option, on);
		return true;
	}
	shell_error(sh, call->span, FATAL_SH, "there is no option '%s': the shell stops here",
		    name);
	set_status(sh, 2);
	return false;
}

static bool set_letter(struct machine *sh, struct call *call, char letter, bool on)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (options[i].letter != letter || (options[i].bash && !sh->bash))
			continue;
		turn(sh, options[i].option, on);
		return true;
	}
	shell_error(sh, call->span, FATAL_SH, "there is no option '%c': the shell stops here",
		    letter);
	set_status(sh, 2);
	return false;
}

/* The letters of one word; *I moves over the name behind -o. */
static bool set_letters(struct machine *sh, struct call *call, size_t *i)
{
	const char *word = call->words[*i].bytes, *p;
	bool on = *word == '-';

	for (p = word + 1; *p; p++) {
		if (*p != 'o') {
			if (!set_letter(sh, call, *p, on))
				return false;
		} else if (*i + 1 < call->n) {
			if (!set_named(sh, call, call->words[++*i].bytes, on))
				return false;
		} else {
			stream_write_unknown(sh->fds[1],
					     origin_at(sh, call->span, NULL, "what 'set' prints"));
		}
	}
	return true;
}

static void set_parameters(struct machine *sh, struct call *call, size_t i)
{
	bool missing = sh->set.parameters->missing && sh->passes_arguments;

	parameters_set(sh, call->words + i, call->n - i, call->many);
	sh->set.parameters->missing = missing;
}

void run_set(struct machine *sh, struct call *call)
{
	size_t i = 1;

	set_status(sh, 0);
	if (call->n == 1 && !call->many) {
		stream_write_unknown(sh->fds[1],
				     origin_at(sh, call->span, NULL, "what 'set' prints"));
		return;
	}
	for (; i < call->n && !call->words[i].unknown; i++) {
		const char *word = call->words[i].bytes;

		if (!strcmp(word, "--")) {
			set_parameters(sh, call, i + 1);
			return;
		}
		if (!strcmp(word, "-")) {
			turn(sh, OPTION_XTRACE | OPTION_VERBOSE, false);
			i++;
			break;
		}
		if ((*word != '-' && *word != '+') || !word[1])
			break;
		if (!set_letters(sh, call, &i))
			return;
	}
	if (i < call->n)
		set_parameters(sh, call, i);
}

void run_shift(struct machine *sh, struct call *call)
{
	size_t n = sh->set.parameters->n - sh->set.shifted;
	char *end;
	long by = 1;

	if (!call_known(sh, call, 1, "how far is shifted"))
		return;
	if (call->n > 1) {
		by = strtol(call->words[1].bytes, &end, 10);
		if (!call->words[1].len || *end || by < 0) {
			shell_error(sh, call->span, FATAL_SH, "'%s' is no number",
				    call->words[1].bytes);
			return;
		}
	}
	if (sh->set.parameters->unknown) {
		set_unknown_status(sh, sh->set.parameters->unknown);
		return;
	}
	if ((size_t)by > n) {
		shell_error(sh, call->span, FATAL_SH,
			    "there is nothing left to shift: the shell stops here");
		return;
	}
	sh->set.shifted += (size_t)by;
	set_status(sh, 0);
}

void run_shopt(struct machine *sh, struct call *call)
{
	static const struct {
		const char *name;
		unsigned option;
	} names[] = { { "nullglob", OPTION_NULLGLOB },
		      { "extglob", OPTION_EXTGLOB },
		      { "nocasematch", OPTION_NOCASEMATCH },
		      { "lastpipe", OPTION_LASTPIPE },
		      { "expand_aliases", OPTION_ALIASES } };
	bool on = true, changes = false;
	size_t i = 1, j;

	for (; i < call->n && !call->words[i].unknown && *call->words[i].bytes == '-'; i++) {
		changes |= strpbrk(call->words[i].bytes, "su") != NULL;
		if (strchr(call->words[i].bytes, 'u'))
			on = false;
	}
	set_status(sh, 0);
	if (!changes) {
		const struct shell_origin *origin =
			origin_at(sh, call->span, NULL, "what 'shopt' says");

		stream_write_unknown(sh->fds[1], origin);
		set_unknown_status(sh, origin);
		return;
	}
	for (; i < call->n; i++) {
		for (j = 0; j < sizeof(names) / sizeof(*names); j++) {
			if (call_is(call, i, names[j].name))
				turn(sh, names[j].option, on);
		}
	}
}

/* ---- getopts ---- */

struct getopts {
	struct machine *sh;
	struct call *call;
	const struct shell_value *words; /* that are read */
	size_t n;
	const char *letters;
	bool silent;
};

static void assign_text(struct getopts *g, const char *name, const char *text)
{
	variable_assign(g->sh, g->call->span, name, value_of(text));
}

static void finish(struct getopts *g, size_t index, const char *name, char letter, int status)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", index);
	int place = g->sh->set.option_place;
	assign_text(g, "OPTIND", text);
	g->sh->set.option_place = place;
	text[0] = letter;
	text[1] = '\0';
	assign_text(g, name, text);
	set_status(g->sh, status);
}

/* The letter at the place inside word INDEX (1-based). */
static void read_letter(struct getopts *g, size_t index, const char *name)
{
	struct machine *sh = g->sh;
	const char *word = g->words[index - 1].bytes;
	size_t len = strlen(word);
	int place = sh->set.option_place ? sh->set.option_place : 1;
	char letter = (size_t)place < len ? word[place] : '?', shown[2] = { letter, '\0' };
	const char *found = letter == ':' ? NULL : strchr(g->letters, letter);
	bool last = (size_t)place + 1 >= len;
	struct span span = g->call->span;

	sh->set.option_place = last ? 0 : place + 1;
	/* dash is behind a word as soon as it has begun with it */
	last |= !sh->bash;
	if (sh->bash)
		variable_unset(sh, span, "OPTARG", false);
	else
		assign_text(g, "OPTARG", "");
	if (!found) {
		if (g->silent)
			assign_text(g, "OPTARG", shown);
		finish(g, index + last, name, '?', 0);
		return;
	}
	if (found[1] != ':') {
		finish(g, index + last, name, letter, 0);
		return;
	}
	sh->set.option_place = 0;
	if ((size_t)place + 1 < len) {
		assign_text(g, "OPTARG", word + place + 1);
		finish(g, index + 1, name, letter, 0);
	} else if (index < g->n) {
		variable_assign(sh, span, "OPTARG", g->words[index]);
		finish(g, index + 2, name, letter, 0);
	} else {
		if (g->silent)
			assign_text(g, "OPTARG", shown);
		finish(g, index + 1, name, g->silent ? ':' : '?', 0);
	}
}

void run_getopts(struct machine *sh, struct call *call)
{
	struct getopts g = { sh, call, call->words + 3, call->n > 3 ? call->n - 3 : 0, "", false };
	struct shell_value *words, index_text;
	size_t index, i, n = sh->set.parameters->n - sh->set.shifted;
	bool set;

	if (!call_known(sh, call, 1, "which options are read"))
		return;
	if (call->n < 3) {
		shell_error(sh, call->span, FATAL_NOT, "getopts needs letters and a name");
		set_status(sh, 2);
		return;
	}
	if (call->n == 3) {
		words = scratch_alloc(sh->scratch, (n + 1) * sizeof(*words));
		for (i = 0; i < n; i++)
			words[i] = text_value(sh->set.parameters->values[sh->set.shifted + i]);
		g.words = words;
		g.n = n;
	}
	g.letters = call->words[1].bytes;
	g.silent = *g.letters == ':';
	index_text = variable_value(sh, "OPTIND", 6, &set);
	index = (size_t)strtoul(index_text.bytes, NULL, 10);
	if (!index)
		index = 1;
	if (!sh->bash && sh->set.option_place && index > 1)
		index--;
	if (sh->set.parameters->unknown || index_text.unknown ||
	    (index <= g.n && g.words[index - 1].unknown)) {
		const struct shell_origin *origin =
			sh->set.parameters->unknown ? sh->set.parameters->unknown
			: index_text.unknown	    ? index_text.unknown
						    : g.words[index - 1].unknown;

		variable_assign(sh, call->span, call->words[2].bytes, value_unknown(origin));
		variable_assign(sh, call->span, "OPTARG", value_unknown(origin));
		set_unknown_status(sh, origin);
		return;
	}
	if (index <= g.n && !strcmp(g.words[index - 1].bytes, "--"))
		finish(&g, index + 1, call->words[2].bytes, '?', 1);
	else if (index > g.n || g.words[index - 1].bytes[0] != '-' || !g.words[index - 1].bytes[1])
		finish(&g, index, call->words[2].bytes, '?', 1);
	else
		read_letter(&g, index, call->words[2].bytes);
}
