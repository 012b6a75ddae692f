/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One call of iptables: words to a command, the command to the tables, the tables to the
 * kernel.  What is printed is in answer.c and listing.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/word.h"
#include "convert/inside.h"
#include "kernel/kernel.h"
#include "kernel/walk.h"

/* ---- words ---- */

struct line {
	struct word *words;
	size_t n_words;
	struct bind_line said;
};

/* -t and -w before all others are read here, so that the binder's short way is open. */
static size_t skip_first_options(const struct journal_call *call, struct line *line)
{
	size_t at = 1;

	for (;;) {
		if (at + 1 < call->n_words && strcmp(call->words[at], "-t") == 0) {
			line->said.table = call->words[at + 1];
			at += 2;
		} else if (at < call->n_words && (strcmp(call->words[at], "-w") == 0 ||
						  strcmp(call->words[at], "--wait") == 0)) {
			size_t end = at + 1;

			if (end < call->n_words && is_number(call->words[end]))
				end++;
			else if (end < call->n_words && call->words[end][0] != '-')
				return at; /* no number: an error */
			if (end < call->n_words && strncmp(call->words[end], "-W", 2) == 0)
				return at;
			at = end;
		} else {
			return at;
		}
	}
}

static struct line read_words(struct session *session)
{
	const struct journal_call *call = session->call;
	struct line line = { .said = { "filter", NULL } };
	size_t first = skip_first_options(call, &line);

	if (first > call->n_words)
		first = call->n_words;
	line.n_words = call->n_words - first;
	line.words = arena_alloc(session->arena, (line.n_words + 1) * sizeof(*line.words));
	for (size_t i = 0; i < line.n_words; i++)
		line.words[i] = (struct word){ .text = call->words[first + i],
					       .span = session_word_span(session, first + i),
					       .quoted = true };
	return line;
}

static struct command *bind_once(struct session *session, struct line *line, struct diags *found)
{
	struct command *command = arena_new_object(session->arena, struct command);
	struct bind_scope scope;

	command->base.kind = STATEMENT_COMMAND;
	command->base.span = session->call->span;
	session->command = command;
	session->table = table_find(line->said.table);
	diags_init(found, session->arena);
	scope = session_scope(session, found);
	scope.line = &line->said;
	bind_command(session->binder, &scope, command, NULL, line->words, line->n_words);
	return command;
}

/* A -t between the others is known only when all were read, and decides what a -j can be. */
static struct command *bind_words(struct session *session, struct line *line, struct diags *found)
{
	const char *table = line->said.table;
	struct command *command = bind_once(session, line, found);

	if (strcmp(table, line->said.table) != 0) {
		line->said.words = NULL;
		command = bind_once(session, line, found);
	}
	return command;
}

/* ---- refusals ---- */

/* The real program says so of a set that the script has not made. */
static void hint_at_set(struct diags *found, const char *words)
{
	struct diag *diag = found->first;
	char name[32];

	if (!words || sscanf(words, "Set %31s doesn't exist", name) != 1 ||
	    !strstr(words, "doesn't exist"))
		return;
	while (diag && !strstr(diag->message, name))
		diag = diag->next;
	if (diag)
		diag_hint(found, diag,
			  "make it before ('ipset create %s ...'), or say that it is there: "
			  "--assume-set %s",
			  name, name);
}

static int refuse_words(struct session *session, const struct line *line, struct diags *found)
{
	bool comes_to_table = answer_lacks_only_target(found->first);
	int status;

	hint_at_set(found, line->said.words);
	if (comes_to_table && session->table == TABLE_NONE) {
		status = answer_no_table(session, line->said.table);
	} else {
		status = answer_usage(session, found, line->said.words);
		if (comes_to_table)
			session_touch(session, session->table);
	}
	session_add_diags(session, found);
	return status;
}

static int refuse_table(struct session *session, const char *name, struct diags *found)
{
	struct diag *diag = diag_refuse(found, "invalid-value", session->backend,
					session->call->span, "there is no table '%s'", name);

	diag_hint(found, diag, "the tables are filter, nat, mangle, raw and security");
	session_add_diags(session, found);
	return answer_no_table(session, name);
}

/* ---- the tables ---- */

/* What a command that the kernel refuses has changed besides rules. */
struct before {
	struct chain *chain;
	uint8_t nft;
	bool used, present, committed;
};

static struct before note_before(struct table *table, const struct command *command)
{
	struct before before = { table_find_chain(table, command->chain), 0, table->used,
				 table->present, table->committed };

	if (before.chain)
		before.nft = before.chain->nft;
	return before;
}

static void put_back(struct table *table, const struct before *before)
{
	table->used = before->used;
	table->present = before->present;
	table->committed = before->committed;
	if (before->chain)
		before->chain->nft = before->nft;
}

static bool kernel_takes(struct session *session, const struct command *command,
			 struct diags *found)
{
	bool opens = !session_is_nft(session) && live_took_away(&session->live, walk_stops_at);
	struct diags said;
	bool taken;

	diags_init(&said, session->arena);
	kernel_check_command(session->live.ruleset, session->table, command, opens, &said);
	taken = !(diags_refusing(&said) & session->backend);
	diags_merge(found, &said);
	return taken;
}

/* -C and -L change nothing; they need no copy of the tables. */
static bool only_looks(const struct command *command)
{
	return command->kind == COMMAND_CHECK || command->kind == COMMAND_LIST;
}

/* nft lists a table that is not there, and then -Z finds that its chains are not. */
static const char *find_absent(struct session *session, const struct command *command)
{
	const struct table *table = session_table(session, session->table);

	if (!session_is_nft(session) || table->used || command->kind != COMMAND_ZERO ||
	    !command->lists)
		return NULL;
	if (!command->chain)
		return table->chains[0]->name;
	return table_find_chain(table, command->chain) ? command->chain : NULL;
}

static int refuse_absent(struct session *session, const char *chain, struct diags *found)
{
	diag_refuse(found, "backend-difference", session->backend, session->call->span,
		    "iptables-nft fails on '-Z' beside '-L' or '-S': it has no chain '%s' yet",
		    chain);
	return answer_absent(session, chain);
}

static int run_in_table(struct session *session, struct command *command, struct diags *found)
{
	const char *absent = find_absent(session, command);
	bool had_effect;
	struct before before;
	int status = 0;

	session_touch(session, session->table);
	had_effect = session->has_effect;
	if (!only_looks(command))
		session_own(session, session->table);
	before = note_before(session_table(session, session->table), command);
	if (command->lists && (!command->chain || before.chain)) /* -L -Z prints first */
		session_list(session, session->table, command);
	if (absent) {
		status = refuse_absent(session, absent, found);
	} else if (!live_command(&session->live, session->table, command, found)) {
		put_back(session_table(session, session->table), &before);
		status = answer_refused(session, session_table(session, session->table), command);
	} else if (!kernel_takes(session, command, found)) {
		live_undo(&session->live);
		put_back(session_table(session, session->table), &before);
		status = answer_kernel(session, command, found);
	}
	if (status) {
		session->has_effect = had_effect;
		return status;
	}
	session_add_statement(session, session->table, &command->base);
	return 0;
}

int session_command(struct session *session)
{
	struct line line = read_words(session);
	struct diags found;
	struct command *command = bind_words(session, &line, &found);
	int status;

	if (diags_refusing(&found) & session->backend)
		return refuse_words(session, &line, &found);
	if (command->kind == COMMAND_STOP) {
		answer_help(session);
		return 0;
	}
	if (session->table == TABLE_NONE)
		return refuse_table(session, line.said.table, &found);
	status = run_in_table(session, command, &found);
	/* -C asks, and no is an answer */
	if (command->kind != COMMAND_CHECK || status != 1)
		session_add_diags(session, &found);
	return status;
}
