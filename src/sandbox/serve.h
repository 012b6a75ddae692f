/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls that come out of a sandbox: connections, their messages, and the answers.
 * Trusts nothing that comes; does not know how the sandbox is made or ended.
 */
#ifndef SANDBOX_SERVE_H
#define SANDBOX_SERVE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "sandbox/record.h"
#include "sandbox/sandbox.h"
#include "sandbox/trace.h"

#define SERVE_MAX_CONNECTIONS 128

struct serve_answer {
	const char *program;
	const char *text;
	size_t len;
};

struct connection {
	int fd;
	struct buf in;	/* of the question */
	struct buf out; /* of the answer */
	size_t sent;
	bool is_answered;
};

struct serve {
	const struct sandbox_handler *handler;
	struct record *record; /* set by the caller */
	struct serve_answer *answers;
	size_t n_answers;
	struct trace *trace; /* NULL: none */
	struct stat own[2];  /* the script's standard output and standard error */
	int listener;
	struct connection connections[SERVE_MAX_CONNECTIONS]; /* in the order of arrival */
	size_t n_connections;
	bool has_too_much_input;
};

/* Reads the answers of the options; false: FILE_ERROR says which could not be read. */
bool serve_init(struct serve *serve, struct arena *arena, const struct sandbox_options *options,
		const struct sandbox_handler *handler, const char **file_error);

/* What poll() is to wait for; at most SERVE_MAX_CONNECTIONS + 1 of them. */
size_t serve_poll(const struct serve *serve, struct pollfd *fds);

/* Does what poll() found to be possible.  The trace has to be read up to now. */
void serve_step(struct serve *serve, const struct pollfd *fds, size_t n_fds,
		void (*read_trace)(void *context), void *context);

void serve_free(struct serve *serve);

#endif
