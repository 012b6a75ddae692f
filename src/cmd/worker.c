/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who works on which input is settled at the start, by the sizes of the files: so a worker
 * needs to be told nothing, and one that takes the place of another knows what is left.  A
 * worker writes messages to its pipe: a head, then as many bytes as it says.
 */
#include "cmd/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"

#define BUFFER 65536

/* stream == STREAM_DONE: the result follows, and the input is done with STATUS. */
#define STREAM_DONE   UINT32_MAX
#define STREAM_ERRORS (UINT32_MAX - 1) /* standard error */

/* A worker may be ahead of the others by what its pipe holds. */
#define PIPE_SIZE (1 << 20)

struct head {
	uint32_t stream;
	uint32_t len;
	int32_t status;
};

/* Where a job's stream goes: to the caller at once, or into a pipe. */
struct sink {
	const struct jobs *jobs;
	unsigned stream;
	FILE *pipe; /* NULL: deliver here */
};

static ssize_t sink_write(void *cookie, const char *bytes, size_t len)
{
	struct sink *sink = cookie;

	if (sink->pipe) {
		struct head head = { sink->stream, (uint32_t)len, 0 };

		if (fwrite(&head, sizeof(head), 1, sink->pipe) != 1 ||
		    fwrite(bytes, 1, len, sink->pipe) != len)
			return 0;
	} else {
		sink->jobs->deliver(sink->jobs->context, sink->stream, bytes, len);
	}
	return (ssize_t)len;
}

struct streams {
	struct sink sinks[JOB_STREAMS];
	FILE *files[JOB_STREAMS];
};

static void streams_open(struct streams *streams, const struct jobs *jobs, FILE *pipe)
{
	for (unsigned i = 0; i < jobs->n_streams; i++) {
		streams->sinks[i] = (struct sink){ jobs, i, pipe };
		streams->files[i] = fopencookie(&streams->sinks[i], "w",
						(cookie_io_functions_t){ .write = sink_write });
		if (!streams->files[i])
			die_out_of_memory();
		setvbuf(streams->files[i], NULL, _IOFBF, BUFFER);
	}
}

static void streams_flush(struct streams *streams, const struct jobs *jobs)
{
	for (unsigned i = 0; i < jobs->n_streams; i++)
		fflush(streams->files[i]);
}

static void streams_close(struct streams *streams, const struct jobs *jobs)
{
	for (unsigned i = 0; i < jobs->n_streams; i++)
		fclose(streams->files[i]);
}

static void run_here(const struct jobs *jobs, const struct inputs *inputs)
{
	struct streams streams;
	char result[JOB_RESULT];

	streams_open(&streams, jobs, NULL);
	for (size_t i = 0; i < inputs->count; i++) {
		int status;

		memset(result, 0, jobs->result_size);
		status = jobs->run(jobs->context, &inputs->list[i], streams.files, result);
		streams_flush(&streams, jobs);
		jobs->done(jobs->context, &inputs->list[i], status, result);
	}
	streams_close(&streams, jobs);
}

/* ---- who works on what ---- */

#define EACH_FILE      4096  /* bytes that are as much work as to begin with a file */
#define WORTH_A_WORKER 65536 /* ... as to start a process: 20 small files are worth two */

struct worker {
	enum family family;
	size_t load; /* bytes */
	pid_t pid;
	FILE *pipe;
	bool is_alive;
	struct buf held[JOB_STREAMS]; /* a line whose end has not come yet */
};

struct workers {
	struct worker *list;
	size_t count;
	size_t *owner; /* of each input */
};

static size_t size_of(const struct input *input)
{
	struct stat info;
	size_t size = 0;

	if (input->source)
		size = input->source->len;
	else if (input->path && stat(input->path, &info) == 0)
		size = (size_t)info.st_size;
	return EACH_FILE + size;
}

static size_t n_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

/* How many of N processes for that much of the whole; at most one for each input. */
static size_t share(size_t n, size_t load, size_t all, size_t n_inputs)
{
	size_t mine = all ? (n * load + all / 2) / all : 0;

	if (mine < 1)
		mine = 1;
	return mine < n_inputs ? mine : n_inputs;
}

static struct worker *least_at_work(const struct workers *workers, enum family family)
{
	struct worker *least = NULL;

	for (size_t i = 0; i < workers->count; i++) {
		struct worker *worker = &workers->list[i];

		if (worker->family == family && (!least || worker->load < least->load))
			least = worker;
	}
	return least;
}

static void add_workers(struct workers *workers, enum family family, size_t n)
{
	while (n--)
		workers->list[workers->count++].family = family;
}

static void plan(struct workers *workers, const struct jobs *jobs, const struct inputs *inputs)
{
	size_t loads[2] = { 0 }, n_inputs[2] = { 0 };
	size_t n = jobs->n_processes, all;

	for (size_t i = 0; i < inputs->count; i++) {
		bool is_v6 = inputs->list[i].family == FAMILY_IPV6;

		loads[is_v6] += size_of(&inputs->list[i]);
		n_inputs[is_v6]++;
	}
	all = loads[0] + loads[1];
	if (n == 0) {
		n = n_processors();
		if (n > all / WORTH_A_WORKER)
			n = all / WORTH_A_WORKER;
	}
	workers->list = alloc_zeroed((inputs->count + 1) * sizeof(*workers->list));
	workers->owner = alloc_zeroed((inputs->count + 1) * sizeof(*workers->owner));
	add_workers(workers, FAMILY_IPV4, share(n, loads[0], all, n_inputs[0]));
	add_workers(workers, FAMILY_IPV6, share(n, loads[1], all, n_inputs[1]));
	for (size_t i = 0; i < inputs->count; i++) {
		bool is_v6 = inputs->list[i].family == FAMILY_IPV6;
		struct worker *worker = least_at_work(workers, is_v6 ? FAMILY_IPV6 : FAMILY_IPV4);

		worker->load += size_of(&inputs->list[i]);
		workers->owner[i] = (size_t)(worker - workers->list);
	}
}

/* ---- workers ---- */

/* What this process prints to standard error goes into the pipe, at once. */
static void divert_errors(struct sink *sink, FILE *pipe)
{
	FILE *errors;

	*sink = (struct sink){ NULL, STREAM_ERRORS, pipe };
	errors = fopencookie(sink, "w", (cookie_io_functions_t){ .write = sink_write });
	if (!errors)
		die_out_of_memory();
	setvbuf(errors, NULL, _IONBF, 0);
	stderr = errors;
}

static _Noreturn void work(const struct jobs *jobs, const struct inputs *inputs,
			   const struct workers *workers, size_t me, size_t first, FILE *pipe)
{
	struct streams streams;
	struct sink errors;
	char result[JOB_RESULT];

	progress_leave();
	divert_errors(&errors, pipe);
	streams_open(&streams, jobs, pipe);
	for (size_t i = first; i < inputs->count; i++) {
		struct head head = { STREAM_DONE, (uint32_t)jobs->result_size, 0 };

		if (workers->owner[i] != me)
			continue;
		memset(result, 0, jobs->result_size);
		head.status = jobs->run(jobs->context, &inputs->list[i], streams.files, result);
		streams_flush(&streams, jobs);
		if (fwrite(&head, sizeof(head), 1, pipe) != 1 ||
		    fwrite(result, 1, jobs->result_size, pipe) != jobs->result_size ||
		    fflush(pipe) != 0)
			_exit(EXIT_TROUBLE);
	}
	_exit(EXIT_CLEAN);
}

/* Starts worker number ME for its inputs from FIRST on. */
static bool start(struct workers *workers, size_t me, const struct jobs *jobs,
		  const struct inputs *inputs, size_t first)
{
	struct worker *worker = &workers->list[me];
	int ends[2];

	worker->pid = 0;
	worker->pipe = NULL;
	if (pipe(ends) < 0)
		return false;
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); /* it is as large as it may be */
	fflush(NULL);
	worker->pid = fork();
	if (worker->pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	if (worker->pid == 0) {
		FILE *file = fdopen(ends[1], "w");

		close(ends[0]);
		/* Else the others would not be told when this program ends. */
		for (size_t i = 0; i < workers->count; i++)
			if (workers->list[i].pipe)
				close(fileno(workers->list[i].pipe));
		if (!file)
			_exit(EXIT_TROUBLE);
		work(jobs, inputs, workers, me, first, file);
	}
	close(ends[1]);
	worker->pipe = fdopen(ends[0], "r");
	return worker->pipe != NULL;
}

/* Hands on whole lines only: what a worker leaves behind when it dies is not cut in one. */
static void hand_on(struct worker *worker, const struct jobs *jobs, unsigned stream,
		    const char *bytes, size_t len)
{
	struct buf *held = &worker->held[stream];
	const char *newline = memrchr(bytes, '\n', len);
	size_t whole = newline ? (size_t)(newline - bytes) + 1 : 0;

	if (whole && held->len) {
		jobs->deliver(jobs->context, stream, held->data, held->len);
		buf_clear(held);
	}
	if (whole)
		jobs->deliver(jobs->context, stream, bytes, whole);
	buf_add(held, bytes + whole, len - whole);
}

static void hand_on_rest(struct worker *worker, const struct jobs *jobs)
{
	for (unsigned i = 0; i < jobs->n_streams; i++) {
		struct buf *held = &worker->held[i];

		if (held->len)
			jobs->deliver(jobs->context, i, held->data, held->len);
		buf_clear(held);
	}
}

static void pass_on_errors(const char *bytes, size_t len)
{
	progress_hide();
	fwrite(bytes, 1, len, stderr);
}

/* Takes what the worker has to say about one input; false if it ended before. */
static bool receive(struct worker *worker, const struct jobs *jobs, const struct input *input)
{
	struct head head;
	char bytes[BUFFER];

	while (fread(&head, sizeof(head), 1, worker->pipe) == 1) {
		size_t left = head.len;

		if (head.stream == STREAM_DONE) {
			if (fread(bytes, 1, jobs->result_size, worker->pipe) != jobs->result_size)
				return false;
			hand_on_rest(worker, jobs);
			jobs->done(jobs->context, input, head.status, bytes);
			return true;
		}
		while (left) {
			size_t some = left < sizeof(bytes) ? left : sizeof(bytes);

			if (fread(bytes, 1, some, worker->pipe) != some)
				return false;
			if (head.stream == STREAM_ERRORS)
				pass_on_errors(bytes, some);
			else
				hand_on(worker, jobs, head.stream, bytes, some);
			left -= some;
		}
	}
	return false;
}

static void lose(const struct jobs *jobs, const struct input *input)
{
	static const char nothing[JOB_RESULT];

	cmd_error("%s: internal error: the process that worked on it ended", input->name);
	jobs->done(jobs->context, input, EXIT_TROUBLE, nothing);
}

static void stop(struct worker *worker)
{
	if (worker->pipe)
		fclose(worker->pipe);
	worker->pipe = NULL;
	if (worker->pid > 0)
		while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
			;
	for (unsigned i = 0; i < JOB_STREAMS; i++)
		buf_free(&worker->held[i]);
}

static void run_workers(struct workers *workers, const struct jobs *jobs,
			const struct inputs *inputs)
{
	for (size_t i = 0; i < workers->count; i++)
		workers->list[i].is_alive = start(workers, i, jobs, inputs, 0);
	for (size_t i = 0; i < inputs->count; i++) {
		struct worker *worker = &workers->list[workers->owner[i]];

		if (worker->is_alive && receive(worker, jobs, &inputs->list[i]))
			continue;
		lose(jobs, &inputs->list[i]);
		/* The files behind it are not to suffer. */
		if (worker->is_alive) {
			stop(worker);
			worker->is_alive = start(workers, workers->owner[i], jobs, inputs, i + 1);
		}
	}
	for (size_t i = 0; i < workers->count; i++)
		stop(&workers->list[i]);
}

void jobs_run(const struct jobs *jobs, const struct inputs *inputs)
{
	struct workers workers = { 0 };

	plan(&workers, jobs, inputs);
	if (workers.count > 1 || jobs->apart)
		run_workers(&workers, jobs, inputs);
	else
		run_here(jobs, inputs);
	free(workers.list);
	free(workers.owner);
}
