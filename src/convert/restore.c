/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptables-restore: sections that work as a whole, or not at all.  The lines are run as they
 * are parsed, since what a -j can be depends on those before.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/word.h"
#include "convert/inside.h"
#include "kernel/kernel.h"

#define STATUS_FAILED 1
#define STATUS_USAGE  2
#define STATUS_KERNEL 4

/* nft reads a section to its COMMIT, then runs its lines, then sends all to the kernel; what
 * fails in an earlier phase is what it tells. */
enum phase {
	PHASE_READ = 1,
	PHASE_RUN,
	PHASE_KERNEL,
};

struct restoring {
	struct session *session;
	const struct source *input;
	bool noflush, test, counters;
	const char *file; /* whose content is the input */
	const char *only; /* -T */
	const char *wrong;

	struct diags parsing;	    /* of the parser; spans are those of the input */
	struct diag **parsing_seen; /* those before were looked at */
	struct diag **parsing_end;  /* what the program did not come to begins here */
	struct diags found;
	struct table before; /* the table of this section as it was */
	bool in_section;
	bool skips; /* the section is another than -T wants */
	bool done;  /* nothing more is read */
	int status;
	enum phase failed_in; /* of this section; 0: in none so far */
	int failed_status;
	const char *failed_words;
	struct statement **lines; /* of this section */
	size_t n_lines, capacity;
};

/* ---- options ---- */

static void read_long_option(struct restoring *restoring, const char *word)
{
	if (strcmp(word, "--noflush") == 0)
		restoring->noflush = true;
	else if (strcmp(word, "--test") == 0)
		restoring->test = true;
	else if (strcmp(word, "--counters") == 0)
		restoring->counters = true;
	else if (strncmp(word, "--table=", 8) == 0)
		restoring->only = word + 8;
	else if (strcmp(word, "--verbose") != 0 && strncmp(word, "--wait", 6) != 0)
		restoring->wrong = word;
}

static void read_letters(struct restoring *restoring, const char *word)
{
	for (const char *c = word + 1; *c; c++) {
		switch (*c) {
		case 'n':
			restoring->noflush = true;
			break;
		case 't':
			restoring->test = true;
			break;
		case 'c':
			restoring->counters = true;
			break;
		case 'v':
		case '4':
		case '6':
			break;
		case 'w':
		case 'W':
			return;
		default:
			restoring->wrong = word;
			return;
		}
	}
}

static void read_options(struct restoring *restoring, const struct journal_call *call)
{
	for (size_t i = 1; i < call->n_words; i++) {
		const char *word = call->words[i];
		const char *next = i + 1 < call->n_words ? call->words[i + 1] : NULL;

		if (word[0] != '-') {
			restoring->file = word;
			continue;
		}
		if (next && (strcmp(word, "-T") == 0 || strcmp(word, "--table") == 0))
			restoring->only = call->words[++i];
		else if (next && strcmp(word, "-M") == 0)
			i++;
		else if (next && is_number(next) &&
			 (strcmp(word, "-w") == 0 || strcmp(word, "--wait") == 0 ||
			  strcmp(word, "-W") == 0))
			i++;
		else if (word[1] == '-')
			read_long_option(restoring, word);
		else
			read_letters(restoring, word);
	}
}

/* ---- places ---- */

/* The text stands in the script, if it is a heredoc without expansions. */
static struct span find_text(const struct session *session, const char *text, size_t len)
{
	const struct source *script = session->unit->source;
	size_t start = session->call->span.start;
	const char *found;

	if (!len || session->call->other_file || start > script->len)
		return (struct span){ 0, 0 };
	found = memmem(script->bytes + start, script->len - start, text, len);
	if (!found)
		return (struct span){ 0, 0 };
	start = (size_t)(found - script->bytes);
	return (struct span){ (uint32_t)start, (uint32_t)(start + len) };
}

/* From a place in the input to one in the script. */
static struct span place(const struct restoring *restoring, struct span span)
{
	const struct session *session = restoring->session;

	if (!session->text.end)
		return session->call->span;
	return (struct span){ session->text.start + span.start, session->text.start + span.end };
}

static unsigned line_of(const struct restoring *restoring, uint32_t offset)
{
	return source_line(restoring->input, offset);
}

/* ---- failures ---- */

static const char *program(const struct restoring *restoring)
{
	struct session *session = restoring->session;

	if (session_is_nft(session))
		return base_name(session->call->words[0]);
	return arena_printf(session->arena, "%s-restore", answer_program(session));
}

/* "iptables-restore v1.8.9 (legacy)" */
static const char *version(const struct restoring *restoring)
{
	struct session *session = restoring->session;

	return arena_printf(session->arena, "%s%s", program(restoring),
			    strchr(answer_version(session), ' '));
}

/* Nothing of this section stays, and nothing more is read. */
static void give_up(struct restoring *restoring, int status)
{
	struct session *session = restoring->session;

	if (restoring->in_section && !restoring->skips)
		*session->live.section = restoring->before;
	restoring->in_section = false;
	restoring->done = true;
	restoring->status = status;
	restoring->parsing_end = restoring->parsing.last;
}

static void fail(struct restoring *restoring, enum phase phase, int status, const char *words)
{
	if (phase == PHASE_READ || !session_is_nft(restoring->session)) {
		buf_add_string(restoring->session->errors, words);
		give_up(restoring, status);
		return;
	}
	if (restoring->failed_in && restoring->failed_in <= phase)
		return;
	restoring->failed_in = phase;
	restoring->failed_status = status;
	restoring->failed_words = words;
}

static void fail_line(struct restoring *restoring, enum phase phase, unsigned line, const char *why)
{
	fail(restoring, phase, STATUS_FAILED,
	     arena_printf(restoring->session->arena, "%s: line %u failed%s%s\n", program(restoring),
			  line, why ? ": " : "", why ? why : ""));
}

static void fail_usage(struct restoring *restoring, enum phase phase, unsigned line,
		       const char *why)
{
	fail(restoring, phase, STATUS_USAGE,
	     arena_printf(restoring->session->arena,
			  "%s: %s\nError occurred at line: %u\n"
			  "Try `%s -h' or '%s --help' for more information.\n",
			  version(restoring), why, line, program(restoring), program(restoring)));
}

static void fail_kernel(struct restoring *restoring, unsigned line, const char *why)
{
	fail(restoring, PHASE_KERNEL, STATUS_KERNEL,
	     arena_printf(restoring->session->arena, "%s: \nline %u: %s\n", version(restoring),
			  line, why));
}

/* What the parser complained of since the last look. */
static bool parser_failed(struct restoring *restoring)
{
	const struct diag *diag = diag_first_refusing(*restoring->parsing_seen, BACKEND_BOTH);

	restoring->parsing_seen = restoring->parsing.last;
	if (!diag)
		return false;
	if (strcmp(diag->rule, "missing-commit") == 0) {
		buf_printf(restoring->session->errors, "%s: COMMIT expected at line %u\n",
			   program(restoring), line_of(restoring, (uint32_t)restoring->input->len));
		give_up(restoring, STATUS_FAILED);
	} else if (restoring->in_section ||
		   strncmp(diag->message, "there is no table '", 19) == 0) {
		fail_usage(restoring, PHASE_READ, line_of(restoring, diag->span.start),
			   diag->message);
	} else {
		fail_line(restoring, PHASE_READ, line_of(restoring, diag->span.start), NULL);
	}
	return true;
}

/* In the words of the command, behind its "iptables: ". */
static void fail_command(struct restoring *restoring, const struct command *command, unsigned line)
{
	struct session *session = restoring->session;
	struct buf *errors = session->errors;
	struct buf words = BUF_INIT;
	const char *text;
	int status;

	session->errors = &words;
	status = answer_refused(session, session->live.section, command);
	session->errors = errors;
	text = strstr(buf_string(&words), ": ");
	text = text ? text + 2 : "";
	text = arena_strndup(session->arena, text, strcspn(text, "\n"));
	if (status == STATUS_KERNEL)
		fail_kernel(restoring, line, text + strspn(text, " "));
	else
		fail_line(restoring, PHASE_RUN, line, session_is_nft(session) ? text : NULL);
	buf_free(&words);
}

/* ---- sections ---- */

static void begin_section(struct restoring *restoring, struct table_statement *line)
{
	struct session *session = restoring->session;
	unsigned number = line_of(restoring, line->base.span.start);

	line->base.span = line->name = place(restoring, line->base.span);
	restoring->n_lines = 0;
	session->table = line->table;
	if (line->table == TABLE_NONE) {
		fail_usage(restoring, PHASE_READ, number, "unable to initialize the table");
		return;
	}
	restoring->in_section = true;
	restoring->failed_in = 0;
	restoring->skips = restoring->only && strcmp(restoring->only, table_name(line->table)) != 0;
	if (restoring->skips)
		return;
	session_touch(session, line->table);
	session_own(session, session->table);
	table_copy(&restoring->before, session_table(session, line->table), session->arena);
	live_begin_section(&session->live, line, !restoring->noflush);
}

static void keep_line(struct restoring *restoring, struct statement *line)
{
	if (restoring->n_lines == restoring->capacity) {
		restoring->capacity = restoring->capacity ? 2 * restoring->capacity : 64;
		restoring->lines = alloc_resize(restoring->lines,
						restoring->capacity * sizeof(*restoring->lines));
	}
	restoring->lines[restoring->n_lines++] = line;
}

static void refuse_kernel(struct restoring *restoring, unsigned line, const struct diags *said)
{
	struct session *session = restoring->session;
	const struct diag *diag = diag_first_refusing(said->first, session->backend);

	if (!session_is_nft(session)) {
		fail_line(restoring, PHASE_KERNEL, line, NULL);
		return;
	}
	fail_kernel(restoring, line,
		    arena_printf(session->arena, "RULE_APPEND failed (%s): rule in chain %s",
				 strcmp(diag->rule, "chain-loop") == 0 ? "Too many links"
								       : "Invalid argument",
				 diag->chain ? diag->chain : "?"));
}

static void ask_kernel(struct restoring *restoring, unsigned line)
{
	struct session *session = restoring->session;
	struct diags said;

	diags_init(&said, session->arena);
	session->live.section->committed = true;
	kernel_check_table(session->live.ruleset, session->table, &said);
	if (diags_refusing(&said) & session->backend)
		refuse_kernel(restoring, line, &said);
	diags_merge(&restoring->found, &said);
}

static void commit(struct restoring *restoring, const struct statement *line)
{
	struct session *session = restoring->session;
	struct table *table = session->live.section;

	if (!restoring->in_section)
		return;
	if (restoring->skips) {
		restoring->in_section = false;
		return;
	}
	if (!restoring->failed_in && !restoring->test)
		ask_kernel(restoring, line_of(restoring, line->span.start));
	if (restoring->failed_in) {
		buf_add_string(session->errors, restoring->failed_words);
		give_up(restoring, restoring->failed_status);
	}
	if (restoring->done)
		return;
	if (restoring->test) {
		*table = restoring->before;
		restoring->in_section = false;
		return;
	}
	live_commit(&session->live);
	if (session_is_nft(session))
		table->present = table->used;
	for (size_t i = 0; i < restoring->n_lines; i++)
		session_add_line(session, restoring->lines[i], restoring->noflush);
	restoring->in_section = false;
}

/* ---- lines ---- */

static void run_chain_line(struct restoring *restoring, struct chain_statement *line)
{
	struct session *session = restoring->session;
	unsigned number = line_of(restoring, line->base.span.start);

	line->base.span = place(restoring, line->base.span);
	line->name_span = place(restoring, line->name_span);
	line->policy_span = place(restoring, line->policy_span);
	if (!restoring->counters)
		line->counters = NULL;
	if (live_line(&session->live, &line->base, &restoring->found))
		keep_line(restoring, &line->base);
	else
		fail_line(restoring, PHASE_RUN, number, NULL);
}

static void on_statement(void *context, struct statement *statement)
{
	struct restoring *restoring = context;

	if (restoring->done || parser_failed(restoring))
		return;
	switch (statement->kind) {
	case STATEMENT_TABLE:
		begin_section(restoring, (struct table_statement *)statement);
		break;
	case STATEMENT_CHAIN:
		if (restoring->in_section && !restoring->skips)
			run_chain_line(restoring, (struct chain_statement *)statement);
		break;
	case STATEMENT_COMMIT:
		commit(restoring, statement);
		break;
	}
}

static struct word *place_words(struct restoring *restoring, const struct word *words, size_t n)
{
	struct word *placed = arena_alloc(restoring->session->arena, (n + 1) * sizeof(*placed));

	for (size_t i = 0; i < n; i++) {
		placed[i] = words[i];
		placed[i].span = place(restoring, words[i].span);
	}
	return placed;
}

static void run_command_line(struct restoring *restoring, struct command *command,
			     const struct counters *counters, const struct word *words,
			     size_t n_words)
{
	struct session *session = restoring->session;
	unsigned number = line_of(restoring, command->base.span.start);
	struct diag **first = restoring->found.last;
	struct bind_scope scope = session_scope(session, &restoring->found);
	const struct diag *diag;

	command->base.span = place(restoring, command->base.span);
	bind_command(session->binder, &scope, command, restoring->counters ? counters : NULL,
		     place_words(restoring, words, n_words), n_words);
	diag = diag_first_refusing(*first, session->backend);
	if (diag) {
		fail_usage(restoring, answer_lacks_only_target(*first) ? PHASE_RUN : PHASE_READ,
			   number, answer_words(session, diag));
		return;
	}
	if (command->kind == COMMAND_STOP) {
		give_up(restoring, 0);
		return;
	}
	if (restoring->failed_in == PHASE_RUN)
		return;
	if (live_line(&session->live, &command->base, &restoring->found)) {
		if (command->lists)
			session_list(session, session->table, command);
		keep_line(restoring, &command->base);
	} else {
		fail_command(restoring, command, number);
	}
}

static bool on_command(void *context, struct command *command, const struct counters *counters,
		       const struct word *words, size_t n_words)
{
	struct restoring *restoring = context;

	if (restoring->done || parser_failed(restoring))
		return false;
	if (restoring->in_section && !restoring->skips)
		run_command_line(restoring, command, counters, words, n_words);
	return !restoring->done;
}

/* ---- one call ---- */

static void place_parsing(struct restoring *restoring)
{
	if (restoring->parsing_end)
		*restoring->parsing_end = NULL;
	for (struct diag *diag = restoring->parsing.first; diag; diag = diag->next) {
		diag->span = place(restoring, diag->span);
		diag->related = NULL;
	}
}

static void read_input(struct restoring *restoring)
{
	struct session *session = restoring->session;
	const struct journal_call *call = session->call;
	const char *text = arena_strndup(session->arena, call->input ? call->input : "",
					 call->input ? call->input_len : 0);
	struct parse_handler handler = { on_statement, on_command, restoring };

	restoring->input = source_new(session->arena, "-", text, call->input ? call->input_len : 0);
	session->text = find_text(session, text, restoring->input->len);
	parse_rules(session->arena, session->unit->names, restoring->input, &restoring->parsing,
		    &handler);
	if (!restoring->done)
		parser_failed(restoring);
	/* "-T" makes a section without COMMIT no error; there is nothing to keep of it. */
	if (restoring->in_section && !restoring->done)
		give_up(restoring, restoring->status);
}

int session_restore_call(struct session *session)
{
	struct restoring restoring = { .session = session };

	read_options(&restoring, session->call);
	if (restoring.wrong) {
		buf_printf(session->errors,
			   "%s: unrecognized option '%s'\nTry `%s -h' for more information.\n",
			   session->call->words[0], restoring.wrong, program(&restoring));
		return STATUS_FAILED;
	}
	if (restoring.file && !session->call->input) {
		buf_printf(session->errors, "Can't open %s: No such file or directory\n",
			   restoring.file);
		return STATUS_FAILED;
	}
	diags_init(&restoring.parsing, session->arena);
	diags_init(&restoring.found, session->arena);
	restoring.parsing_seen = &restoring.parsing.first;
	read_input(&restoring);
	place_parsing(&restoring);
	session_add_diags(session, &restoring.parsing);
	session_add_diags(session, &restoring.found);
	free(restoring.lines);
	return restoring.status;
}
