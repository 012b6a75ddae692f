/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a sandbox: opens the recorder's socket, starts the shell, and
 * ends everything when a limit is hit by ending itself.  The processes that it
 * watches have its user, but cannot signal the first process or look into it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sandbox/plan.h"
#include "sandbox/recorder.h"
#include "sandbox/sandbox.h"
#include "sandbox/settings.h"
#include "sandbox/usage.h"
#include "sandbox/wire.h"

#define TICK_MS	 20
#define FAST_MS	 2   /* when there are many processes */
#define GRACE_MS 500 /* for what the script left in the background */

struct inside {
	int control;
	struct plan plan;
	char **words; /* of the shell */
	pid_t shell;
	bool is_over; /* the shell has ended */
	int status;
};

static void tell(const struct inside *inside, enum told kind, const void *bytes, size_t len)
{
	char packet[TOLD_MAX];

	if (len > sizeof(packet) - 1)
		len = sizeof(packet) - 1;
	packet[0] = (char)kind;
	memcpy(packet + 1, bytes, len);
	send(inside->control, packet, len + 1, MSG_NOSIGNAL);
}

static _Noreturn void give_up(const struct inside *inside, const char *why)
{
	tell(inside, TOLD_ERROR, why, strlen(why));
	_exit(1);
}

static _Noreturn void fail(const struct inside *inside, const char *what)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	give_up(inside, text);
}

/* The socket goes outside; a name that no file has cannot be removed by a script. */
static void hello(const struct inside *inside)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof(INSIDE_SOCKET));
	char kind = TOLD_HELLO;
	struct iovec bytes = { &kind, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} extra = { 0 };
	struct msghdr message = {
		.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = &extra,
		.msg_controllen = sizeof(extra.room),
	};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path + 1, INSIDE_SOCKET, sizeof(INSIDE_SOCKET) - 1);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, len) < 0 ||
	    listen(listener, 256) < 0)
		fail(inside, "socket");
	extra.head.cmsg_level = SOL_SOCKET;
	extra.head.cmsg_type = SCM_RIGHTS;
	extra.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&extra.head), &listener, sizeof(int));
	if (sendmsg(inside->control, &message, MSG_NOSIGNAL) < 0)
		_exit(1);
	close(listener);
}

static void read_plan(struct inside *inside, int fd)
{
	struct buf bytes = BUF_INIT;
	struct wire_reader reader;
	const char *word;
	size_t n = 0;
	size_t len;
	char some[4096];
	ssize_t got;

	while ((got = read(fd, some, sizeof(some))) > 0)
		buf_add(&bytes, some, (size_t)got);
	close(fd);
	wire_reader_init(&reader, buf_string(&bytes), bytes.len);
	word = wire_next(&reader, &len);
	if (!word || sscanf(word, PLAN_FORMAT, &inside->plan.cpu_seconds, &inside->plan.memory,
			    &inside->plan.files, &inside->plan.processes) != 4)
		_exit(1);
	inside->words = alloc_zeroed((bytes.len + 1) * sizeof(*inside->words));
	/* Their memory lives as long as the process. */
	while ((word = wire_next(&reader, &len)))
		inside->words[n++] = (char *)(uintptr_t)word;
}

static void limit(int which, unsigned long long soft, unsigned long long hard)
{
	struct rlimit wanted = { soft, hard };
	struct rlimit now;

	getrlimit((__rlimit_resource_t)which, &now);
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < wanted.rlim_max)
		wanted.rlim_max = now.rlim_max;
	if (wanted.rlim_cur > wanted.rlim_max)
		wanted.rlim_cur = wanted.rlim_max;
	setrlimit((__rlimit_resource_t)which, &wanted);
}

/*
 * Before Linux 5.14 the number of processes is that of a user on the whole machine, not of
 * those in here: no fewer than all there are.
 */
static unsigned others(void)
{
	struct utsname name;
	unsigned major = 0;
	unsigned minor = 0;
	unsigned all = 0;
	FILE *file;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2 || major > 5 ||
	    (major == 5 && minor >= 14))
		return 0;
	file = fopen("/proc/loadavg", "re");
	if (file && fscanf(file, "%*s %*s %*s %*u/%u", &all) != 1)
		all = 0;
	if (file)
		fclose(file);
	return all;
}

/*
 * watch() names the limit and ends everything; these hold in the time between two looks, and
 * are higher, so that it does see that there was too much.
 */
static void set_limits(const struct plan *plan)
{
	unsigned long long processes = plan->processes * 2ULL + 32 + others();

	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_CPU, plan->cpu_seconds + 1, plan->cpu_seconds + 2);
	limit(RLIMIT_AS, plan->memory * 4, plan->memory * 4);
	limit(RLIMIT_FSIZE, plan->files, plan->files);
	limit(RLIMIT_NPROC, processes, processes);
	limit(RLIMIT_NOFILE, 1024, 4096);
}

/*
 * Tried, not trusted: without this limit a fork bomb is too fast for any watch, so there is
 * no run.
 */
static bool processes_are_limited(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0) {
		limit(RLIMIT_NPROC, 1, 1);
		pid = fork();
		if (pid == 0)
			_exit(0);
		_exit(pid < 0 ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static void start_shell(struct inside *inside, int trace)
{
	int ends[2];
	int error = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail(inside, "pipe");
	inside->shell = fork();
	if (inside->shell < 0)
		fail(inside, "fork");
	if (inside->shell == 0) {
		sigset_t none;

		if (trace >= 0 && dup2(trace, INSIDE_TRACE_FD) < 0)
			_exit(1);
		if (trace >= 0 && trace != INSIDE_TRACE_FD)
			close(trace);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		set_limits(&inside->plan);
		execv(inside->words[0], inside->words);
		error = errno;
		if (write(ends[1], &error, sizeof(error)) < 0)
			_exit(1);
		_exit(1);
	}
	if (trace >= 0)
		close(trace);
	close(ends[1]);
	if (read(ends[0], &error, sizeof(error)) == sizeof(error)) {
		errno = error;
		fail(inside, inside->words[0]);
	}
	close(ends[0]);
}

static void reap(struct inside *inside)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != inside->shell)
			continue;
		inside->is_over = true;
		inside->status = status;
	}
}

static void check_limits(const struct inside *inside, struct usage *usage)
{
	enum sandbox_limit hit = SANDBOX_LIMIT_NONE;
	char byte;

	usage_look(usage);
	if (usage->processes >= inside->plan.processes)
		hit = SANDBOX_LIMIT_PROCESSES;
	else if (usage->memory >= inside->plan.memory)
		hit = SANDBOX_LIMIT_MEMORY;
	else if (usage->files >= inside->plan.files)
		hit = SANDBOX_LIMIT_FILES;
	else if (usage->cpu_ms >= inside->plan.cpu_seconds * 1000ULL)
		hit = SANDBOX_LIMIT_CPU;
	if (hit == SANDBOX_LIMIT_NONE)
		return;
	byte = (char)hit;
	tell(inside, TOLD_LIMIT, &byte, 1);
	/* The kernel ends all others with the first process. */
	_exit(1);
}

static long long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static void watch(struct inside *inside, struct usage *usage)
{
	struct pollfd control = { inside->control, POLLIN, 0 };
	struct timespec tick = { 0, 0 };
	int pause = TICK_MS;
	sigset_t child;
	long long deadline = 0;
	long long next = 0;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		tick.tv_nsec = pause * 1000000L;
		sigtimedwait(&child, NULL, &tick);
		reap(inside);
		/* Nobody is outside any more. */
		if (poll(&control, 1, 0) > 0)
			_exit(1);
		/* The end of each child wakes this up; a look costs more than that. */
		if (now_ms() >= next || inside->is_over) {
			check_limits(inside, usage);
			pause = usage->processes > inside->plan.processes / 4 ? FAST_MS : TICK_MS;
			next = now_ms() + pause;
		}
		if (!inside->is_over)
			continue;
		if (!deadline)
			deadline = now_ms() + GRACE_MS;
		if (usage->processes == 0 || now_ms() >= deadline)
			break;
	}
}

static void tell_setting(void *context, const char *path, const char *value, size_t len)
{
	struct buf text = BUF_INIT;

	buf_add(&text, path, strlen(path) + 1);
	buf_add(&text, value, len);
	tell(context, TOLD_SETTING, text.data, text.len);
	buf_free(&text);
}

static void tell_file(void *context, const char *path)
{
	tell(context, TOLD_FILE, path, strlen(path));
}

/* start CONTROL PLAN TRACE: numbers of open files; TRACE may be -1. */
int first_process_main(int argc, char **argv)
{
	struct inside inside = { 0 };
	struct usage usage = { 0 };
	sigset_t child;
	int trace;

	if (argc != 4)
		return 1;
	inside.control = atoi(argv[1]);
	trace = atoi(argv[3]);
	/* The script has the same user: it shall not look in here, or have our files. */
	prctl(PR_SET_DUMPABLE, 0);
	fcntl(inside.control, F_SETFD, FD_CLOEXEC);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	read_plan(&inside, atoi(argv[2]));
	hello(&inside);
	if (!processes_are_limited())
		give_up(&inside, "the kernel does not limit the number of processes here");
	settings_copy();
	usage_init(&usage);
	start_shell(&inside, trace);
	watch(&inside, &usage);
	settings_changed(tell_setting, tell_file, &inside);
	tell(&inside, TOLD_STATUS, &inside.status, sizeof(inside.status));
	return 0;
}
