/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs in this process or in two workers.  A worker writes messages to its pipe: a
 * head, then as many bytes as it says.
 */
#include "cmd/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cmd/cmd.h"

#define BUFFER 65536

/* stream == STREAM_DONE: the result follows, and the input is done with STATUS. */
#define STREAM_DONE UINT32_MAX

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

/* ---- workers ---- */

struct worker {
	enum family family;
	pid_t pid;
	FILE *pipe;
	struct buf held[JOB_STREAMS]; /* a line whose end has not come yet */
};

static _Noreturn void work(const struct jobs *jobs, const struct inputs *inputs, size_t first,
			   enum family family, FILE *pipe)
{
	struct streams streams;
	char result[JOB_RESULT];

	streams_open(&streams, jobs, pipe);
	for (size_t i = first; i < inputs->count; i++) {
		struct head head = { STREAM_DONE, (uint32_t)jobs->result_size, 0 };

		if (inputs->list[i].family != family)
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

/* Starts a worker for the inputs from FIRST on. */
static bool start(struct worker *worker, const struct worker *other, const struct jobs *jobs,
		  const struct inputs *inputs, size_t first)
{
	int ends[2];

	worker->pid = 0;
	worker->pipe = NULL;
	if (pipe(ends) < 0)
		return false;
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
		/* Else the other one would not be told when this program ends. */
		if (other->pipe)
			close(fileno(other->pipe));
		if (!file)
			_exit(EXIT_TROUBLE);
		work(jobs, inputs, first, worker->family, file);
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

static void run_workers(const struct jobs *jobs, const struct inputs *inputs)
{
	struct worker workers[2] = { { .family = FAMILY_IPV4 }, { .family = FAMILY_IPV6 } };
	bool alive[2];

	for (int i = 0; i < 2; i++)
		alive[i] = start(&workers[i], &workers[!i], jobs, inputs, 0);
	for (size_t i = 0; i < inputs->count; i++) {
		int n = inputs->list[i].family == FAMILY_IPV6;

		if (alive[n] && receive(&workers[n], jobs, &inputs->list[i]))
			continue;
		lose(jobs, &inputs->list[i]);
		/* The files behind it are not to suffer. */
		if (alive[n]) {
			stop(&workers[n]);
			alive[n] = start(&workers[n], &workers[!n], jobs, inputs, i + 1);
		}
	}
	for (int i = 0; i < 2; i++)
		stop(&workers[i]);
}

void jobs_run(const struct jobs *jobs, const struct inputs *inputs)
{
	bool is_one_family = true;

	for (size_t i = 1; i < inputs->count; i++)
		is_one_family &= inputs->list[i].family == inputs->list[0].family;
	if (is_one_family && !jobs->apart)
		run_here(jobs, inputs);
	else
		run_workers(jobs, inputs);
}
