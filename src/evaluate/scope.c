/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where changes end: functions with their local variables, subshells, $( ).  A subshell
 * is a snapshot that is gone back to; what it called from the host stays.  Knows nothing
 * of single commands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "evaluate/machine.h"

/* ---- descriptors ---- */

/* The last descriptor of a file is closed: now its text is all there. */
static void write_out(struct machine *sh, struct stream *stream)
{
	struct shell_value text = { buf_string(&stream->text), stream->text.len, stream->unknown };

	if (text.unknown)
		text.bytes = "";
	file_write(sh, stream->span, stream->path, stream->exact, text, stream->append);
}

void stream_release(struct machine *sh, struct stream *stream)
{
	if (!stream_drop(stream))
		return;
	if (stream->kind == STREAM_FILE)
		write_out(sh, stream);
	stream_free(&sh->streams, stream);
}

void descriptor_set(struct machine *sh, int fd, struct stream *stream)
{
	struct stream *old = sh->fds[fd];

	sh->fds[fd] = stream_keep(stream);
	stream_release(sh, old);
}

/* ---- functions ---- */

void scope_push(struct machine *sh, struct scope *scope, const char *name)
{
	memset(scope, 0, sizeof(*scope));
	scope->outer = sh->scope;
	scope->name = name;
	sh->scope = scope;
}

/* Local variables that were declared by what is taken back. */
static void scope_cut(struct machine *sh, size_t n_locals)
{
	struct scope *scope = sh->scope;

	while (scope && scope->n_locals > n_locals)
		content_drop(&scope->locals[--scope->n_locals].before);
}

void scope_pop(struct machine *sh)
{
	struct scope *scope = sh->scope;

	while (scope->n_locals) {
		struct saved *saved = &scope->locals[--scope->n_locals];

		variables_replace(&sh->vars, saved->variable, saved->before);
	}
	free(scope->locals);
	if (scope->local_options)
		sh->set.options = scope->options;
	sh->scope = scope->outer;
}

/* ---- snapshots ---- */

struct settings settings_keep(struct settings set)
{
	if (set.parameters)
		set.parameters->references++;
	text_keep(set.folder);
	return set;
}

void settings_drop(struct settings *set)
{
	parameters_drop(set->parameters);
	text_drop(set->folder);
}

void snapshot_take(struct machine *sh, struct snapshot *snapshot)
{
	int fd;

	snapshot->set = settings_keep(sh->set);
	snapshot->mark = variables_mark(&sh->vars);
	for (fd = 0; fd < N_DESCRIPTORS; fd++)
		snapshot->fds[fd] = stream_keep(sh->fds[fd]);
	snapshot->n_locals = sh->scope ? sh->scope->n_locals : 0;
	snapshot->loops = sh->loops;
	snapshot->tested = sh->tested;
}

static void close_descriptors(struct machine *sh, const struct snapshot *snapshot)
{
	int fd;

	for (fd = 0; fd < N_DESCRIPTORS; fd++) {
		if (sh->fds[fd] != snapshot->fds[fd])
			descriptor_set(sh, fd, snapshot->fds[fd]);
	}
}

void snapshot_restore(struct machine *sh, const struct snapshot *snapshot)
{
	size_t i;

	variables_undo(&sh->vars, snapshot->mark.n_changes);
	for (i = 0; i < sh->n_pendings; i++) {
		if (sh->pendings[i].n_changes > snapshot->mark.n_changes)
			sh->pendings[i].n_changes = snapshot->mark.n_changes;
	}
	if (sh->n_pendings)
		variables_fresh(&sh->vars);
	scope_cut(sh, snapshot->n_locals);
	settings_drop(&sh->set);
	sh->set = settings_keep(snapshot->set);
	close_descriptors(sh, snapshot);
	sh->loops = snapshot->loops;
	sh->tested = snapshot->tested;
}

void snapshot_release(struct machine *sh, struct snapshot *snapshot)
{
	int fd;

	settings_drop(&snapshot->set);
	for (fd = 0; fd < N_DESCRIPTORS; fd++)
		stream_release(sh, snapshot->fds[fd]);
	variables_release(&sh->vars, snapshot->mark);
}

/* ---- subshells ---- */

static void forget_traps(struct machine *sh)
{
	struct variable *trap = variables_find(&sh->vars, NAME_TRAP, "EXIT", 4);
	struct content empty = { 0 };

	if (trap && trap->now.value)
		variables_replace(&sh->vars, trap, empty);
}

struct subshell {
	struct snapshot snapshot;
	size_t n_pendings;
};

static void subshell_begin(struct machine *sh, struct subshell *subshell)
{
	subshell->n_pendings = sh->n_pendings;
	snapshot_take(sh, &subshell->snapshot);
	sh->subshells++;
	/* dash leaves the subshell with "break", bash does not know of the loop */
	if (sh->bash)
		sh->loops = 0;
	forget_traps(sh);
}

/* Files are not the subshell's: what it wrote stays. */
struct written {
	struct variable *file;
	struct content content;
	struct written *next;
};

static struct written *files_since(struct machine *sh, size_t n_changes)
{
	struct written *list = NULL, *written;
	size_t i;

	for (i = n_changes; i < sh->vars.n_changes; i++) {
		struct variable *variable = sh->vars.changes[i].variable;

		if (variable->space != NAME_FILE)
			continue;
		written = scratch_alloc(sh->scratch, sizeof(*written));
		written->file = variable;
		written->content = content_keep(variable->now);
		written->next = list;
		list = written;
	}
	return list;
}

static void subshell_end(struct machine *sh, struct subshell *subshell)
{
	struct shell_status status;
	struct written *written;

	if (sh->flow != FLOW_ABORT)
		sh->flow = FLOW_NONE;
	run_traps(sh);
	if (sh->flow != FLOW_ABORT)
		sh->flow = FLOW_NONE;
	while (sh->n_pendings > subshell->n_pendings)
		pending_end(sh, FLOW_EXIT, 0);
	sh->subshells--;
	status = sh->set.status;
	status.code &= 255;
	/* its descriptors go first: that writes files too */
	close_descriptors(sh, &subshell->snapshot);
	written = files_since(sh, subshell->snapshot.mark.n_changes);
	snapshot_restore(sh, &subshell->snapshot);
	snapshot_release(sh, &subshell->snapshot);
	for (; written; written = written->next)
		variables_replace(&sh->vars, written->file, written->content);
	sh->set.status = status;
}

void run_subshell(struct machine *sh, const struct shell_command *command)
{
	struct subshell subshell;
	struct span nowhere = { 0, 0 };

	if (!command || !machine_enter(sh, command ? command->span : nowhere))
		return;
	subshell_begin(sh, &subshell);
	run_command(sh, command);
	subshell_end(sh, &subshell);
	machine_leave(sh);
}

/* $(< file) */
static const struct shell_redirection *only_reads(const struct shell_command *command)
{
	const struct shell_redirection *redirection = command->redirections;

	if (command->kind != SHELL_SIMPLE || command->of.simple.words ||
	    command->of.simple.assignments || !redirection || redirection->next ||
	    redirection->kind != SHELL_READ || redirection->fd)
		return NULL;
	return redirection;
}

static void copy_input(struct machine *sh, const struct shell_command *command)
{
	struct redirected old;
	struct shell_value text;

	if (!redirect(sh, command->redirections, &old, false))
		return;
	if (sh->fds[0] && sh->fds[0]->kind == STREAM_TEXT) {
		text = stream_rest(sh->fds[0]);
		stream_write_value(sh->fds[1], &text);
	}
	redirect_end(sh, &old);
	set_status(sh, 0);
}

/* Without NULs and the newlines at the end. */
static struct shell_value output_of(struct machine *sh, const struct stream *sink)
{
	char *bytes, *to;
	size_t i;

	if (sink->unknown)
		return value_unknown(sink->unknown);
	to = bytes = scratch_alloc(sh->scratch, sink->text.len + 1);
	for (i = 0; i < sink->text.len; i++) {
		if (sink->text.data[i])
			*to++ = sink->text.data[i];
	}
	while (to > bytes && to[-1] == '\n')
		to--;
	*to = '\0';
	return (struct shell_value){ bytes, (size_t)(to - bytes), NULL };
}

struct shell_value run_substitution(struct machine *sh, const struct shell_command *command)
{
	struct shell_value value = { "", 0, NULL };
	struct shell_status before = sh->set.status;
	struct subshell subshell;
	struct stream *sink;

	set_status(sh, 0);
	if (command && machine_enter(sh, command->span)) {
		sink = stream_open(&sh->streams, STREAM_SINK);
		subshell_begin(sh, &subshell);
		descriptor_set(sh, 1, sink);
		if (sh->bash)
			sh->set.options &= ~(unsigned)OPTION_ERREXIT;
		else
			sh->tested = 0;
		if (sh->bash && only_reads(command))
			copy_input(sh, command);
		else
			run_command(sh, command);
		subshell_end(sh, &subshell);
		value = output_of(sh, sink);
		stream_release(sh, sink);
		machine_leave(sh);
	}
	sh->substituted = sh->set.status;
	sh->has_substituted = true;
	/* dash has the old $? until the command is through */
	if (!sh->bash)
		sh->set.status = before;
	return value;
}
