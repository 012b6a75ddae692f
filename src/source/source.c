/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads files, and finds the line and column of a byte.  Knows nothing of what the
 * bytes mean.
 */
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

#define FIRST_READ 65536

static uint32_t count_lines(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	const char *c = bytes;
	uint32_t n = 1;

	/* A newline at the very end begins no line. */
	while ((c = memchr(c, '\n', (size_t)(end - c))) && ++c < end)
		n++;
	return n;
}

struct source *source_new(struct arena *arena, const char *name, const char *bytes, size_t len)
{
	struct source *source = arena_new_object(arena, struct source);
	uint32_t *line_start;
	const char *end = bytes + len;
	const char *c = bytes;
	uint32_t n = 0;

	source->name = name;
	source->bytes = bytes;
	source->len = len;
	source->n_lines = count_lines(bytes, len);
	line_start = arena_alloc(arena, source->n_lines * sizeof(*line_start));
	line_start[n++] = 0;
	while ((c = memchr(c, '\n', (size_t)(end - c))) && ++c < end)
		line_start[n++] = (uint32_t)(c - bytes);
	source->line_start = line_start;
	source->memo = arena_new_object(arena, struct column_memo);
	return source;
}

/* Reads all of FD; NULL and *WHY if that fails.  HINT is the expected size. */
static char *read_all(struct arena *arena, int fd, size_t hint, size_t *len, const char **why)
{
	size_t capacity = hint ? hint + 1 : FIRST_READ;
	char *bytes = arena_alloc(arena, capacity + 1);
	ssize_t got;

	*len = 0;
	for (;;) {
		if (*len == capacity) {
			char *larger;

			if (capacity > SOURCE_MAX / 2 && *len > SOURCE_MAX) {
				*why = "is larger than 4 GiB";
				return NULL;
			}
			larger = arena_alloc(arena, 2 * capacity + 1);
			memcpy(larger, bytes, *len);
			bytes = larger;
			capacity *= 2;
		}
		got = read(fd, bytes + *len, capacity - *len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			*why = strerror(errno);
			return NULL;
		}
		if (got == 0)
			break;
		*len += (size_t)got;
	}
	if (*len > SOURCE_MAX) {
		*why = "is larger than 4 GiB";
		return NULL;
	}
	bytes[*len] = '\0';
	return bytes;
}

struct source *source_read(struct arena *arena, const char *path, const char **why)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat info;
	char *bytes = NULL;
	size_t len = 0;

	if (fd < 0 || fstat(fd, &info) < 0)
		*why = strerror(errno);
	else if (S_ISDIR(info.st_mode))
		*why = "is a directory";
	else if (S_ISREG(info.st_mode) && (uintmax_t)info.st_size > SOURCE_MAX)
		*why = "is larger than 4 GiB";
	else
		bytes = read_all(arena, fd, S_ISREG(info.st_mode) ? (size_t)info.st_size : 0, &len,
				 why);
	if (fd >= 0 && !is_stdin)
		close(fd);
	return bytes ? source_new(arena, path, bytes, len) : NULL;
}

uint32_t source_line(const struct source *source, uint32_t offset)
{
	uint32_t low = 0;
	uint32_t high = source->n_lines;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (source->line_start[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

struct position source_position(const struct source *source, uint32_t offset)
{
	struct column_memo *memo = source->memo;
	struct position position;
	size_t at;

	if (offset > source->len)
		offset = (uint32_t)source->len;
	position.line = source_line(source, offset);
	position.column = 1;
	at = source->line_start[position.line - 1];
	for (int i = 0; i < 2; i++) {
		if (memo->line[i] != position.line || memo->offset[i] > offset ||
		    memo->offset[i] <= at)
			continue;
		at = memo->offset[i];
		position.column = memo->column[i];
	}
	while (at < offset) {
		size_t sequence = utf8_sequence(source->bytes + at, source->len - at);

		at += sequence ? sequence : 1;
		position.column++;
	}
	/* A place inside of a sequence is no place to count on from. */
	if (at == offset) {
		memo->latest = !memo->latest;
		memo->line[memo->latest] = position.line;
		memo->offset[memo->latest] = offset;
		memo->column[memo->latest] = position.column;
	}
	return position;
}

struct span source_line_span(const struct source *source, uint32_t line)
{
	struct span span = { source->line_start[line - 1], (uint32_t)source->len };

	if (line < source->n_lines)
		span.end = source->line_start[line];
	if (span.end > span.start && source->bytes[span.end - 1] == '\n')
		span.end--;
	if (span.end > span.start && source->bytes[span.end - 1] == '\r')
		span.end--;
	return span;
}
