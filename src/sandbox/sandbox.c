/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of a script: starts the sandbox, takes what comes out of it, ends it at a limit,
 * and waits until nothing of it is left.
 */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/word.h"
#include "sandbox/bwrap.h"
#include "sandbox/folder.h"
#include "sandbox/plan.h"
#include "sandbox/record.h"
#include "sandbox/recorder.h"
#include "sandbox/serve.h"
#include "sandbox/start.h"
#include "sandbox/trace.h"
#include "sandbox/wire.h"

#define KEPT_OUTPUT  65536
#define MAX_SETTINGS 2000
#define MAX_EMPTY    32
#define END_MS	     5000 /* from the order to end to the harder one */
#define ROUND_MS     50

#define DEFAULT_WALL	  60
#define DEFAULT_CPU	  30
#define DEFAULT_MEMORY	  ((size_t)512 << 20)
#define DEFAULT_FILES	  ((size_t)64 << 20)
#define DEFAULT_OUTPUT	  ((size_t)16 << 20)
#define DEFAULT_PROCESSES 128

struct stream {
	int fd;
	struct buf kept;
};

struct run {
	struct arena *arena;
	struct sandbox_outcome *outcome;
	struct sandbox_limits limits;
	struct started started;
	struct serve serve;
	struct record *record;
	struct trace *trace;
	struct stream streams[2]; /* standard output, standard error */
	size_t n_output;
	int first; /* a pidfd of the first process inside; -1 */
	bool has_begun;
	bool has_status;
	long long start;
	long long ordered; /* to end; 0: not yet */
	struct sandbox_setting *settings;
	const char **empty_files;
};

const char *sandbox_limit_name(enum sandbox_limit limit)
{
	switch (limit) {
	case SANDBOX_LIMIT_WALL:
		return "time";
	case SANDBOX_LIMIT_CPU:
		return "CPU time";
	case SANDBOX_LIMIT_MEMORY:
		return "memory";
	case SANDBOX_LIMIT_FILES:
		return "size of files";
	case SANDBOX_LIMIT_OUTPUT:
		return "output";
	case SANDBOX_LIMIT_PROCESSES:
		return "number of processes";
	case SANDBOX_LIMIT_INPUT:
		return "input of a program";
	case SANDBOX_LIMIT_NONE:
		break;
	}
	return "none";
}

static long long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static struct sandbox_limits with_defaults(struct sandbox_limits limits)
{
	limits.wall_seconds = limits.wall_seconds ? limits.wall_seconds : DEFAULT_WALL;
	limits.cpu_seconds = limits.cpu_seconds ? limits.cpu_seconds : DEFAULT_CPU;
	limits.memory = limits.memory ? limits.memory : DEFAULT_MEMORY;
	limits.files = limits.files ? limits.files : DEFAULT_FILES;
	limits.output = limits.output ? limits.output : DEFAULT_OUTPUT;
	limits.processes = limits.processes ? limits.processes : DEFAULT_PROCESSES;
	return limits;
}

/* ---- the end ---- */

/* The first process ends, and the kernel ends all others with it. */
static void order_end(struct run *run)
{
	long long now = now_ms();

	if (!run->ordered) {
		run->ordered = now;
		if (run->first >= 0)
			syscall(SYS_pidfd_send_signal, run->first, SIGKILL, NULL, 0);
		else
			kill(run->started.pid, SIGKILL);
	} else if (now - run->ordered > END_MS) {
		kill(run->started.pid, SIGKILL);
	}
}

static void hit(struct run *run, enum sandbox_limit limit)
{
	if (run->outcome->limit == SANDBOX_LIMIT_NONE)
		run->outcome->limit = limit;
	order_end(run);
}

/* ---- what comes out ---- */

static void read_stream(struct run *run, struct stream *stream)
{
	char some[65536];
	ssize_t n = read(stream->fd, some, sizeof(some));
	size_t room = KEPT_OUTPUT - stream->kept.len;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(stream->fd);
		stream->fd = -1;
		return;
	}
	buf_add(&stream->kept, some, (size_t)n < room ? (size_t)n : room);
	run->n_output += (size_t)n;
	if (run->n_output > run->limits.output)
		hit(run, SANDBOX_LIMIT_OUTPUT);
}

/* All that is there now: what bash wrote before it started the program that asks. */
static void read_trace(void *context)
{
	struct run *run = context;
	char some[65536];
	ssize_t n;

	if (run->started.trace < 0)
		return;
	/* No more than one pipe holds, or a busy script would keep us here. */
	for (int i = 0; i < 16; i++) {
		n = read(run->started.trace, some, sizeof(some));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			close(run->started.trace);
			run->started.trace = -1;
			return;
		}
		trace_add(run->trace, some, (size_t)n);
	}
}

/* ---- what the first process tells ---- */

static void take_setting(struct run *run, const char *bytes, size_t len)
{
	const char *nul = memchr(bytes, '\0', len);
	struct sandbox_outcome *outcome = run->outcome;

	if (!nul || outcome->n_settings == MAX_SETTINGS)
		return;
	run->settings[outcome->n_settings++] = (struct sandbox_setting){
		arena_strdup(run->arena, bytes),
		arena_strndup(run->arena, nul + 1, len - (size_t)(nul + 1 - bytes)),
		len - (size_t)(nul + 1 - bytes),
	};
}

static void take_packet(struct run *run, const char *packet, size_t len)
{
	const char *rest = packet + 1;

	len--;
	switch (packet[0]) {
	case TOLD_LIMIT:
		hit(run, len ? (enum sandbox_limit)rest[0] : SANDBOX_LIMIT_NONE);
		break;
	case TOLD_STATUS: {
		int status = 0;

		memcpy(&status, rest, len < sizeof(status) ? len : sizeof(status));
		run->has_status = true;
		run->outcome->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
		run->outcome->status =
			WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		break;
	}
	case TOLD_SETTING:
		take_setting(run, rest, len);
		break;
	case TOLD_FILE:
		if (run->outcome->n_empty_files < MAX_EMPTY)
			run->empty_files[run->outcome->n_empty_files++] =
				arena_strndup(run->arena, rest, len);
		break;
	case TOLD_ERROR:
		run->outcome->error = arena_strndup(run->arena, rest, len);
		break;
	default:
		break;
	}
}

static void take_hello(struct run *run, struct msghdr *message)
{
	struct ucred who = { 0 };
	int listener = -1;

	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head;
	     head = CMSG_NXTHDR(message, head)) {
		if (head->cmsg_level != SOL_SOCKET)
			continue;
		if (head->cmsg_type == SCM_RIGHTS)
			memcpy(&listener, CMSG_DATA(head), sizeof(listener));
		else if (head->cmsg_type == SCM_CREDENTIALS)
			memcpy(&who, CMSG_DATA(head), sizeof(who));
	}
	if (listener < 0)
		return;
	if (run->has_begun) {
		close(listener);
		return;
	}
	run->has_begun = true;
	run->serve.listener = listener;
	fcntl(listener, F_SETFL, O_NONBLOCK);
	if (who.pid > 0)
		run->first = (int)syscall(SYS_pidfd_open, who.pid, 0);
}

static void read_control(struct run *run)
{
	char packet[TOLD_MAX + 1];
	struct iovec bytes = { packet, TOLD_MAX };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} extra;
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
	ssize_t n;

	message.msg_control = &extra;
	message.msg_controllen = sizeof(extra.room);
	n = recvmsg(run->started.control, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(run->started.control);
		run->started.control = -1;
		return;
	}
	packet[n] = '\0';
	if (packet[0] == TOLD_HELLO)
		take_hello(run, &message);
	else
		take_packet(run, packet, (size_t)n);
}

/* ---- the run ---- */

enum {
	AT_CONTROL,
	AT_OUT,
	AT_ERR,
	AT_TRACE,
	AT_SERVE
};

static void step(struct run *run)
{
	struct pollfd fds[AT_SERVE + SERVE_MAX_CONNECTIONS + 1] = {
		{ run->started.control, POLLIN, 0 },
		{ run->streams[0].fd, POLLIN, 0 },
		{ run->streams[1].fd, POLLIN, 0 },
		{ run->started.trace, POLLIN, 0 },
	};
	size_t n_served = serve_poll(&run->serve, fds + AT_SERVE);

	if (poll(fds, AT_SERVE + n_served, ROUND_MS) < 0)
		return;
	/* Control is last, so that what was asked before the end is answered. */
	if (fds[AT_OUT].revents)
		read_stream(run, &run->streams[0]);
	if (fds[AT_ERR].revents)
		read_stream(run, &run->streams[1]);
	if (fds[AT_TRACE].revents)
		read_trace(run);
	if (!run->ordered)
		serve_step(&run->serve, fds + AT_SERVE, n_served, read_trace, run);
	if (run->serve.has_too_much_input)
		hit(run, SANDBOX_LIMIT_INPUT);
	if (fds[AT_CONTROL].revents)
		read_control(run);
}

/* What is still in the pipes, whose other ends are closed or of nobody's use. */
static void read_rest(struct run *run)
{
	while (run->started.control >= 0) {
		struct pollfd fd = { run->started.control, POLLIN, 0 };

		if (poll(&fd, 1, 0) <= 0)
			break;
		read_control(run);
	}
	for (int i = 0; i < 2; i++) {
		struct pollfd fd = { run->streams[i].fd, POLLIN, 0 };

		while (run->streams[i].fd >= 0 && poll(&fd, 1, 0) > 0 &&
		       run->n_output <= run->limits.output)
			read_stream(run, &run->streams[i]);
	}
}

static void follow(struct run *run)
{
	const long long deadline = run->start + run->limits.wall_seconds * 1000LL;

	while (waitpid(run->started.pid, NULL, WNOHANG) == 0) {
		step(run);
		if (run->ordered)
			order_end(run);
		else if (now_ms() >= deadline)
			hit(run, SANDBOX_LIMIT_WALL);
		else if (run->record->is_endless)
			order_end(run);
	}
	read_rest(run);
}

/* bwrap's last line, and what may help. */
static void explain(struct run *run)
{
	struct buf *said = &run->streams[1].kept;
	const char *text = buf_string(said);
	const char *line = text;
	size_t len = said->len;

	while (len && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			line = text + i + 1;
	run->outcome->error = arena_printf(
		run->arena, "bubblewrap cannot make a sandbox here: %s",
		len ? arena_strndup(run->arena, line, len - (size_t)(line - text)) : "it ended");
	run->outcome->hint =
		"it needs version 0.8 or newer, and user namespaces: see 'sysctl "
		"user.max_user_namespaces kernel.unprivileged_userns_clone "
		"kernel.apparmor_restrict_unprivileged_userns'; some containers forbid them";
}

static void finish(struct run *run)
{
	struct sandbox_outcome *outcome = run->outcome;
	const char **texts[] = { &outcome->out, &outcome->err };
	size_t *lens[] = { &outcome->out_len, &outcome->err_len };

	if (!run->has_begun && !outcome->error && outcome->limit == SANDBOX_LIMIT_NONE)
		explain(run);
	else if (run->has_begun && !run->has_status && !outcome->error &&
		 outcome->limit == SANDBOX_LIMIT_NONE)
		outcome->error = "the sandbox ended before the script";
	for (int i = 0; i < 2; i++) {
		struct buf *kept = &run->streams[i].kept;

		*texts[i] = arena_strndup(run->arena, buf_string(kept), kept->len);
		*lens[i] = kept->len;
		buf_free(kept);
		if (run->streams[i].fd >= 0)
			close(run->streams[i].fd);
	}
	outcome->settings = run->settings;
	outcome->empty_files = run->empty_files;
	if (run->started.control >= 0)
		close(run->started.control);
	if (run->started.trace >= 0)
		close(run->started.trace);
	if (run->first >= 0)
		close(run->first);
}

/* ---- the beginning ---- */

/* Where packages install it: a PATH may lead anywhere. */
static const char *find_bwrap(const struct sandbox_options *options)
{
	static const char *const paths[] = { "/usr/bin/bwrap", "/bin/bwrap",
					     "/usr/local/bin/bwrap" };

	if (options->bwrap)
		return access(options->bwrap, X_OK) == 0 ? options->bwrap : NULL;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

static int make_plan(const struct run *run, const struct sandbox_options *options,
		     const struct folder *folder)
{
	struct buf plan = BUF_INIT;
	char text[128];
	const char *shell = strcmp(options->shell, "bash") == 0 ? "/bin/bash" : "/bin/sh";
	int fd;

	snprintf(text, sizeof(text), PLAN_FORMAT, run->limits.cpu_seconds,
		 (unsigned long long)run->limits.memory, (unsigned long long)run->limits.files,
		 run->limits.processes);
	wire_start(&plan);
	wire_string(&plan, text, strlen(text));
	wire_string(&plan, shell, strlen(shell));
	if (options->shell_flags && *options->shell_flags)
		wire_string(&plan, options->shell_flags, strlen(options->shell_flags));
	wire_string(&plan, folder->script, strlen(folder->script));
	for (size_t i = 0; i < options->n_arguments; i++)
		wire_string(&plan, options->arguments[i], strlen(options->arguments[i]));
	wire_end(&plan);
	fd = bwrap_memory_file(plan.data, plan.len);
	buf_free(&plan);
	return fd;
}

static bool begin(struct run *run, const struct sandbox_options *options, struct folder *folder,
		  const char *path)
{
	struct sandbox_outcome *outcome = run->outcome;
	struct bwrap bwrap;
	int on = 1;

	bwrap_make(&bwrap, run->arena, options, &run->limits, folder,
		   run->trace ? trace_start_file(run->trace) : NULL);
	outcome->error = bwrap.error;
	if (!outcome->error)
		outcome->error = start_bwrap(&run->started, &bwrap, path,
					     make_plan(run, options, folder), run->trace != NULL);
	bwrap_free(&bwrap, folder);
	if (outcome->error)
		return false;
	setsockopt(run->started.control, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	run->streams[0].fd = run->started.out;
	run->streams[1].fd = run->started.err;
	for (int i = 0; i < 2; i++) {
		fcntl(run->streams[i].fd, F_SETFL, O_NONBLOCK);
		fstat(run->streams[i].fd, &run->serve.own[i]);
	}
	if (run->started.trace >= 0)
		fcntl(run->started.trace, F_SETFL, O_NONBLOCK);
	return true;
}

static enum trace_kind trace_kind(const struct record *record)
{
	if (!record->is_second)
		return TRACE_BASH;
	return record->is_of_sh ? TRACE_FOR_SH : TRACE_LINES;
}

static bool prepare(struct run *run, const struct sandbox_options *options,
		    const struct sandbox_handler *handler, struct folder *folder)
{
	const char *file = NULL;

	if (!serve_init(&run->serve, run->arena, options, handler, &file) ||
	    !folder_open(folder, run->arena, options->script, options->home)) {
		run->outcome->error = arena_printf(run->arena, "%s: %s",
						   file ? file : options->script, strerror(errno));
		return false;
	}
	run->serve.record = run->record;
	run->outcome->folder_is_cut = folder->is_cut;
	if (strcmp(options->shell, "bash") == 0)
		run->trace = run->serve.trace = trace_new(folder->script, trace_kind(run->record));
	run->settings = arena_alloc(run->arena, MAX_SETTINGS * sizeof(*run->settings));
	run->empty_files = arena_alloc(run->arena, MAX_EMPTY * sizeof(*run->empty_files));
	return true;
}

static void run_once(struct record *record, const struct sandbox_options *options,
		     const struct sandbox_handler *handler, struct sandbox_outcome *outcome,
		     const char *path)
{
	struct run *run = alloc_zeroed(sizeof(*run));
	struct folder folder = { 0 };

	memset(outcome, 0, sizeof(*outcome));
	run->arena = record->arena;
	run->record = record;
	run->outcome = outcome;
	run->limits = with_defaults(options->limits);
	run->started = (struct started){ -1, -1, -1, -1, -1 };
	run->streams[0].fd = run->streams[1].fd = run->first = run->serve.listener = -1;
	run->start = now_ms();
	if (prepare(run, options, handler, &folder) && begin(run, options, &folder, path)) {
		folder_close(&folder);
		follow(run);
	}
	folder_close(&folder);
	finish(run);
	record->lacks_places = !run->trace || trace_was_off(run->trace);
	serve_free(&run->serve);
	trace_free(run->trace);
	free(run);
}

/* Which lines the calls came from, where the script's own shell did not tell. */
static void find_lines(struct record *record, const struct sandbox_options *options,
		       const struct sandbox_handler *handler, const char *path)
{
	struct sandbox_options second = *options;
	struct sandbox_outcome outcome;

	if (record->n_calls == 0 || record->is_too_long || access("/bin/bash", X_OK) < 0)
		return;
	record->is_second = true;
	record->is_of_sh = strcmp(options->shell, "bash") != 0;
	second.shell = "bash";
	run_once(record, &second, handler, &outcome, path);
	record_find_places(record);
}

bool sandbox_run(struct arena *arena, const struct sandbox_options *options,
		 const struct sandbox_handler *handler, struct sandbox_outcome *outcome)
{
	const char *path = find_bwrap(options);
	struct record record;

	if (!path) {
		memset(outcome, 0, sizeof(*outcome));
		outcome->error = "running a script needs bubblewrap, which is not installed";
		outcome->hint = "apt-get install bubblewrap";
		return false;
	}
	record_init(&record, arena);
	run_once(&record, options, handler, outcome, path);
	if (record.lacks_places && !outcome->error && outcome->limit == SANDBOX_LIMIT_NONE)
		find_lines(&record, options, handler, path);
	outcome->places = record.places;
	outcome->n_places = record.n_calls;
	outcome->unanswered = record_unanswered(&record, &outcome->n_unanswered);
	return !outcome->error;
}

bool sandbox_is_inside(int argc, char **argv, int *status)
{
	const char *name = argc > 0 ? base_name(argv[0]) : "";

	if (strcmp(name, "iptlint") == 0 || access(INSIDE_PROGRAM, X_OK) < 0)
		return false;
	*status = strcmp(argv[0], INSIDE_START) == 0 && getpid() == 1
			  ? first_process_main(argc, argv)
			  : recorder_main(argc, argv);
	return true;
}
