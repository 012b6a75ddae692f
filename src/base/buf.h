/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A byte string that grows.
 *
 * data is NULL while nothing was added, else it holds len bytes and a NUL that
 * is not counted.  The owner calls buf_free().
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t capacity;
};

#define BUF_INIT           \
	{                  \
		NULL, 0, 0 \
	}

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_string(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes the buffer empty and keeps its memory. */
void buf_clear(struct buf *buf);

/* The bytes as a C string; "" while nothing was added. */
const char *buf_string(const struct buf *buf);

void buf_free(struct buf *buf);

#endif
