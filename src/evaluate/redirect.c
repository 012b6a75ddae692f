/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Redirections: descriptors to streams, and back.  Knows nothing of what reads and
 * writes.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/expand.h"
#include "evaluate/machine.h"

static void change(struct machine *sh, struct redirected *old, int fd, struct stream *stream)
{
	if (!(old->changed & 1u << fd)) {
		old->changed |= 1u << fd;
		old->before[fd] = stream_keep(sh->fds[fd]);
	}
	descriptor_set(sh, fd, stream);
}

void redirect_end(struct machine *sh, struct redirected *old)
{
	int fd;

	for (fd = 0; fd < N_DESCRIPTORS; fd++) {
		if (!(old->changed & 1u << fd))
			continue;
		descriptor_set(sh, fd, old->before[fd]);
		stream_release(sh, old->before[fd]);
	}
	old->changed = 0;
}

void redirect_stay(struct machine *sh, struct redirected *old)
{
	int fd;

	for (fd = 0; fd < N_DESCRIPTORS; fd++) {
		if (old->changed & 1u << fd)
			stream_release(sh, old->before[fd]);
	}
	old->changed = 0;
}

/* ---- opening ---- */

/* Devices that are none of the host's files; NULL: it is a file. */
static struct stream *open_device(struct machine *sh, const char *path)
{
	if (!strcmp(path, "/dev/null"))
		return stream_open(&sh->streams, STREAM_NULL);
	if (!strcmp(path, "/dev/stdin"))
		return stream_keep(sh->fds[0]);
	if (!strcmp(path, "/dev/stdout") || !strcmp(path, "/dev/fd/1"))
		return stream_keep(sh->fds[1]);
	if (!strcmp(path, "/dev/stderr") || !strcmp(path, "/dev/fd/2"))
		return stream_keep(sh->fds[2]);
	if (!strncmp(path, "/dev/tty", 8) || !strncmp(path, "/dev/console", 12) ||
	    !strncmp(path, "/dev/tcp/", 9) || !strncmp(path, "/dev/udp/", 9) ||
	    !strncmp(path, "/dev/pts/", 9))
		return stream_open(&sh->streams, STREAM_SCRIPT);
	return NULL;
}

static struct stream *open_to_write(struct machine *sh, const struct shell_redirection *r,
				    const struct field *target, bool append)
{
	bool exact = !target->value.unknown;
	const char *path =
		exact ? path_of(sh, target->value.bytes, target->value.len) : target->shape;
	struct stream *stream;

	if (!path) {
		path = "";
		exact = false;
	} else if (exact && (!*path || !target->value.len)) {
		return NULL;
	}
	stream = exact ? open_device(sh, path) : NULL;
	if (stream)
		return stream;
	stream = stream_open(&sh->streams, STREAM_FILE);
	stream->path = strdup(path);
	stream->exact = exact;
	stream->append = append;
	stream->span = machine_span(sh, r->span);
	return stream;
}

static struct stream *open_to_read(struct machine *sh, const struct shell_redirection *r,
				   const struct field *target)
{
	const char *path;
	struct shell_value text;
	struct stream *stream;

	if (target->value.unknown)
		return stream_text(&sh->streams, target->value);
	path = path_of(sh, target->value.bytes, target->value.len);
	if (!path || !*path)
		return NULL;
	stream = strncmp(path, "/dev/fd/", 8) ? open_device(sh, path) : NULL;
	if (stream)
		return stream;
	switch (file_read(sh, path, &text)) {
	case SHELL_FILE_YES:
		return stream_text(&sh->streams, text);
	case SHELL_FILE_NO:
		return NULL;
	default:
		return stream_text(&sh->streams, value_unknown(origin_at(sh, r->span, "--root DIR",
									 "what '%s' holds", path)));
	}
}

/* ---- each kind ---- */

static bool duplicate(struct machine *sh, const struct shell_redirection *r, struct redirected *old,
		      int fd)
{
	struct field target;
	struct stream *stream;
	const char *text;
	char *end;
	long from;

	if (!expand_target(sh, r->word, &target))
		return false;
	text = target.value.bytes;
	if (target.value.unknown) {
		report_unsupported(sh, r->span, target.value.unknown,
				   "which descriptor this is depends on %s",
				   target.value.unknown->what);
		return true;
	}
	if (!strcmp(text, "-")) {
		change(sh, old, fd, NULL);
		return true;
	}
	from = strtol(text, &end, 10);
	if (!isdigit((unsigned char)*text) || (*end && strcmp(end, "-") != 0)) {
		if (!sh->bash || r->kind != SHELL_DUPLICATE) {
			shell_error(sh, r->span, FATAL_SH, "'%s' is no descriptor", text);
			return false;
		}
		stream = open_to_write(sh, r, &target, false);
		if (!stream)
			return false;
		change(sh, old, 1, stream);
		change(sh, old, 2, stream);
		stream_release(sh, stream);
		return true;
	}
	if (from < 0 || from >= N_DESCRIPTORS || !sh->fds[from]) {
		shell_error(sh, r->span, FATAL_NOT, "%ld is not open", from);
		return false;
	}
	change(sh, old, fd, sh->fds[from]);
	if (*end)
		change(sh, old, (int)from, NULL);
	return true;
}

/* A text that stands in the script. */
static bool read_document(struct machine *sh, const struct shell_redirection *r,
			  struct redirected *old, int fd)
{
	struct shell_value text;
	struct stream *stream;

	if (r->kind == SHELL_HEREDOC ? !expand_document(sh, r->word, &text)
				     : !expand_one(sh, r->word, &text))
		return false;
	stream = stream_text(&sh->streams, text);
	if (r->kind == SHELL_HERESTRING && !text.unknown)
		buf_add_char(&stream->text, '\n');
	change(sh, old, fd, stream);
	stream_release(sh, stream);
	return true;
}

/* {x}>f */
static int new_descriptor(struct machine *sh, const struct shell_redirection *r)
{
	char digits[16];
	int fd;

	for (fd = 10; fd < N_DESCRIPTORS && sh->fds[fd]; fd++)
		;
	snprintf(digits, sizeof(digits), "%d", fd);
	return variable_assign(sh, r->span, r->variable, value_of(digits)) ? fd : N_DESCRIPTORS;
}

static bool open_file(struct machine *sh, const struct shell_redirection *r, struct redirected *old,
		      int fd)
{
	struct field target;
	struct stream *stream;

	if (!expand_target(sh, r->word, &target))
		return false;
	if (r->kind == SHELL_READ || r->kind == SHELL_READ_WRITE)
		stream = open_to_read(sh, r, &target);
	else
		stream = open_to_write(sh, r, &target, r->kind == SHELL_APPEND || r->append);
	if (!stream) {
		shell_error(sh, r->span, FATAL_NOT, "'%s' cannot be opened", target.value.bytes);
		return false;
	}
	change(sh, old, fd, stream);
	if (r->kind == SHELL_WRITE_BOTH)
		change(sh, old, 2, stream);
	stream_release(sh, stream);
	return true;
}

static bool redirect_one(struct machine *sh, const struct shell_redirection *r,
			 struct redirected *old)
{
	int fd = r->variable ? new_descriptor(sh, r) : r->fd;

	/* nobody looks at descriptors that far up */
	if (fd < 0 || fd >= N_DESCRIPTORS)
		return machine_runs(sh);
	switch (r->kind) {
	case SHELL_DUPLICATE:
	case SHELL_DUPLICATE_IN:
		return duplicate(sh, r, old, fd);
	case SHELL_HEREDOC:
	case SHELL_HERESTRING:
		return read_document(sh, r, old, fd);
	default:
		return open_file(sh, r, old, fd);
	}
}

bool redirect(struct machine *sh, const struct shell_redirection *redirections,
	      struct redirected *old, bool special)
{
	const struct shell_redirection *r;

	old->changed = 0;
	for (r = redirections; r; r = r->next) {
		if (redirect_one(sh, r, old))
			continue;
		redirect_end(sh, old);
		if (machine_runs(sh) && !sh->set.status.code)
			set_status(sh, sh->bash ? 1 : 2);
		if (machine_runs(sh) && special)
			shell_error(sh, r->span, FATAL_SH,
				    "a redirection fails: the shell stops here");
		return false;
	}
	return true;
}
