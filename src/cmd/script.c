/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/script.h"

#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "cmd/cmd.h"
#include "cmd/family.h"
#include "cmd/peers.h"
#include "cmd/run_script.h"
#include "convert/session.h"
#include "pipeline/script_run.h"
#include "shell/eval.h"
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

	if (!outcome->n_missed || !outcome->complete)
		return;
	for (size_t i = 0; i < script->journal->n_calls; i++)
		if (script->journal->calls[i].status == 0 &&
		    script->journal->calls[i].program != FILTER_SAVE &&
		    script->journal->calls[i].program != FILTER_OTHER)
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
		     const char *path, char *const *arguments, size_t n_arguments,
		     const struct filters *filters)
{
	const struct convert_host_options host_options = {
		.folder = folder_of(arena, path),
		.root = options->root,
	};
	const struct shell_options shell_options = {
		.path = path,
		.folder = *host_options.folder ? host_options.folder : NULL,
		.arguments = (const char *const *)arguments,
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

/* ---- the whole ---- */

struct script *script_load(struct arena *arena, const struct options *options, const char *path,
			   const struct source *source, char *const *arguments, size_t n_arguments)
{
	struct script *script = arena_new_object(arena, struct script);
	struct peers_options peers_options;
	enum shell_dialect dialect;
	struct peers *peers;
	bool done;

	script->source = source;
	diags_init(&script->diags, arena);
	script->journal = journal_new(arena, source);
	script->backend = options->backends & BACKEND_LEGACY ? BACKEND_LEGACY : BACKEND_NFT;
	script->sets = options->sets;
	script->n_sets = options->n_sets;
	if (!read_from(arena, options, script) || !find_dialect(arena, options, source, &dialect))
		return NULL;
	script->shell = shell_parse(arena, source, dialect, &script->diags);
	peers_options = (struct peers_options){
		.script = source,
		.session = { .tools = { .backends = script->backend },
			     .sets = script->sets,
			     .n_sets = script->n_sets },
		.from = { script->from[0], script->from[1] },
	};
	peers = peers_new(&peers_options);
	if (options->run)
		done = run_script(arena, options, script, path, arguments, n_arguments,
				  peers_filters(peers));
	else
		done = evaluate(arena, options, script, path, arguments, n_arguments,
				peers_filters(peers));
	done = done && !peers_broken(peers);
	peers_free(peers);
	return done ? script : NULL;
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
	session_free(session);
	describe(script, unit);
	for (const struct diag *diag = script->diags.first; with_shell && diag; diag = diag->next) {
		struct diag *copy = diag_repeat(&unit->diags, diag);

		copy->level = diag->level;
	}
	return unit;
}
