/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A root of its own: the system's programs and libraries, a few files of /etc, copies of the
 * files beside the script, and the recorder under many names.
 */
#include "sandbox/bwrap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/word.h"
#include "sandbox/names.h"
#include "sandbox/plan.h"
#include "sandbox/wire.h"

#define MAX_NAMES 1000 /* of one folder */

static void word(struct bwrap *bwrap, const char *text)
{
	buf_add(&bwrap->words, text, strlen(text) + 1);
}

static void words2(struct bwrap *bwrap, const char *a, const char *b)
{
	word(bwrap, a);
	word(bwrap, b);
}

static void words3(struct bwrap *bwrap, const char *a, const char *b, const char *c)
{
	words2(bwrap, a, b);
	word(bwrap, c);
}

static void number(struct bwrap *bwrap, unsigned long long n)
{
	buf_printf(&bwrap->words, "%llu", n);
	buf_add_char(&bwrap->words, '\0');
}

static void folder_word(struct bwrap *bwrap, const char *path)
{
	words2(bwrap, "--dir", path);
}

int bwrap_memory_file(const char *bytes, size_t len)
{
	int fd = memfd_create("iptlint", MFD_CLOEXEC);

	while (fd >= 0 && len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		bytes += n;
		len -= (size_t)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* OPTION takes an open file and the path that it gets. */
static void file_words(struct bwrap *bwrap, const char *option, const char *mode, int fd,
		       const char *path)
{
	if (fd < 0 || bwrap->n_files == BWRAP_MAX_FILES) {
		bwrap->error = "too many open files";
		if (fd >= 0)
			close(fd);
		return;
	}
	bwrap->files[bwrap->n_files++] = fd;
	words2(bwrap, "--perms", mode);
	word(bwrap, option);
	number(bwrap, (unsigned)fd);
	word(bwrap, path);
}

static void text_file(struct bwrap *bwrap, const char *option, const char *mode, const char *text,
		      const char *path)
{
	file_words(bwrap, option, mode, bwrap_memory_file(text, strlen(text)), path);
}

/* ---- the process ---- */

static void set_environment(struct bwrap *bwrap, const struct sandbox_options *options,
			    struct arena *arena, bool has_trace)
{
	word(bwrap, "--clearenv");
	words3(bwrap, "--setenv", "PATH",
	       "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	words3(bwrap, "--setenv", "HOME", "/root");
	words3(bwrap, "--setenv", "USER", "root");
	words3(bwrap, "--setenv", "LOGNAME", "root");
	for (size_t i = 0; i < options->n_definitions; i++) {
		const char *text = options->definitions[i];
		const char *equals = strchr(text, '=');

		if (!equals || equals == text)
			continue;
		words3(bwrap, "--setenv", arena_strndup(arena, text, (size_t)(equals - text)),
		       equals + 1);
	}
	if (has_trace)
		words3(bwrap, "--setenv", "BASH_ENV", INSIDE_TRACE);
}

static void set_namespaces(struct bwrap *bwrap)
{
	word(bwrap, "--unshare-all");
	word(bwrap, "--unshare-user");
	/* No second level, in which the script would be able to do more. */
	word(bwrap, "--disable-userns");
	word(bwrap, "--new-session");
	word(bwrap, "--die-with-parent");
	word(bwrap, "--as-pid-1");
	words2(bwrap, "--cap-drop", "ALL");
	words2(bwrap, "--uid", "0");
	words2(bwrap, "--gid", "0");
	words2(bwrap, "--hostname", "localhost");
}

/* ---- the file system ---- */

static void add_system(struct bwrap *bwrap, struct arena *arena)
{
	static const char *const folders[] = { "/bin",	 "/sbin",  "/lib",
					       "/lib32", "/lib64", "/libx32" };
	char target[PATH_MAX];
	struct stat stat;

	words3(bwrap, "--ro-bind", "/usr", "/usr");
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		ssize_t len;

		if (lstat(folders[i], &stat) < 0)
			continue;
		if (S_ISDIR(stat.st_mode)) {
			words3(bwrap, "--ro-bind", folders[i], folders[i]);
			continue;
		}
		len = readlink(folders[i], target, sizeof(target));
		if (len > 0 && len < (ssize_t)sizeof(target))
			words3(bwrap, "--symlink", arena_strndup(arena, target, (size_t)len),
			       folders[i]);
	}
}

static void add_etc(struct bwrap *bwrap)
{
	static const char *const files[] = {
		"/etc/passwd",
		"/etc/group",
		"/etc/services",
		"/etc/protocols",
		"/etc/rpc",
		"/etc/ethertypes",
		"/etc/networks",
		"/etc/ld.so.cache",
		"/etc/ld.so.conf",
		"/etc/ld.so.conf.d",
		"/etc/alternatives",
		"/etc/os-release",
		"/etc/debian_version",
		"/etc/redhat-release",
		"/etc/lsb-release",
		"/etc/iproute2",
		"/etc/localtime",
		"/etc/shells",
		"/etc/xtables",
	};

	folder_word(bwrap, "/etc");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		words3(bwrap, "--ro-bind-try", files[i], files[i]);
	text_file(bwrap, "--ro-bind-data", "0644",
		  "passwd: files\ngroup: files\nhosts: files\nservices: files\n"
		  "protocols: files\nnetworks: files\n",
		  "/etc/nsswitch.conf");
	text_file(bwrap, "--file", "0644", "127.0.0.1 localhost\n::1 localhost\n", "/etc/hosts");
	folder_word(bwrap, "/etc/network");
	for (const char *const *file = plan_empty_files; *file; file++)
		text_file(bwrap, "--file", "0644", "", *file);
	for (const char *const *folder = plan_empty_folders; *folder; folder++)
		folder_word(bwrap, *folder);
}

/* Where scripts write: all of it is in the root, which has a limit. */
static void add_places(struct bwrap *bwrap, unsigned long long size)
{
	static const char *const folders[] = {
		"/root",      "/home",	      "/mnt",	     "/opt",	      "/srv",
		"/run/lock",  "/var/lib",     "/var/log",    "/var/tmp",      "/var/cache",
		"/var/spool", "/etc/default", "/etc/init.d", "/etc/iptables", "/etc/sysconfig",
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		folder_word(bwrap, folders[i]);
	words3(bwrap, "--symlink", "/run", "/var/run");
	words3(bwrap, "--symlink", "/run/lock", "/var/lock");
	words2(bwrap, "--perms", "1777");
	folder_word(bwrap, "/tmp");
	words2(bwrap, "--dev", "/dev");
	word(bwrap, "--size");
	number(bwrap, size);
	words2(bwrap, "--tmpfs", "/dev/shm");
	words2(bwrap, "--remount-ro", "/dev");
}

static void add_recorder(struct bwrap *bwrap, const char *trace)
{
	words2(bwrap, "--tmpfs", INSIDE_FOLDER);
	file_words(bwrap, "--file", "0555", bwrap->program, INSIDE_PROGRAM);
	words3(bwrap, "--symlink", INSIDE_PROGRAM, INSIDE_START);
	if (trace)
		text_file(bwrap, "--file", "0444", trace, INSIDE_TRACE);
	/* The settings are copied from there, of the sandbox's own network. */
	words2(bwrap, "--proc", INSIDE_PROC);
	words2(bwrap, "--remount-ro", INSIDE_PROC);
	words2(bwrap, "--remount-ro", INSIDE_FOLDER);
	words2(bwrap, "--proc", "/proc");
	word(bwrap, "--size");
	number(bwrap, 64 << 20);
	words2(bwrap, "--tmpfs", "/proc/sys");
}

/* ---- the names of the recorder ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct name_list {
	const char **names;
	size_t count;
};

static bool host_has(const char *name)
{
	static const char *const folders[] = { "/usr/sbin", "/usr/bin",	       "/sbin",
					       "/bin",	    "/usr/local/sbin", "/usr/local/bin" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		strcpy(path, folders[i]);
		strcat(path, "/");
		strcat(path, name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static void list_names(struct name_list *list, struct arena *arena)
{
	list->names = arena_alloc(arena, 4096 * sizeof(*list->names));
	for (const char *const *name = sandbox_names; *name; name++)
		list->names[list->count++] = *name;
	for (const char *const *name = sandbox_optional_names; *name; name++)
		if (host_has(*name))
			list->names[list->count++] = *name;
}

/* FOLDER is ours: the names of the list, and all that the host has there. */
static void replace_folder(struct bwrap *bwrap, struct arena *arena, const struct name_list *list,
			   const char *folder)
{
	struct name_list all = { arena_alloc(arena, (list->count + MAX_NAMES) * sizeof(*all.names)),
				 list->count };
	struct dirent *entry;
	struct stat stat;
	DIR *dir;

	/* A link to /usr/bin, say, gets its names one by one. */
	if (lstat(folder, &stat) < 0 || !S_ISDIR(stat.st_mode))
		return;
	memcpy(all.names, list->names, list->count * sizeof(*all.names));
	dir = opendir(folder);
	while (dir && (entry = readdir(dir)) && all.count < list->count + MAX_NAMES)
		if (entry->d_name[0] != '.')
			all.names[all.count++] = arena_strdup(arena, entry->d_name);
	if (dir)
		closedir(dir);
	qsort(all.names, all.count, sizeof(*all.names), compare_names);
	words2(bwrap, "--tmpfs", folder);
	for (size_t i = 0; i < all.count; i++)
		if (i == 0 || strcmp(all.names[i], all.names[i - 1]) != 0)
			words3(bwrap, "--symlink", INSIDE_PROGRAM,
			       arena_printf(arena, "%s/%s", folder, all.names[i]));
	words2(bwrap, "--remount-ro", folder);
}

/* Is the file under this name the program of that name, and no other one's? */
static bool is_its_own(const struct name_list *list, const char *name, const char *file)
{
	const char *base = base_name(file);

	if (strncmp(base, name, strlen(name)) == 0)
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(base, list->names[i]) == 0)
			return true;
	return false;
}

/* The file behind a name in FOLDER, if it can be covered; links cannot be. */
static const char *file_behind(struct arena *arena, const struct name_list *list,
			       const char *folder, const char *name)
{
	char file[PATH_MAX];
	struct stat stat;

	if (!realpath(arena_printf(arena, "%s/%s", folder, name), file) ||
	    strncmp(file, "/usr/", 5) != 0 || strstr(file, "/sbin/") ||
	    !is_its_own(list, name, file) || lstat(file, &stat) < 0 || !S_ISREG(stat.st_mode))
		return NULL;
	return arena_strdup(arena, file);
}

/*
 * What lies among the programs that run for real is covered, each by a file of its own, whose
 * interpreter is the recorder.
 */
static void replace_programs(struct bwrap *bwrap, struct arena *arena, const struct name_list *list,
			     const char *folder)
{
	struct name_list files = { arena_alloc(arena, list->count * sizeof(*files.names)), 0 };
	struct stat stat;

	if (lstat(folder, &stat) < 0 || !S_ISDIR(stat.st_mode))
		return;
	for (size_t i = 0; i < list->count; i++) {
		const char *file = file_behind(arena, list, folder, list->names[i]);

		if (file)
			files.names[files.count++] = file;
	}
	qsort(files.names, files.count, sizeof(*files.names), compare_names);
	for (size_t i = 0; i < files.count; i++)
		if (i == 0 || strcmp(files.names[i], files.names[i - 1]) != 0)
			text_file(bwrap, "--ro-bind-data", "0755", "#!" INSIDE_PROGRAM "\n",
				  files.names[i]);
}

static void add_names(struct bwrap *bwrap, struct arena *arena)
{
	static const char *const ours[] = { "/usr/sbin", "/sbin", "/usr/local/sbin" };
	static const char *const theirs[] = { "/usr/bin", "/bin", "/usr/local/bin" };
	struct name_list list = { 0 };

	list_names(&list, arena);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		replace_folder(bwrap, arena, &list, ours[i]);
	for (size_t i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
		replace_programs(bwrap, arena, &list, theirs[i]);
}

/* ---- the script ---- */

/* In the root, which has a limit: these are copies, a script may write beside itself. */
static void add_folder(struct bwrap *bwrap, const struct folder *folder)
{
	folder_word(bwrap, folder->cwd);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const struct folder_entry *entry = &folder->entries[i];

		if (entry->kind == FOLDER_FOLDER)
			folder_word(bwrap, entry->path);
		else if (entry->kind == FOLDER_LINK)
			words3(bwrap, "--symlink", entry->target, entry->path);
		else
			file_words(bwrap, "--file", entry->is_executable ? "0755" : "0644",
				   entry->fd, entry->path);
	}
	words2(bwrap, "--chdir", folder->cwd);
}

void bwrap_make(struct bwrap *bwrap, struct arena *arena, const struct sandbox_options *options,
		const struct sandbox_limits *limits, const struct folder *folder, const char *trace)
{
	unsigned long long size = limits->files + (1 << 20);
	struct stat stat;

	memset(bwrap, 0, sizeof(*bwrap));
	bwrap->program = open(options->program, O_RDONLY | O_CLOEXEC);
	if (bwrap->program < 0 || fstat(bwrap->program, &stat) < 0) {
		bwrap->error = arena_printf(arena, "%s: %s", options->program, strerror(errno));
		return;
	}
	set_namespaces(bwrap);
	set_environment(bwrap, options, arena, trace != NULL);
	word(bwrap, "--size");
	number(bwrap, size + folder->bytes);
	words2(bwrap, "--tmpfs", "/");
	add_system(bwrap, arena);
	add_etc(bwrap);
	add_places(bwrap, size);
	add_recorder(bwrap, trace);
	add_names(bwrap, arena);
	add_folder(bwrap, folder);
}

static bool is_of_folder(const struct folder *folder, int fd)
{
	for (size_t i = 0; i < folder->n_entries; i++)
		if (folder->entries[i].fd == fd)
			return true;
	return false;
}

void bwrap_free(struct bwrap *bwrap, const struct folder *folder)
{
	for (size_t i = 0; i < bwrap->n_files; i++)
		if (!is_of_folder(folder, bwrap->files[i]))
			close(bwrap->files[i]);
	buf_free(&bwrap->words);
}
