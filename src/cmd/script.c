/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/script.h"

#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "cmd/cmd.h"
#include "cmd/family.h"
#include "cmd/files.h"
#include "cmd/peers.h"
#include "cmd/recognize.h"
#include "cmd/run_script.h"
#include "convert/printed.h"
#include "convert/session.h"
#include "evaluate/eval.h"
#include "pipeline/script_run.h"
#include "shell/parse.h"

/* ---- what was there before ---- */

static bool read_from(struct arena *arena, const struct options *options, struct script *script)
{
	for (size_t i = 0; i < options->n_from; i++) {
		const char *why, *path = options->from[i];
		const struct source *source = source_read(arena, path, &why);
		enum family family = family_of_path(path);

		if (!source) {
			cmd_error("%s: %s", path, why);
			return false;
		}
		if (family == FAMILY_UNSPEC)
			family = family_of_content(source->bytes, source->len);
		if (script->from[family == FAMILY_IPV6]) {
			cmd_error("--from %s: rules of IPv%d to begin with are given already", path,
				  (int)family);
			return false;
		}
		script->from[family == FAMILY_IPV6] = source;
	}
	return true;
}

/* The folder of the script, without links; "" if there is none. */
static const char *folder_of(struct arena *arena, const char *path)
{
	char *real = strcmp(path, "-") ? realpath(path, NULL) : NULL;
	char *slash = real ? strrchr(real, '/') : NULL;
	const char *folder = "";

	if (slash)
		folder = slash == real ? "/" : arena_strndup(arena, real, (size_t)(slash - real));
	free(real);
	return folder;
}

/* ---- the dialect ---- */

static bool find_dialect(struct arena *arena, const struct options *options,
			 const struct source *source, enum shell_dialect *dialect)
{
	const char *other;

	if (options->shell) {
		*dialect = strcmp(options->shell, "sh") ? SHELL_BASH : SHELL_SH;
		return true;
	}
	if (shell_dialect_of(arena, source, dialect, &other))
		return true;
	cmd_error("%s: this is a script for '%s'; --shell sh or bash reads it all the same",
		  source->name, other);
	return false;
}

/* ---- evaluating ---- */

static void note_missed(struct script *script, const struct shell_outcome *outcome)
{
	const struct shell_missed *first = outcome->missed;
	struct diag *diag;

	if (!outcome->n_missed || !outcome->complete || journal_changes(script->journal))
		return;
	for (size_t i = 0; i < outcome->n_missed; i++)
		if (outcome->missed[i].argument && !strcmp(outcome->missed[i].argument, "start"))
			first = &outcome->missed[i];
	diag = diag_add(&script->diags, "script-needs-argument", first->span,
			"no rules for no argument");
	diag->level = LEVEL_WARNING;
	if (first->argument)
		diag_hint(&script->diags, diag, "try: iptlint convert %s %s", script->source->name,
			  first->argument);
}

static bool evaluate(struct arena *arena, const struct options *options, struct script *script,
		     const char *path, const char *const *arguments, size_t n_arguments,
		     const struct filters *filters)
{
	const struct convert_host_options host_options = {
		.folder = folder_of(arena, path),
		.root = options->root,
	};
	const struct shell_options shell_options = {
		.path = path,
		.folder = *host_options.folder ? host_options.folder : NULL,
		.arguments = arguments,
		.n_arguments = n_arguments,
		.definitions = options->definitions,
		.n_definitions = options->n_definitions,
	};
	struct convert_host *host =
		convert_host_new(arena, filters, script->journal, &script->diags, &host_options);
	struct shell_outcome outcome = { .complete = true };

	shell_eval(arena, script->shell, &shell_options, convert_host_shell(host), &script->diags,
		   &outcome);
	script->complete = outcome.complete && !script->shell->broken;
	for (const struct diag *diag = script->diags.first; diag; diag = diag->next)
		if (!strcmp(diag->rule, "unsupported-shell"))
			script->complete = false;
	note_missed(script, &outcome);
	script->notes = convert_host_notes(host, &script->n_notes);
	script->ends_at_failure = outcome.ends_at_failure;
	script->cleans_up = outcome.has_trap;
	return true;
}

/* ---- what is no script ---- */

/* What iptables -L prints has no interfaces, and lacks much else. */
static void refuse_listing(struct script *script)
{
	struct span first = source_line_span(script->source, 1);
	struct diag *diag;

	for (uint32_t line = 2; first.start == first.end && line <= script->source->n_lines; line++)
		first = source_line_span(script->source, line);
	diag = diag_refuse(&script->diags, "stray-text", BACKEND_BOTH, first,
			   "this is what 'iptables -L' prints, which is not all of the rules");
	diag->level = LEVEL_ERROR;
	diag_hint(&script->diags, diag, "iptables-save prints rules so that they can be read");
	script->refused_by = BACKEND_BOTH;
	script->complete = false;
}

/* A rules file of this name would not load. */
static void remark_printed(struct script *script)
{
	struct span first = { 0, 0 };
	struct diag *diag;

	while (first.end < script->source->len && script->source->bytes[first.start] != '-')
		first = (struct span){ first.start + 1, first.start + 2 };
	first.end = first.start + 2;
	diag = diag_add(&script->diags, "stray-text", first,
			"this is what 'iptables -S' prints; a restore program does not read it");
	diag->level = is_rules_file(script->source->name) ? LEVEL_WARNING : LEVEL_INFO;
	diag_hint(&script->diags, diag, "iptlint convert makes a rules file of it");
}

static bool read_printed(struct arena *arena, const struct options *options, struct script *script,
			 const char *path)
{
	enum family family = options->family;
	enum table_id table = options->table;

	if (family == FAMILY_UNSPEC)
		family = family_of_path(script->source->name);
	if (family == FAMILY_UNSPEC)
		family = family_of_content(script->source->bytes, script->source->len);
	if (table == TABLE_NONE)
		table = printed_table(arena, script->source);
	if (table == TABLE_NONE) {
		cmd_error("%s: the chains do not tell which table 'iptables -S' has printed: "
			  "--table NAME does",
			  strcmp(path, "-") ? script->source->name : "standard input");
		return false;
	}
	printed_read(script->journal, table, family);
	if (options->command == FOR_CHECK)
		remark_printed(script);
	return true;
}

static const struct source *strip_prompts(struct arena *arena, const struct options *options,
					  const struct source *source, struct diags *diags)
{
	struct span prompt;
	struct diag *diag;

	source = recognize_commands(arena, source, &prompt);
	diag = diag_add(diags, "stray-text", prompt, "the prompt before the commands is left out");
	diag->level = LEVEL_INFO;
	diag_hint(diags, diag, "without it the file is a script");
	if (options->command == FOR_CONVERT) /* which shows no infos */
		cmd_error("%s: the prompts before the commands are left out", source->name);
	return source;
}

static bool is_printed(enum content content)
{
	return content == CONTENT_PRINTED || content == CONTENT_APPENDS;
}

/* ---- the whole ---- */

static bool run_or_evaluate(struct arena *arena, const struct options *options,
			    struct script *script, const char *path, const char *const *arguments,
			    size_t n_arguments)
{
	const struct peers_options peers_options = {
		.script = script->source,
		.session = { .tools = { .backends = script->backend },
			     .sets = script->sets,
			     .n_sets = script->n_sets },
		.from = { script->from[0], script->from[1] },
	};
	struct peers *peers = peers_new(&peers_options);
	bool done;

	if (options->run)
		done = run_script(arena, options, script, path, arguments, n_arguments,
				  peers_filters(peers));
	else
		done = evaluate(arena, options, script, path, arguments, n_arguments,
				peers_filters(peers));
	done = done && !peers_broken(peers);
	peers_free(peers);
	return done;
}

static struct script *script_begin(struct arena *arena, const struct options *options,
				   const struct source *source, enum content content)
{
	struct script *script = arena_new_object(arena, struct script);
	struct shell_script *no_shell = arena_new_object(arena, struct shell_script);

	diags_init(&script->diags, arena);
	if (content == CONTENT_PASTED)
		source = strip_prompts(arena, options, source, &script->diags);
	no_shell->source = source;
	script->source = source;
	script->shell = no_shell;
	script->complete = true;
	script->journal = journal_new(arena, source);
	script->backend = options->backends & BACKEND_LEGACY ? BACKEND_LEGACY : BACKEND_NFT;
	script->sets = options->sets;
	script->n_sets = options->n_sets;
	return script;
}

/* What --shell names is a script, whatever it looks like. */
static enum content content_of(const struct options *options, const struct source *source)
{
	return options->shell ? CONTENT_SCRIPT
			      : recognize(source->name, source->bytes, source->len);
}

static bool is_taken(const struct options *options, const struct source *source,
		     enum content content)
{
	if (content == CONTENT_RULES)
		cmd_error("%s: this is a rules file already; 'iptlint compile' reads it",
			  source->name);
	else if (content == CONTENT_PASTED && options->run)
		cmd_error("%s: there are prompts before the commands, which no shell can run",
			  source->name);
	else
		return true;
	return false;
}

struct script *script_load(struct arena *arena, const struct options *options, const char *path,
			   const struct source *source, const char *const *arguments,
			   size_t n_arguments)
{
	enum content content = content_of(options, source);
	enum shell_dialect dialect;
	struct script *script;

	if (!is_taken(options, source, content))
		return NULL;
	script = script_begin(arena, options, source, content);
	if (!read_from(arena, options, script))
		return NULL;
	if (content == CONTENT_LISTING) {
		refuse_listing(script);
		return script;
	}
	if (is_printed(content)) {
		script->is_printed = true;
		return read_printed(arena, options, script, path) ? script : NULL;
	}
	if (!find_dialect(arena, options, source, &dialect))
		return NULL;
	script->shell = shell_parse(arena, script->source, dialect, &script->diags);
	return run_or_evaluate(arena, options, script, path, arguments, n_arguments) ? script
										     : NULL;
}

/* "net.ipv6.conf.all.disable_ipv6 = 1" */
static bool has_no_ipv6(const struct script *script)
{
	for (size_t i = 0; i < script->n_notes; i++)
		if (script->notes[i].kind == NOTE_SETTING &&
		    strstr(script->notes[i].text, "disable_ipv6"))
			return true;
	return false;
}

static void describe(const struct script *script, struct unit *unit)
{
	struct script_run *run =
		arena_memdup(unit->arena, unit->script_run, sizeof(*unit->script_run));
	enum family other = unit->family == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4;

	run->ends_at_failure = script->ends_at_failure;
	run->cleans_up = script->cleans_up;
	run->has_other = journal_touches(script->journal, other) ||
			 script->from[other == FAMILY_IPV6] != NULL;
	run->has_no_ipv6 = has_no_ipv6(script);
	unit->script_run = run;
}

struct unit *script_unit(const struct script *script, struct arena *arena, enum family family,
			 bool with_shell)
{
	const struct session_options options = {
		.tools = { .backends = script->backend },
		.from = script->from[family == FAMILY_IPV6],
		.sets = script->sets,
		.n_sets = script->n_sets,
	};
	struct session *session = session_new(arena, script->source, binder_get(family), &options);
	struct buf ignored = BUF_INIT;
	struct unit *unit;

	for (size_t i = 0; i < script->journal->n_calls; i++) {
		const struct journal_call *call = &script->journal->calls[i];

		if (call->family == family || call->family == FAMILY_UNSPEC)
			session_call(session, call, &ignored, &ignored);
		buf_clear(&ignored);
	}
	buf_free(&ignored);
	unit = session_unit(session);
	unit->is_partial = !script->complete;
	unit->refused_by = script->refused_by;
	session_free(session);
	if (script->is_printed)
		unit->script_run = NULL; /* nobody ran that */
	else
		describe(script, unit);
	for (const struct diag *diag = script->diags.first; with_shell && diag; diag = diag->next) {
		struct diag *copy = diag_repeat(&unit->diags, diag);

		copy->level = diag->level;
	}
	return unit;
}
