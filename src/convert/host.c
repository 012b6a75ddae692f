/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorts the programs of a script: the packet filter's are called, others noted, and what
 * could reach the packet filter behind the evaluator's back is an error.
 */
#include "convert/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/word.h"
#include "convert/host_files.h"
#include "convert/notes.h"

#define FILTER_FOLDER "/usr/sbin/"

/* What a state is, behind the number that save() gives. */
struct mark {
	unsigned filters;
	size_t n_calls;
	size_t n_notes;
};

struct convert_host {
	struct shell_host shell;
	struct arena *arena;
	const struct filters *filters;
	struct journal *journal;
	struct diags *diags;
	const struct convert_host_options *options;
	struct notes notes;
	struct mark *marks;
	unsigned n_marks, capacity;
};

/* ---- findings ---- */

static struct diag *complain(struct convert_host *host, struct span span,
			     const struct shell_origin *origin, const char *message)
{
	struct diag *diag = diag_say(host->diags, "unsupported-shell", span, message);

	diag->level = LEVEL_ERROR;
	if (origin) {
		diag_related(host->diags, diag, origin->span, "%s is not known", origin->what);
		if (origin->way_out)
			diag_hint(host->diags, diag, "%s, or --run", origin->way_out);
		else
			diag_hint(host->diags, diag, "-D NAME=VALUE gives a variable, or --run");
	} else {
		diag_hint(host->diags, diag, "--run runs the script in a sandbox");
	}
	return diag;
}

static void set_unknown(struct arena *arena, const struct shell_call *call,
			struct shell_result *result, const char *program)
{
	struct shell_origin *status = arena_new_object(arena, struct shell_origin);
	struct shell_origin *output = arena_new_object(arena, struct shell_origin);

	status->span = output->span = call->span;
	status->what = arena_printf(arena, "whether '%s' works", program);
	output->what = arena_printf(arena, "the output of '%s'", program);
	result->status = (struct shell_status){ 0, status };
	result->output = (struct shell_value){ "", 0, output };
	result->errors = (struct shell_value){ "", 0, output };
}

/* ---- programs of the packet filter ---- */

static struct shell_value known(struct arena *arena, const struct buf *text)
{
	return (struct shell_value){ arena_strndup(arena, buf_string(text), text->len), text->len,
				     NULL };
}

/* iptables-restore FILE: the word that is no option, nor the value of one. */
static size_t file_operand(const struct shell_call *call)
{
	for (size_t i = 1; i < call->n_words; i++) {
		const char *word = call->words[i].bytes;
		bool takes_value = !strcmp(word, "-T") || !strcmp(word, "--table") ||
				   !strcmp(word, "-M") || !strcmp(word, "--modprobe");

		if (takes_value)
			i++;
		else if (*word != '-' && !(i > 1 && !strcmp(call->words[i - 1].bytes, "-w")))
			return i;
	}
	return 0;
}

/* What a restore program reads; false after a complaint. */
static bool find_input(struct convert_host *host, struct arena *arena,
		       const struct shell_call *call, struct journal_call *to)
{
	size_t operand = file_operand(call);
	const char *bytes;

	if (operand) {
		const char *path = call->words[operand].bytes;

		switch (host_read_file(host->options, arena, path, &bytes, &to->input_len)) {
		case SHELL_FILE_YES:
			to->input = bytes;
			return true;
		case SHELL_FILE_NO:
			return true;
		case SHELL_FILE_UNKNOWN:
			break;
		}
		complain(host, call->word_spans[operand], NULL,
			 arena_printf(host->diags->arena, "the file '%s' is not at hand", path));
		return false;
	}
	if (!call->input)
		return true;
	if (call->input->unknown) {
		complain(host, call->span, call->input->unknown,
			 "what is restored here is not known");
		return false;
	}
	to->input = call->input->bytes;
	to->input_len = call->input->len;
	return true;
}

/* Are all words known?  The first that is not is told of. */
static bool check_words(struct convert_host *host, const struct shell_call *call)
{
	for (size_t i = 0; i < call->n_words; i++) {
		if (!call->words[i].unknown)
			continue;
		complain(host, call->word_spans[i], call->words[i].unknown,
			 arena_printf(host->diags->arena, "a word of this %s command is not known",
				      base_name(call->words[0].bytes)));
		return false;
	}
	return true;
}

static const char *const *texts_of(struct arena *arena, const struct shell_call *call)
{
	const char **words = arena_alloc(arena, (call->n_words + 1) * sizeof(*words));

	for (size_t i = 0; i < call->n_words; i++)
		words[i] = call->words[i].bytes;
	return words;
}

static void run_filter(struct convert_host *host, struct arena *arena,
		       const struct shell_call *call, struct shell_result *result,
		       enum filter_program program, enum family family)
{
	struct buf out = BUF_INIT, errors = BUF_INIT;
	struct journal_call made = {
		.n_words = call->n_words,
		.spans = call->word_spans,
		.span = call->span,
		.other_file = call->other_file,
		.round = call->round,
		.program = program,
		.family = family,
	};

	if (!check_words(host, call) ||
	    (program == FILTER_RESTORE && !find_input(host, arena, call, &made))) {
		set_unknown(arena, call, result, base_name(call->words[0].bytes));
		result->has_effect = true;
		return;
	}
	if (program == FILTER_IPSET && call->input && !call->input->unknown) {
		made.input = call->input->bytes;
		made.input_len = call->input->len;
	}
	made.words = texts_of(arena, call);
	made.status = host->filters->call(host->filters->context, &made, &out, &errors,
					  &result->has_effect);
	journal_add(host->journal, &made);
	if (program == FILTER_IPSET && made.status == 0)
		notes_add_call(&host->notes, made.words, made.n_words);
	result->status = (struct shell_status){ made.status, NULL };
	result->output = known(arena, &out);
	result->errors = known(arena, &errors);
	buf_free(&out);
	buf_free(&errors);
}

/* ---- other programs ---- */

/* Programs that run others, or scripts: what these do nobody follows. */
static bool runs_others(const char *name)
{
	static const char *const names[] = {
		"sh",	     "bash",
		"dash",	     "ash",
		"ksh",	     "zsh",
		"perl",	     "python",
		"python3",   "xargs",
		"find",	     "su",
		"at",	     "batch",
		"run-parts", "timeout",
		"parallel",  "chroot",
		"setsid",    "watch",
		"flock",     "start-stop-daemon",
		"script",    "expect",
		"busybox",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool names_filter(const char *text)
{
	return strstr(text, "iptables") || strstr(text, "ip6tables") || strstr(text, "IPT");
}

/* Is it a file at hand that calls iptables? */
static bool is_filter_script(struct convert_host *host, const char *path)
{
	struct arena *scratch = arena_new();
	const char *bytes;
	size_t len;
	bool is = host_read_file(host->options, scratch, path, &bytes, &len) == SHELL_FILE_YES &&
		  names_filter(bytes);

	arena_free(scratch);
	return is;
}

/* May the call change the packet filter?  Either it is a script that lies at hand, or a
 * program that runs others is given a word or an input that says so. */
static bool may_reach_filter(struct convert_host *host, const struct shell_call *call)
{
	const char *program = call->words[0].bytes;

	if (strchr(program, '/') && is_filter_script(host, program))
		return true;
	if (!runs_others(base_name(program)))
		return false;
	for (size_t i = 1; i < call->n_words; i++) {
		const struct shell_value *word = &call->words[i];

		if (word->unknown || names_filter(word->bytes) ||
		    is_filter_script(host, word->bytes))
			return true;
	}
	return call->input && (call->input->unknown || names_filter(call->input->bytes));
}

/* Where the rules stay as they are for as long as a program, or somebody who types, takes. */
static void note_time(struct convert_host *host, const struct shell_call *call)
{
	const char *name = call->words[0].bytes;
	const struct journal_call other = {
		.words = &name,
		.spans = call->word_spans,
		.n_words = 1,
		.span = call->span,
		.other_file = call->other_file,
		.round = call->round,
		.program = FILTER_OTHER,
		.family = FAMILY_UNSPEC,
	};

	journal_add(host->journal, &other);
}

static void wait_for_input(void *context, const struct shell_call *call)
{
	note_time(context, call);
}

/* tee FILE...: what it reads is what it prints, and what is in the files. */
static void run_tee(struct convert_host *host, const struct shell_call *call,
		    struct shell_result *result)
{
	if (call->input)
		result->output = *call->input;
	for (size_t i = 1; i < call->n_words; i++)
		if (!call->words[i].unknown && call->words[i].bytes[0] != '-')
			notes_add_file(&host->notes, call->words[i].bytes,
				       call->input && !call->input->unknown ? call->input->bytes
									    : NULL);
}

static void run_other(struct convert_host *host, struct arena *arena, const struct shell_call *call,
		      struct shell_result *result)
{
	const char *name = base_name(call->words[0].bytes);
	const struct program_facts *facts = program_facts(name);
	bool all_known = true;

	note_time(host, call);
	for (size_t i = 0; i < call->n_words; i++)
		all_known &= !call->words[i].unknown;
	if (all_known)
		notes_add_call(&host->notes, texts_of(arena, call), call->n_words);
	if (!strcmp(name, "tee")) {
		run_tee(host, call, result);
		return;
	}
	if (facts && !facts->prints) {
		*result = (struct shell_result){ .output = { "", 0, NULL },
						 .errors = { "", 0, NULL } };
		return;
	}
	set_unknown(arena, call, result, name);
	if (facts)
		result->status = (struct shell_status){ 0, NULL };
	if (facts || !may_reach_filter(host, call))
		return;
	complain(host, call->span, NULL,
		 arena_printf(host->diags->arena,
			      "'%s' may call iptables, and what it does is not followed", name));
	result->has_effect = true;
}

static void run(void *context, struct arena *arena, const struct shell_call *call,
		struct shell_result *result)
{
	struct convert_host *host = context;
	enum filter_program program;
	enum family family;

	memset(result, 0, sizeof(*result));
	if (call->words[0].unknown) {
		complain(host, call->word_spans[0], call->words[0].unknown,
			 "which program this is, is not known");
		set_unknown(arena, call, result, "a program that is not known");
		result->has_effect = true;
		return;
	}
	program = filter_program_of(call->words[0].bytes, &family);
	if (program == FILTER_NONE)
		run_other(host, arena, call, result);
	else
		run_filter(host, arena, call, result, program, family);
}

static const char *find_program(void *context, struct arena *arena, const char *name, bool *unknown)
{
	const struct program_facts *facts = program_facts(name);
	enum family family;

	(void)context;
	*unknown = false;
	if (filter_program_of(name, &family) != FILTER_NONE)
		return *name == '/' ? arena_strdup(arena, name)
				    : arena_printf(arena, FILTER_FOLDER "%s", name);
	if (facts)
		return *name == '/' ? arena_strdup(arena, name) : facts->path;
	*unknown = true;
	return NULL;
}

/* ---- files ---- */

static enum shell_file_answer test_file(void *context, char operation, const char *path)
{
	const struct convert_host *host = context;

	return host_test_file(host->options, operation, path);
}

static enum shell_file_answer read_file(void *context, struct arena *arena, const char *path,
					const char **bytes, size_t *len)
{
	const struct convert_host *host = context;

	return host_read_file(host->options, arena, path, bytes, len);
}

static enum shell_file_answer find_names(void *context, struct arena *arena, const char *pattern,
					 const char ***names, size_t *n_names)
{
	const struct convert_host *host = context;

	return host_find_names(host->options, arena, pattern, names, n_names);
}

static void write_file(void *context, const char *path, const struct shell_value *text, bool append)
{
	struct convert_host *host = context;

	(void)append;
	notes_add_file(&host->notes, path, text->unknown ? NULL : text->bytes);
}

/* ---- states ---- */

static unsigned save(void *context)
{
	struct convert_host *host = context;

	if (host->n_marks == host->capacity) {
		struct mark *larger;

		host->capacity = host->capacity ? 2 * host->capacity : 8;
		larger = arena_alloc(host->arena, host->capacity * sizeof(*larger));
		if (host->n_marks)
			memcpy(larger, host->marks, host->n_marks * sizeof(*larger));
		host->marks = larger;
	}
	host->marks[host->n_marks] = (struct mark){
		.filters = host->filters->save(host->filters->context),
		.n_calls = host->journal->n_calls,
		.n_notes = host->notes.n,
	};
	return host->n_marks++;
}

static void restore(void *context, unsigned state)
{
	struct convert_host *host = context;

	host->filters->restore(host->filters->context, host->marks[state].filters);
	journal_cut(host->journal, host->marks[state].n_calls);
	host->notes.n = host->marks[state].n_notes;
}

static bool equal(void *context, unsigned state)
{
	struct convert_host *host = context;

	return host->filters->equal(host->filters->context, host->marks[state].filters);
}

static void forget(void *context, unsigned state)
{
	struct convert_host *host = context;

	host->filters->forget(host->filters->context, host->marks[state].filters);
	host->n_marks = state;
}

struct convert_host *convert_host_new(struct arena *arena, const struct filters *filters,
				      struct journal *journal, struct diags *diags,
				      const struct convert_host_options *options)
{
	struct convert_host *host = arena_new_object(arena, struct convert_host);

	host->arena = arena;
	host->filters = filters;
	host->journal = journal;
	host->diags = diags;
	host->options = options;
	host->notes.arena = arena;
	host->shell = (struct shell_host){
		.context = host,
		.find_program = find_program,
		.run = run,
		.test_file = test_file,
		.read_file = read_file,
		.glob = find_names,
		.write_file = write_file,
		.save = save,
		.restore = restore,
		.equal = equal,
		.forget = forget,
		.wait = wait_for_input,
	};
	return host;
}

const struct shell_host *convert_host_shell(struct convert_host *host)
{
	return &host->shell;
}

const struct note *convert_host_notes(const struct convert_host *host, size_t *n)
{
	*n = host->notes.n;
	return host->notes.list;
}
