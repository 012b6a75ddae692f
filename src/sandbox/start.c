/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limit on the number of processes does not bind root, nor is anything of root's to
 * be in reach: a user that nobody is takes its place.  Where that cannot be, there is
 * no sandbox: to watch and count alone comes too late on a busy machine.
 */
#include "sandbox/start.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/wire.h"

#define STATUS_FAILED 126

struct ends {
	int control[2];
	int out[2];
	int err[2];
	int trace[2];
};

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

static bool open_ends(struct ends *ends, bool has_trace)
{
	memset(ends, -1, sizeof(*ends));
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends->control) == 0 &&
	       pipe2(ends->out, O_CLOEXEC) == 0 && pipe2(ends->err, O_CLOEXEC) == 0 &&
	       (!has_trace || pipe2(ends->trace, O_CLOEXEC) == 0);
}

/* Of the machine: root of a container is another user, whom the limits bind. */
static bool is_root(void)
{
	unsigned inside = 1;
	unsigned outside = 1;
	FILE *map;

	if (getuid() != 0 && geteuid() != 0)
		return false;
	map = fopen("/proc/self/uid_map", "re");
	if (map && fscanf(map, "%u %u", &inside, &outside) != 2)
		inside = outside = 0;
	if (map)
		fclose(map);
	return !map || outside == 0;
}

/* Small systems have fewer users. */
static bool become_nobody(void)
{
	const unsigned users[] = { 2000000000U + (unsigned)getpid(),
				   61184 + (unsigned)getpid() % 4000, 65534 };

	if (!is_root())
		return true;
	if (setgroups(0, NULL) < 0)
		return false;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		if (setresgid(users[i], users[i], users[i]) == 0 &&
		    setresuid(users[i], users[i], users[i]) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct bwrap *bwrap, const int *wanted, size_t n_wanted, int fd)
{
	for (size_t i = 0; i < n_wanted; i++)
		if (wanted[i] == fd)
			return true;
	for (size_t i = 0; i < bwrap->n_files; i++)
		if (bwrap->files[i] == fd)
			return true;
	return false;
}

/* Nothing that the caller has open goes inside. */
static void keep_only(const struct bwrap *bwrap, const int *wanted, size_t n_wanted)
{
	int top = 2;

	for (size_t i = 0; i < n_wanted; i++)
		top = wanted[i] > top ? wanted[i] : top;
	for (size_t i = 0; i < bwrap->n_files; i++)
		top = bwrap->files[i] > top ? bwrap->files[i] : top;
	for (int fd = 3; fd <= top; fd++) {
		if (is_wanted(bwrap, wanted, n_wanted, fd))
			fcntl(fd, F_SETFD, 0);
		else
			close(fd);
	}
	if (syscall(SYS_close_range, (unsigned)top + 1, ~0U, 0) < 0)
		for (long fd = top + 1; fd < sysconf(_SC_OPEN_MAX); fd++)
			close((int)fd);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become_bwrap(const struct bwrap *bwrap, const char *path,
				   const struct ends *ends, int words, int plan)
{
	static char *const environment[] = { NULL };
	int wanted[] = { words, plan, ends->control[1], ends->trace[1] };
	char numbers[4][16];
	char *argv[] = { (char[]){ "bwrap" },
			 (char[]){ "--args" },
			 numbers[0],
			 (char[]){ "--" },
			 (char[]){ INSIDE_START },
			 numbers[1],
			 numbers[2],
			 numbers[3],
			 NULL };
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(ends->out[1], STDOUT_FILENO) < 0 ||
	    dup2(ends->err[1], STDERR_FILENO) < 0)
		_exit(STATUS_FAILED);
	snprintf(numbers[0], sizeof(numbers[0]), "%d", words);
	snprintf(numbers[1], sizeof(numbers[1]), "%d", ends->control[1]);
	snprintf(numbers[2], sizeof(numbers[2]), "%d", plan);
	snprintf(numbers[3], sizeof(numbers[3]), "%d", ends->trace[1]);
	keep_only(bwrap, wanted, sizeof(wanted) / sizeof(wanted[0]));
	reset_signals();
	umask(022);
	if (setpgid(0, 0) < 0 || chdir("/") < 0 || !become_nobody()) {
		dprintf(STDERR_FILENO, "cannot change the user: %s\n", strerror(errno));
		_exit(STATUS_FAILED);
	}
	execve(path, argv, environment);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(STATUS_FAILED);
}

const char *start_bwrap(struct started *started, const struct bwrap *bwrap, const char *path,
			int plan, bool has_trace)
{
	struct ends ends;
	int words = bwrap_memory_file(bwrap->words.data, bwrap->words.len);
	bool is_open = open_ends(&ends, has_trace);
	int error;

	*started = (struct started){ -1, -1, -1, -1, -1 };
	if (words >= 0 && plan >= 0 && is_open)
		started->pid = fork();
	if (started->pid == 0)
		become_bwrap(bwrap, path, &ends, words, plan);
	error = errno;
	if (started->pid > 0) {
		started->control = ends.control[0];
		started->out = ends.out[0];
		started->err = ends.err[0];
		started->trace = ends.trace[0];
		ends.control[0] = ends.out[0] = ends.err[0] = ends.trace[0] = -1;
	}
	close_pair(ends.control);
	close_pair(ends.out);
	close_pair(ends.err);
	close_pair(ends.trace);
	if (words >= 0)
		close(words);
	if (plan >= 0)
		close(plan);
	return started->pid > 0 ? NULL : strerror(error);
}
