/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stdio stream that keeps what is written to it, without a system call: what
 * extensions print is taken from here.
 */
#ifndef BIND_CAPTURE_H
#define BIND_CAPTURE_H

#include <stddef.h>
#include <stdio.h>

/* More than any extension prints for a rule, which has at most 251 words.  What does
 * not fit is thrown away. */
#define CAPTURE_SIZE 65536

struct capture {
	FILE *file;
	char text[CAPTURE_SIZE];
};

void capture_open(struct capture *capture);

/* Bytes written since the last capture_clear(); they stand in capture->text. */
size_t capture_length(const struct capture *capture);

/* The same as a string. */
const char *capture_text(struct capture *capture);

void capture_clear(struct capture *capture);

#endif
