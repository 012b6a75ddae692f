/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts behind file descriptors.  Knows nothing of commands.
 */
#include "evaluate/streams.h"

#include <stdlib.h>

#include "base/alloc.h"

struct stream *stream_open(struct streams *streams, enum stream_kind kind)
{
	struct stream *stream = alloc_zeroed(sizeof(*stream));

	stream->kind = (unsigned char)kind;
	stream->references = 1;
	stream->next = streams->first;
	stream->back = &streams->first;
	if (stream->next)
		stream->next->back = &stream->next;
	streams->first = stream;
	streams->n++;
	return stream;
}

struct stream *stream_text(struct streams *streams, struct shell_value text)
{
	struct stream *stream = stream_open(streams, STREAM_TEXT);

	stream->unknown = text.unknown;
	if (!text.unknown)
		buf_add(&stream->text, text.bytes, text.len);
	return stream;
}

struct stream *stream_keep(struct stream *stream)
{
	if (stream)
		stream->references++;
	return stream;
}

bool stream_drop(struct stream *stream)
{
	return stream && !--stream->references;
}

void stream_free(struct streams *streams, struct stream *stream)
{
	*stream->back = stream->next;
	if (stream->next)
		stream->next->back = stream->back;
	streams->n--;
	buf_free(&stream->text);
	free(stream->path);
	free(stream);
}

bool stream_is_read(const struct stream *stream)
{
	return stream && (stream->kind == STREAM_SINK || stream->kind == STREAM_FILE);
}

void stream_write(struct stream *stream, const char *bytes, size_t len)
{
	if (stream_is_read(stream) && !stream->unknown)
		buf_add(&stream->text, bytes, len);
}

void stream_write_unknown(struct stream *stream, const struct shell_origin *origin)
{
	if (stream_is_read(stream) && !stream->unknown)
		stream->unknown = origin;
}

void stream_write_value(struct stream *stream, const struct shell_value *value)
{
	if (value->unknown)
		stream_write_unknown(stream, value->unknown);
	else
		stream_write(stream, value->bytes, value->len);
}

struct shell_value stream_rest(const struct stream *stream)
{
	if (stream->unknown)
		return (struct shell_value){ "", 0, stream->unknown };
	return (struct shell_value){ buf_string(&stream->text) + stream->position,
				     stream->text.len - stream->position, NULL };
}
