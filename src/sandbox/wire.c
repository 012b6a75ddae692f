/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of strings.  A string has a NUL behind it that its length does not count.
 */
#include "sandbox/wire.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD sizeof(uint32_t)

void wire_start(struct buf *message)
{
	static const uint32_t unknown;

	buf_clear(message);
	buf_add(message, &unknown, HEAD);
}

void wire_string(struct buf *message, const char *bytes, size_t len)
{
	uint32_t head = (uint32_t)len;

	buf_add(message, &head, HEAD);
	buf_add(message, bytes, len);
	buf_add_char(message, '\0');
}

void wire_end(struct buf *message)
{
	uint32_t len = (uint32_t)message->len;

	memcpy(message->data, &len, HEAD);
}

size_t wire_length(const char *bytes, size_t len)
{
	uint32_t head;

	if (len < HEAD)
		return 0;
	memcpy(&head, bytes, HEAD);
	/* A message is never shorter than its own length. */
	return head < HEAD ? HEAD : head;
}

void wire_reader_init(struct wire_reader *reader, const char *bytes, size_t len)
{
	*reader = (struct wire_reader){ bytes + HEAD, bytes + len, len < HEAD };
}

const char *wire_next(struct wire_reader *reader, size_t *len)
{
	const char *string = reader->at + HEAD;
	uint32_t head;

	if (reader->bad || reader->at == reader->end)
		return NULL;
	if ((size_t)(reader->end - reader->at) < HEAD + 1) {
		reader->bad = true;
		return NULL;
	}
	memcpy(&head, reader->at, HEAD);
	if (head > (size_t)(reader->end - string) - 1 || string[head] != '\0') {
		reader->bad = true;
		return NULL;
	}
	*len = head;
	reader->at = string + head + 1;
	return string;
}

bool wire_write(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == ENOTSOCK)
			n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}
