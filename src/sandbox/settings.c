/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy of the kernel's settings, of the sandbox's own network and names; the times of
 * the files tell what a script did with them.
 */
#include "sandbox/settings.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/plan.h"
#include "sandbox/wire.h"

#define SETTINGS  "/proc/sys"
#define MAX_VALUE 4096
#define MAX_DEPTH 8
#define MAX_FILES 10000

const char *const plan_empty_files[] = { "/etc/resolv.conf", "/etc/hostname",
					 "/etc/network/interfaces", "/etc/mtab", NULL };

const char *const plan_empty_folders[] = { "/sys/class/net", "/etc/network/interfaces.d",
					   "/etc/sysconfig/network-scripts", NULL };

struct walk {
	void (*file)(struct walk *walk, const char *path, const struct stat *stat);
	size_t n_files;
	void (*setting)(void *context, const char *path, const char *value, size_t len);
	void *context;
};

/* Calls walk->file for each file below FOLDER. */
static void walk_folder(struct walk *walk, const char *folder, unsigned depth)
{
	DIR *dir = depth < MAX_DEPTH ? opendir(folder) : NULL;
	struct dirent *entry;
	char path[PATH_MAX];
	struct stat stat;

	if (!dir)
		return;
	while ((entry = readdir(dir)) && walk->n_files < MAX_FILES) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >=
			    (int)sizeof(path) ||
		    lstat(path, &stat) < 0)
			continue;
		if (S_ISDIR(stat.st_mode)) {
			walk_folder(walk, path, depth + 1);
		} else if (S_ISREG(stat.st_mode)) {
			walk->n_files++;
			walk->file(walk, path, &stat);
		}
	}
	closedir(dir);
}

static ssize_t read_value(const char *path, char *value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, value, MAX_VALUE);
	close(fd);
	return n;
}

/* Makes the folders of a path. */
static void make_folders(char *path)
{
	for (char *slash = path + sizeof(SETTINGS); (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

static void copy_file(struct walk *walk, const char *path, const struct stat *stat)
{
	/* Older than all that the script writes. */
	static const struct timespec long_ago[2] = { { 1, 0 }, { 1, 0 } };
	char copy[PATH_MAX];
	char value[MAX_VALUE];
	ssize_t n;
	int fd;

	(void)walk;
	snprintf(copy, sizeof(copy), "%s", path + strlen(INSIDE_PROC "/sys") - strlen(SETTINGS));
	memcpy(copy, SETTINGS, strlen(SETTINGS));
	n = stat->st_mode & 0444 ? read_value(path, value) : 0;
	fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) {
		make_folders(copy);
		fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	}
	if (fd < 0)
		return;
	if (n > 0 && write(fd, value, (size_t)n) != n)
		unlink(copy);
	futimens(fd, long_ago);
	close(fd);
}

/* ---- what is empty ---- */

static void for_each_empty(void (*each)(const char *path, void *context), void *context)
{
	for (const char *const *path = plan_empty_files; *path; path++)
		each(*path, context);
	for (const char *const *path = plan_empty_folders; *path; path++)
		each(*path, context);
}

/* What has a time of reading before that of writing gets a new one when it is read. */
static void make_old(const char *path, void *context)
{
	static const struct timespec old[2] = { { 1, 0 }, { 2, 0 } };

	(void)context;
	utimensat(AT_FDCWD, path, old, AT_SYMLINK_NOFOLLOW);
}

struct listener {
	void (*file)(void *context, const char *path);
	void *context;
};

static void tell_read(const char *path, void *context)
{
	const struct listener *listener = context;
	struct stat stat;

	/* Once it was written it is the script's own. */
	if (lstat(path, &stat) == 0 && stat.st_mtim.tv_sec == 2 && stat.st_atim.tv_sec > 2)
		listener->file(listener->context, path);
}

void settings_copy(void)
{
	static const char *const parts[] = { "net", "kernel", "vm", "fs" };
	struct walk walk = { .file = copy_file };
	char path[64];

	umask(022);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, sizeof(path), INSIDE_PROC "/sys/%s", parts[i]);
		walk_folder(&walk, path, 0);
	}
	for_each_empty(make_old, NULL);
}

static void tell_file(struct walk *walk, const char *path, const struct stat *stat)
{
	char value[MAX_VALUE];
	ssize_t n;

	if (stat->st_mtim.tv_sec == 1)
		return;
	n = read_value(path, value);
	if (n >= 0)
		walk->setting(walk->context, path, value, (size_t)n);
}

void settings_changed(void (*setting)(void *context, const char *path, const char *value,
				      size_t len),
		      void (*file)(void *context, const char *path), void *context)
{
	struct walk walk = { .file = tell_file, .setting = setting, .context = context };
	struct listener listener = { file, context };

	for_each_empty(tell_read, &listener);
	walk_folder(&walk, SETTINGS, 0);
}
