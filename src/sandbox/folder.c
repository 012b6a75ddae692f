/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular files, folders and symbolic links beside the script.  A folder that holds more than
 * a script's own files (/root, /etc, /tmp ...) is left out, but for the script.
 */
#include "sandbox/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/word.h"
#include "sandbox/wire.h"

#define MAX_ENTRIES 400
#define MAX_BYTES   (64ULL << 20)
#define MAX_DEPTH   5

static bool is_or_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Places that are something else inside: the script goes elsewhere. */
static bool is_taken(const char *folder)
{
	static const char *const taken[] = { "/usr",   "/bin",	 "/sbin",   "/lib",
					     "/lib32", "/lib64", "/libx32", "/proc",
					     "/dev",   "/sys",	 "/run",    INSIDE_FOLDER };

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (is_or_below(folder, taken[i]))
			return true;
	return false;
}

/* Folders whose other files are none of a script's business. */
static bool is_shared(const char *folder, const char *home)
{
	static const char *const shared[] = { "/",	  "/etc",	"/etc/init.d", "/etc/rc.d",
					      "/tmp",	  "/var",	"/var/tmp",    "/var/lib",
					      "/var/run", "/root",	"/home",       "/opt",
					      "/srv",	  "/mnt",	"/boot",       "/media",
					      "/var/log", "/var/spool", "/var/cache" };
	const char *last = strrchr(folder, '/');

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (strcmp(folder, shared[i]) == 0)
			return true;
	if (home && *home && (strcmp(folder, home) == 0 || is_or_below(home, folder)))
		return true;
	/* Somebody's home. */
	return last == folder + strlen("/home") && strncmp(folder, "/home/", 6) == 0;
}

static struct folder_entry *add(struct folder *folder, struct arena *arena, enum folder_kind kind,
				const char *path)
{
	struct folder_entry *entry;

	if (!folder->entries)
		folder->entries = arena_alloc(arena, MAX_ENTRIES * sizeof(*folder->entries));
	if (folder->n_entries == MAX_ENTRIES) {
		folder->is_cut = true;
		return NULL;
	}
	entry = &folder->entries[folder->n_entries++];
	*entry = (struct folder_entry){ .kind = kind, .path = path, .fd = -1 };
	return entry;
}

/* An open file of NAME in DIR if it is a regular one that fits; -1 with errno. */
static int open_file(struct folder *folder, int dir, const char *name, int flags, struct stat *stat)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);

	if (fd < 0)
		return -1;
	if (fstat(fd, stat) < 0 || !S_ISREG(stat->st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	if (folder->bytes + (unsigned long long)stat->st_size > MAX_BYTES) {
		close(fd);
		folder->is_cut = true;
		errno = EFBIG;
		return -1;
	}
	folder->bytes += (unsigned long long)stat->st_size;
	return fd;
}

static bool add_file(struct folder *folder, struct arena *arena, int dir, const char *name,
		     const char *path, int flags)
{
	struct folder_entry *entry;
	struct stat stat;
	int fd = open_file(folder, dir, name, flags, &stat);

	if (fd < 0)
		return false;
	entry = add(folder, arena, FOLDER_FILE, path);
	if (!entry) {
		close(fd);
		return false;
	}
	entry->fd = fd;
	entry->is_executable = stat.st_mode & 0111;
	return true;
}

static bool is_history(const char *name)
{
	return strcmp(name, ".git") == 0 || strcmp(name, ".svn") == 0 || strcmp(name, ".hg") == 0;
}

static void walk(struct folder *folder, struct arena *arena, int fd, const char *path,
		 unsigned depth);

static void walk_into(struct folder *folder, struct arena *arena, int dir, const char *name,
		      const char *path, unsigned depth)
{
	int fd;

	if (depth == MAX_DEPTH) {
		folder->is_cut = true;
		return;
	}
	if (!add(folder, arena, FOLDER_FOLDER, path))
		return;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		walk(folder, arena, fd, path, depth + 1);
}

static void add_link(struct folder *folder, struct arena *arena, int dir, const char *name,
		     const char *path)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));
	struct folder_entry *entry;

	if (len <= 0 || len == sizeof(target))
		return;
	entry = add(folder, arena, FOLDER_LINK, path);
	if (entry)
		entry->target = arena_strndup(arena, target, (size_t)len);
}

/* Closes FD. */
static void walk(struct folder *folder, struct arena *arena, int fd, const char *path,
		 unsigned depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	struct stat stat;

	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir)) && folder->n_entries < MAX_ENTRIES) {
		const char *name = entry->d_name;
		const char *below;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_history(name) ||
		    fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		below = arena_printf(arena, "%s/%s", path, name);
		if (strcmp(below, folder->script) == 0)
			continue;
		if (S_ISDIR(stat.st_mode))
			walk_into(folder, arena, fd, name, below, depth);
		else if (S_ISREG(stat.st_mode))
			add_file(folder, arena, fd, name, below, O_NOFOLLOW);
		else if (S_ISLNK(stat.st_mode))
			add_link(folder, arena, fd, name, below);
	}
	if (folder->n_entries == MAX_ENTRIES)
		folder->is_cut = true;
	closedir(dir);
}

bool folder_open(struct folder *folder, struct arena *arena, const char *script, const char *home)
{
	const char *slash = strrchr(script, '/');
	const char *name = base_name(script);
	const char *parent = slash ? arena_strndup(arena, script, (size_t)(slash - script)) : ".";
	char path[PATH_MAX];
	int fd;

	memset(folder, 0, sizeof(*folder));
	if (!realpath(*parent ? parent : "/", path))
		return false;
	folder->cwd = is_taken(path) ? "/script" : arena_strdup(arena, path);
	folder->script =
		arena_printf(arena, "%s/%s", strcmp(folder->cwd, "/") ? folder->cwd : "", name);
	if (!add_file(folder, arena, AT_FDCWD, script, folder->script, 0))
		return false;
	/* it may call itself, as it could where it is installed */
	folder->entries[0].is_executable = true;
	if (is_taken(path) || is_shared(path, home))
		return true;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		walk(folder, arena, fd, folder->cwd, 0);
	return true;
}

void folder_close(struct folder *folder)
{
	for (size_t i = 0; i < folder->n_entries; i++)
		if (folder->entries[i].fd >= 0)
			close(folder->entries[i].fd);
	folder->n_entries = 0;
}
