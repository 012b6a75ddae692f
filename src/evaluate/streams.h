/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands behind a file descriptor: a text to read, a place that collects what is
 * written, or nothing that anybody will see.  Knows nothing of commands.
 */
#ifndef EVALUATE_STREAMS_H
#define EVALUATE_STREAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "evaluate/value.h"

enum stream_kind {
	STREAM_SCRIPT, /* what the script was given: the user's own */
	STREAM_NULL,
	STREAM_TEXT, /* to be read */
	STREAM_SINK, /* to be written, read by somebody later */
	STREAM_FILE, /* the same, of a file: written when the last descriptor is closed */
};

struct stream {
	struct stream *next, **back;	    /* of all that are open */
	char *path;			    /* STREAM_FILE */
	const struct shell_origin *unknown; /* a part of the text is not known */
	struct buf text;
	size_t position;  /* of the next byte to read */
	struct span span; /* where it was opened, in the script */
	unsigned references;
	unsigned char kind;
	bool append;
	bool exact; /* the path is one, not a pattern */
};

struct streams {
	struct stream *first; /* of all that are open */
	size_t n;
};

struct stream *stream_open(struct streams *streams, enum stream_kind kind);
struct stream *stream_text(struct streams *streams, struct shell_value text);
struct stream *stream_keep(struct stream *stream);
/* True if it was the last reference: the caller then deals with it and calls stream_free(). */
bool stream_drop(struct stream *stream);
void stream_free(struct streams *streams, struct stream *stream);

/* NULL is allowed: a closed descriptor. */
void stream_write(struct stream *stream, const char *bytes, size_t len);
void stream_write_value(struct stream *stream, const struct shell_value *value);
void stream_write_unknown(struct stream *stream, const struct shell_origin *origin);

/* Does it matter what is written there? */
bool stream_is_read(const struct stream *stream);

/* What is left to read, or what was collected. */
struct shell_value stream_rest(const struct stream *stream);

#endif
