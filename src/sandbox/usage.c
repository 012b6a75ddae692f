/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adds up what /proc says of each process.  Time of processes that have ended is in
 * their parents', and at last in that of the first process, which gets the orphans.
 */
#include "sandbox/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

static void add_process(struct usage *usage, const char *pid)
{
	static long ticks;
	static long page;
	char path[64];
	char text[1024];
	const char *end;
	unsigned long long user;
	unsigned long long system;
	long long children_user;
	long long children_system;
	unsigned long long resident;
	unsigned long long shared;

	if (!ticks) {
		ticks = sysconf(_SC_CLK_TCK);
		page = sysconf(_SC_PAGESIZE);
	}
	usage->processes++;
	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	/* The name of the program, in parentheses, may hold anything; fields 14 to 17. */
	if (read_text(path, text, sizeof(text)) && (end = strrchr(text, ')')) &&
	    sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld",
		   &user, &system, &children_user, &children_system) == 4)
		usage->cpu_ms += (user + system + (unsigned long long)children_user +
				  (unsigned long long)children_system) *
				 1000 / (unsigned long long)ticks;
	snprintf(path, sizeof(path), "/proc/%.20s/statm", pid);
	if (read_text(path, text, sizeof(text)) &&
	    sscanf(text, "%*u %llu %llu", &resident, &shared) == 2 && resident > shared)
		usage->memory += (resident - shared) * (unsigned long long)page;
}

static unsigned long long bytes_in(const char *folder)
{
	struct statvfs stat;

	if (statvfs(folder, &stat) < 0)
		return 0;
	return (unsigned long long)(stat.f_blocks - stat.f_bfree) * stat.f_frsize;
}

static unsigned long long written(void)
{
	return bytes_in("/") + bytes_in("/dev/shm");
}

void usage_init(struct usage *usage)
{
	usage->files_before = written();
}

void usage_look(struct usage *usage)
{
	struct rusage ended;
	struct dirent *entry;
	unsigned long long now = written();
	DIR *proc = opendir("/proc");

	usage->processes = 0;
	usage->memory = 0;
	usage->cpu_ms = 0;
	usage->files = now > usage->files_before ? now - usage->files_before : 0;
	if (getrusage(RUSAGE_CHILDREN, &ended) == 0)
		usage->cpu_ms =
			(unsigned long long)(ended.ru_utime.tv_sec + ended.ru_stime.tv_sec) * 1000 +
			(unsigned long long)(ended.ru_utime.tv_usec + ended.ru_stime.tv_usec) /
				1000;
	if (!proc)
		return;
	while ((entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    strcmp(entry->d_name, "1") != 0)
			add_process(usage, entry->d_name);
	closedir(proc);
}
