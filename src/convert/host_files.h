/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a script's host that may be looked at: those beside the script, those below
 * a root that was given, and what every host has.  For host.c; the answers are those of
 * evaluate/host.h.
 */
#ifndef CONVERT_HOST_FILES_H
#define CONVERT_HOST_FILES_H

#include "convert/host.h"

enum shell_file_answer host_test_file(const struct convert_host_options *options, char operation,
				      const char *path);
enum shell_file_answer host_read_file(const struct convert_host_options *options,
				      struct arena *arena, const char *path, const char **bytes,
				      size_t *len);
enum shell_file_answer host_find_names(const struct convert_host_options *options,
				       struct arena *arena, const char *pattern,
				       const char ***names, size_t *n_names);

#endif
