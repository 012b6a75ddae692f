/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processes inside a sandbox and the one outside tell each other: a message is
 * its length and a list of strings, each with its length.  Knows nothing of what the
 * strings mean.  Whoever reads takes nothing for granted.
 */
#ifndef SANDBOX_WIRE_H
#define SANDBOX_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The longest message that the outside takes, and the most that it holds of all. */
#define WIRE_MAX ((size_t)64 << 20)

/* The longest input of one program. */
#define INSIDE_MAX_READ ((size_t)32 << 20)

/* Where things are inside, and the name of the recorder's (abstract) socket. */
#define INSIDE_FOLDER	"/.iptlint"
#define INSIDE_PROGRAM	INSIDE_FOLDER "/recorder"
#define INSIDE_START	INSIDE_FOLDER "/start"
#define INSIDE_TRACE	INSIDE_FOLDER "/trace"
#define INSIDE_PROC	INSIDE_FOLDER "/proc"
#define INSIDE_SOCKET	"iptlint-recorder"
#define INSIDE_TRACE_FD 250

/* Starts a message; the length is filled in by wire_end(). */
void wire_start(struct buf *message);
void wire_string(struct buf *message, const char *bytes, size_t len);
void wire_end(struct buf *message);

/* Of the first LEN bytes of a message: its whole length, 0 while that is not known. */
size_t wire_length(const char *bytes, size_t len);

struct wire_reader {
	const char *at;
	const char *end;
	bool bad; /* a string ran past the end */
};

/* BYTES: a whole message. */
void wire_reader_init(struct wire_reader *reader, const char *bytes, size_t len);

/* The next string, which has a NUL behind it; NULL where there is none. */
const char *wire_next(struct wire_reader *reader, size_t *len);

/* All of LEN bytes to a file or socket; false on an error. */
bool wire_write(int fd, const char *bytes, size_t len);

#endif
