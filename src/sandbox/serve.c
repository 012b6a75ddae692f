/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many connections at a time, one question on each.  A question is handled when all of
 * it is there.
 */
#include "sandbox/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/word.h"
#include "sandbox/names.h"
#include "sandbox/wire.h"

#define MAX_ANSWER_FILE ((size_t)16 << 20)
#define MAX_PIDS	24
#define MAX_WHAT	64

/* ---- the answers of the options ---- */

static bool read_answer(struct serve_answer *answer, struct arena *arena, const char *file)
{
	struct buf bytes = BUF_INIT;
	char some[16384];
	ssize_t n = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (bytes.len < MAX_ANSWER_FILE && (n = read(fd, some, sizeof(some))) > 0)
		buf_add(&bytes, some, (size_t)n);
	close(fd);
	if (n < 0) {
		buf_free(&bytes);
		return false;
	}
	answer->text = arena_strndup(arena, buf_string(&bytes), bytes.len);
	answer->len = bytes.len;
	buf_free(&bytes);
	return true;
}

bool serve_init(struct serve *serve, struct arena *arena, const struct sandbox_options *options,
		const struct sandbox_handler *handler, const char **file_error)
{
	memset(serve, 0, sizeof(*serve));
	serve->handler = handler;
	serve->listener = -1;
	serve->answers = arena_alloc(arena, (options->n_answers + 1) * sizeof(*serve->answers));
	for (size_t i = 0; i < options->n_answers; i++) {
		serve->answers[i].program = options->answers[i].program;
		if (!read_answer(&serve->answers[i], arena, options->answers[i].file)) {
			*file_error = options->answers[i].file;
			return false;
		}
		serve->n_answers++;
	}
	return true;
}

/* Programs whose first word is the name of what they do, and no argument. */
static bool has_commands(const char *name)
{
	static const char *const names[] = {
		"bridge",    "docker",	    "fail2ban-client",
		"getent",    "hostnamectl", "ip",
		"lxc",	     "networkctl",  "nft",
		"nmcli",     "podman",	    "resolvectl",
		"systemctl", "tc",	    "ubus",
		"uci",	     "virsh",	    "wg",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* "ip addr", "hostname". */
static void make_what(char *what, const struct sandbox_call *call)
{
	const char *first = NULL;

	for (size_t i = 1; i < call->n_words && !first && has_commands(call->name); i++)
		if (call->words[i][0] != '-')
			first = call->words[i];
	snprintf(what, MAX_WHAT, "%.40s%s%.16s", call->name, first ? " " : "", first ? first : "");
}

static const struct serve_answer *find_answer(const struct serve *serve, const char *what,
					      const char *name)
{
	const struct serve_answer *found = NULL;

	for (size_t i = 0; i < serve->n_answers; i++) {
		if (strcmp(serve->answers[i].program, what) == 0)
			return &serve->answers[i];
		if (strcmp(serve->answers[i].program, name) == 0)
			found = &serve->answers[i];
	}
	return found;
}

/* True: nobody knows, and somebody reads; WHAT is the name for that. */
static bool answer_otherwise(const struct serve *serve, const struct sandbox_call *call,
			     struct sandbox_answer *answer, char *what)
{
	const struct serve_answer *found;

	make_what(what, call);
	found = find_answer(serve, what, call->name);
	answer->status = 0;
	if (found)
		buf_add(&answer->out, found->text, found->len);
	return !found && call->output_is_read &&
	       !sandbox_call_is_quiet(call->name, call->words, call->n_words);
}

static void answer_call(struct serve *serve, const struct sandbox_call *call,
			struct sandbox_answer *answer)
{
	char what[MAX_WHAT];
	bool is_missed = false;

	if (serve->record->is_second) {
		record_answer(serve->record, call, answer);
		return;
	}
	serve->handler->call(serve->handler->context, call, answer);
	if (!answer->is_known)
		is_missed = answer_otherwise(serve, call, answer, what);
	record_add(serve->record, call, answer, is_missed ? what : NULL);
}

/* ---- a question ---- */

struct question {
	struct sandbox_call call;
	long pids[MAX_PIDS];
	size_t n_pids;
	const char **words;
};

static void read_pids(struct question *question, const char *text)
{
	char *end;

	while (question->n_pids < MAX_PIDS) {
		long pid = strtol(text, &end, 10);

		if (end == text || pid <= 0)
			return;
		question->pids[question->n_pids++] = pid;
		text = end;
	}
}

static bool is_output_read(const struct serve *serve, const char *text)
{
	uintmax_t device;
	uintmax_t inode;
	int can_be_read;

	if (sscanf(text, "%ju %ju %d", &device, &inode, &can_be_read) != 3 || !can_be_read)
		return false;
	for (int i = 0; i < 2; i++)
		if (serve->own[i].st_dev == device && serve->own[i].st_ino == inode)
			return false;
	return true;
}

static bool read_words(struct question *question, struct wire_reader *reader)
{
	struct sandbox_call *call = &question->call;
	size_t capacity = 0;
	const char *word;
	size_t len;

	while ((word = wire_next(reader, &len))) {
		if (call->n_words + 1 >= capacity) {
			capacity = capacity ? 2 * capacity : 64;
			question->words =
				alloc_resize(question->words, capacity * sizeof(*question->words));
		}
		question->words[call->n_words++] = word;
		question->words[call->n_words] = NULL;
	}
	call->words = question->words;
	if (reader->bad || call->n_words == 0)
		return false;
	call->name = base_name(call->words[0]);
	return true;
}

/* False: nothing that a recorder says. */
static bool read_question(struct question *question, const struct serve *serve,
			  const struct buf *message)
{
	struct sandbox_call *call = &question->call;
	struct wire_reader reader;
	const char *pids, *output, *input;
	size_t len;
	int has_input;

	wire_reader_init(&reader, message->data, message->len);
	pids = wire_next(&reader, &len);
	call->cwd = wire_next(&reader, &len);
	output = wire_next(&reader, &len);
	input = wire_next(&reader, &len);
	call->input = wire_next(&reader, &call->input_len);
	if (!call->input || sscanf(input, "%d %d", &has_input, &call->input_errno) != 2)
		return false;
	if (!has_input)
		call->input = NULL;
	read_pids(question, pids);
	call->output_is_read = is_output_read(serve, output);
	return read_words(question, &reader);
}

static void make_answer(struct connection *connection, const struct sandbox_answer *answer)
{
	char status[16];

	snprintf(status, sizeof(status), "%d", answer->status & 0xff);
	wire_start(&connection->out);
	wire_string(&connection->out, status, strlen(status));
	wire_string(&connection->out, answer->out.data, answer->out.len);
	wire_string(&connection->out, answer->err.data, answer->err.len);
	wire_end(&connection->out);
	connection->is_answered = true;
}

/* False: the connection is to be closed. */
static bool answer_question(struct serve *serve, struct connection *connection)
{
	struct question question = { 0 };
	struct sandbox_answer answer = { 0 };
	bool is_good = read_question(&question, serve, &connection->in);

	if (is_good && question.call.input_len > INSIDE_MAX_READ) {
		serve->has_too_much_input = true;
		is_good = false;
	}
	if (is_good) {
		if (serve->trace)
			question.call.place =
				trace_place(serve->trace, question.pids, question.n_pids);
		answer_call(serve, &question.call, &answer);
		make_answer(connection, &answer);
	}
	free(question.words);
	buf_free(&answer.out);
	buf_free(&answer.err);
	buf_free(&connection->in);
	return is_good;
}

/* ---- connections ---- */

static void drop(struct connection *connection)
{
	close(connection->fd);
	connection->fd = -1;
	buf_free(&connection->in);
	buf_free(&connection->out);
}

static size_t held_bytes(const struct serve *serve)
{
	size_t sum = 0;

	for (size_t i = 0; i < serve->n_connections; i++)
		sum += serve->connections[i].in.len;
	return sum;
}

/* False: nothing more comes, or it makes no sense. */
static bool receive(struct serve *serve, struct connection *connection)
{
	char some[65536];
	ssize_t n = recv(connection->fd, some, sizeof(some), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	/* A recorder says one thing, and then waits. */
	if (n == 0 || connection->is_answered)
		return false;
	buf_add(&connection->in, some, (size_t)n);
	if (held_bytes(serve) > WIRE_MAX)
		serve->has_too_much_input = true;
	return wire_length(connection->in.data, connection->in.len) <= WIRE_MAX;
}

/* False: all is sent, or nobody listens. */
static bool transmit(struct connection *connection)
{
	ssize_t n = send(connection->fd, connection->out.data + connection->sent,
			 connection->out.len - connection->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	connection->sent += (size_t)n;
	return connection->sent < connection->out.len;
}

static bool is_whole(const struct connection *connection)
{
	size_t wanted = wire_length(connection->in.data, connection->in.len);

	return wanted && connection->in.len >= wanted;
}

static void step_connection(struct serve *serve, struct connection *connection, short events,
			    void (*read_trace)(void *context), void *context)
{
	bool goes_on = true;

	if (!connection->is_answered && (events & (POLLIN | POLLHUP | POLLERR)))
		goes_on = receive(serve, connection);
	if (goes_on && !connection->is_answered && is_whole(connection)) {
		read_trace(context);
		goes_on = connection->in.len ==
				  wire_length(connection->in.data, connection->in.len) &&
			  answer_question(serve, connection);
		events |= POLLOUT;
	}
	if (goes_on && connection->is_answered && (events & (POLLOUT | POLLHUP | POLLERR)))
		goes_on = transmit(connection);
	if (!goes_on)
		drop(connection);
}

static void accept_some(struct serve *serve)
{
	while (serve->n_connections < SERVE_MAX_CONNECTIONS) {
		int fd = accept4(serve->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		serve->connections[serve->n_connections++] = (struct connection){ .fd = fd };
	}
}

size_t serve_poll(const struct serve *serve, struct pollfd *fds)
{
	size_t n = 0;

	for (size_t i = 0; i < serve->n_connections; i++)
		fds[n++] = (struct pollfd){
			serve->connections[i].fd,
			serve->connections[i].is_answered ? POLLOUT : POLLIN,
			0,
		};
	/* poll() passes over negative numbers. */
	fds[n++] = (struct pollfd){
		serve->n_connections < SERVE_MAX_CONNECTIONS ? serve->listener : -1,
		POLLIN,
		0,
	};
	return n;
}

void serve_step(struct serve *serve, const struct pollfd *fds, size_t n_fds,
		void (*read_trace)(void *context), void *context)
{
	size_t kept = 0;
	size_t polled = n_fds - 1;

	for (size_t i = 0; i < polled && !serve->has_too_much_input; i++)
		if (fds[i].revents)
			step_connection(serve, &serve->connections[i], fds[i].revents, read_trace,
					context);
	for (size_t i = 0; i < serve->n_connections; i++)
		if (serve->connections[i].fd >= 0)
			serve->connections[kept++] = serve->connections[i];
	serve->n_connections = kept;
	if (fds[polled].revents & POLLIN)
		accept_some(serve);
}

void serve_free(struct serve *serve)
{
	for (size_t i = 0; i < serve->n_connections; i++)
		drop(&serve->connections[i]);
	serve->n_connections = 0;
	if (serve->listener >= 0)
		close(serve->listener);
}
