/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A temporary file beside the real one, then rename(2).
 */
#include "cmd/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cmd/cmd.h"

static bool fail(const char *path)
{
	cmd_error("%s: %s", path, strerror(errno));
	return false;
}

static void clear(struct output *output)
{
	free(output->target);
	free(output->temporary);
	memset(output, 0, sizeof(*output));
}

/* The mode and owner of the file that is replaced, or those of a new one. */
static bool take_over(const struct output *output, int fd)
{
	struct stat info;
	mode_t mask;

	if (stat(output->target, &info) < 0) {
		mask = umask(0);
		umask(mask);
		return fchmod(fd, 0666 & ~mask) == 0;
	}
	/* Only root can give files away; others own what they replace, or could not. */
	if ((info.st_uid != geteuid() || info.st_gid != getegid()) &&
	    fchown(fd, info.st_uid, info.st_gid) < 0 && geteuid() == 0)
		return false;
	return fchmod(fd, info.st_mode & 07777) == 0;
}

bool output_open(struct output *output, const char *path)
{
	static const char suffix[] = ".iptlint-XXXXXX";
	struct stat info;
	size_t size;
	int fd;

	memset(output, 0, sizeof(*output));
	if (!path || strcmp(path, "-") == 0) {
		output->file = stdout;
		return true;
	}
	output->path = path;
	/* A device or a pipe cannot be replaced, only written to. */
	if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
		output->file = S_ISDIR(info.st_mode) ? NULL : fopen(path, "we");
		if (!output->file) {
			if (S_ISDIR(info.st_mode))
				errno = EISDIR;
			return fail(path);
		}
		return true;
	}
	output->target = realpath(path, NULL);
	if (!output->target)
		output->target = strdup(path);
	if (!output->target)
		die_out_of_memory();
	size = strlen(output->target) + sizeof(suffix);
	output->temporary = alloc_zeroed(size);
	snprintf(output->temporary, size, "%s%s", output->target, suffix);
	fd = mkstemp(output->temporary);
	if (fd < 0) {
		fail(path);
		clear(output);
		return false;
	}
	output->file = fdopen(fd, "w");
	if (!output->file)
		die_out_of_memory();
	return true;
}

bool output_commit(struct output *output)
{
	bool done;

	if (!output->path)
		return flush_output(EXIT_CLEAN) == EXIT_CLEAN;
	if (!output->temporary) {
		done = fclose(output->file) == 0;
		if (!done)
			fail(output->path);
		clear(output);
		return done;
	}
	done = fflush(output->file) == 0 && !ferror(output->file) &&
	       take_over(output, fileno(output->file)) && fsync(fileno(output->file)) == 0;
	if (!done)
		fail(output->path);
	if (fclose(output->file) != 0 && done)
		done = fail(output->path);
	output->file = NULL;
	if (done && rename(output->temporary, output->target) != 0)
		done = fail(output->path);
	if (!done)
		unlink(output->temporary);
	clear(output);
	return done;
}

void output_abandon(struct output *output)
{
	if (output->path && output->file)
		fclose(output->file);
	if (output->temporary)
		unlink(output->temporary);
	clear(output);
}
