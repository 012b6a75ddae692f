/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and answers go through a socket pair, as the bytes of their structures with
 * what these point to behind: both ends are one program.
 */
#include "cmd/peers.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cmd/cmd.h"

#define CHANNEL_SIZE 65536
#define BROKEN	     255 /* status of a call that nobody answered */

enum request_kind {
	REQUEST_CALL,
	REQUEST_SAVE,
	REQUEST_RESTORE,
	REQUEST_EQUAL,
	REQUEST_FORGET,
};

struct request {
	uint32_t kind;
	uint32_t state;
	uint64_t len; /* of what follows: a call */
};

struct answer {
	int32_t status;
	uint32_t state;
	uint32_t yes; /* it has an effect; it is equal */
	uint64_t out_len, errors_len;
};

struct peer {
	enum family family;
	pid_t pid; /* 0: not started */
	struct channel *channel;
	bool broken;
};

/* A call that a process started later has to make up for. */
struct made {
	struct buf call;
};

struct peers {
	struct filters filters;
	const struct peers_options *options;
	struct peer list[2];
	struct made *sets; /* calls of ipset, which both families see */
	size_t n_sets;
	bool is_settled;
	cpu_set_t before; /* the processors of this process before it was settled */
};

/* ---- bytes ---- */

/* One end of the pair.  A message is sent in one piece and mostly comes in one: what takes
 * time is the change from one process to the other. */
struct channel {
	int fd;
	size_t start, end; /* of what has come and was not asked for yet */
	char bytes[CHANNEL_SIZE];
};

static struct channel *channel_new(int fd)
{
	struct channel *channel = alloc_zeroed(sizeof(*channel));

	channel->fd = fd;
	return channel;
}

static void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	close(channel->fd);
	free(channel);
}

static bool send_all(struct channel *channel, const struct buf *message)
{
	const char *at = message->data;
	size_t len = message->len;

	while (len) {
		ssize_t n = send(channel->fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool fill(struct channel *channel)
{
	ssize_t n;

	do {
		n = recv(channel->fd, channel->bytes, sizeof(channel->bytes), 0);
	} while (n < 0 && errno == EINTR);
	channel->start = 0;
	channel->end = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool receive_all(struct channel *channel, void *bytes, size_t len)
{
	char *to = bytes;

	while (len) {
		size_t some = channel->end - channel->start;

		if (!some && !fill(channel))
			return false;
		some = channel->end - channel->start;
		if (some > len)
			some = len;
		memcpy(to, channel->bytes + channel->start, some);
		channel->start += some;
		to += some;
		len -= some;
	}
	return true;
}

static void pack_text(struct buf *to, const char *text)
{
	buf_add(to, text, text ? strlen(text) + 1 : 0);
}

/* The structure, its spans, its words, its input, and the name of the other file. */
static void pack(struct buf *to, const struct journal_call *call)
{
	buf_add(to, call, sizeof(*call));
	buf_add(to, call->spans, call->n_words * sizeof(*call->spans));
	for (size_t i = 0; i < call->n_words; i++)
		pack_text(to, call->words[i]);
	buf_add(to, call->input, call->input ? call->input_len : 0);
	pack_text(to, call->other_file);
}

/* BYTES have to stay. */
static void unpack(struct arena *arena, const char *bytes, struct journal_call *call)
{
	const char **words;

	memcpy(call, bytes, sizeof(*call));
	bytes += sizeof(*call);
	call->spans = arena_memdup(arena, bytes, call->n_words * sizeof(*call->spans));
	bytes += call->n_words * sizeof(*call->spans);
	words = arena_alloc(arena, (call->n_words + 1) * sizeof(*words));
	for (size_t i = 0; i < call->n_words; i++) {
		words[i] = bytes;
		bytes += strlen(bytes) + 1;
	}
	call->words = words;
	if (call->input) {
		call->input = bytes;
		bytes += call->input_len;
	}
	if (call->other_file)
		call->other_file = bytes;
}

/* ---- in the process of a family ---- */

static bool answer_call(struct channel *channel, struct session *session, struct arena *arena,
			const char *bytes)
{
	struct buf out = BUF_INIT, errors = BUF_INIT, message = BUF_INIT;
	struct journal_call call;
	struct answer answer = { 0 };
	bool sent;

	unpack(arena, bytes, &call);
	answer.status = session_call(session, &call, &out, &errors);
	answer.yes = session_has_effect(session);
	answer.out_len = out.len;
	answer.errors_len = errors.len;
	buf_add(&message, &answer, sizeof(answer));
	buf_add(&message, out.data, out.len);
	buf_add(&message, errors.data, errors.len);
	sent = send_all(channel, &message);
	buf_free(&message);
	buf_free(&out);
	buf_free(&errors);
	return sent;
}

static bool answer_state(struct channel *channel, struct session *session,
			 const struct request *request)
{
	struct buf message = BUF_INIT;
	struct answer answer = { 0 };
	bool sent;

	switch ((enum request_kind)request->kind) {
	case REQUEST_SAVE:
		answer.state = session_save(session);
		break;
	case REQUEST_RESTORE:
		session_restore(session, request->state);
		break;
	case REQUEST_EQUAL:
		answer.yes = session_equal(session, request->state);
		break;
	case REQUEST_FORGET:
		session_forget(session, request->state);
		break;
	case REQUEST_CALL:
		break;
	}
	buf_add(&message, &answer, sizeof(answer));
	sent = send_all(channel, &message);
	buf_free(&message);
	return sent;
}

static _Noreturn void serve(const struct peers_options *options, enum family family, int fd)
{
	struct arena *arena = arena_new();
	struct channel *channel = channel_new(fd);
	struct session_options how = options->session;
	struct session *session;
	struct request request;

	how.from = options->from[family == FAMILY_IPV6];
	session = session_new(arena, options->script, binder_get(family), &how);
	while (receive_all(channel, &request, sizeof(request))) {
		char *bytes = arena_alloc(arena, request.len);

		if (!receive_all(channel, bytes, request.len))
			break;
		if (request.kind == REQUEST_CALL ? !answer_call(channel, session, arena, bytes)
						 : !answer_state(channel, session, &request))
			break;
	}
	_exit(EXIT_CLEAN);
}

/* ---- in this process ---- */

static void give_up(struct peer *peer)
{
	if (!peer->broken)
		cmd_error("internal error: the process for IPv%d ended", (int)peer->family);
	peer->broken = true;
}

/* Sends a request and receives what comes back; false if there is nobody. */
static bool ask(struct peer *peer, const struct request *request, const char *bytes,
		struct answer *answer)
{
	struct buf message = BUF_INIT;
	bool done;

	memset(answer, 0, sizeof(*answer));
	if (peer->broken)
		return false;
	buf_add(&message, request, sizeof(*request));
	buf_add(&message, bytes, request->len);
	done = send_all(peer->channel, &message) &&
	       receive_all(peer->channel, answer, sizeof(*answer));
	buf_free(&message);
	if (!done)
		give_up(peer);
	return done;
}

static bool take_text(struct peer *peer, struct buf *to, size_t len)
{
	char bytes[4096];

	while (len) {
		size_t some = len < sizeof(bytes) ? len : sizeof(bytes);

		if (!receive_all(peer->channel, bytes, some)) {
			give_up(peer);
			return false;
		}
		if (to)
			buf_add(to, bytes, some);
		len -= some;
	}
	return true;
}

static int ask_call(struct peer *peer, const struct buf *call, struct buf *out, struct buf *errors,
		    bool *has_effect)
{
	struct request request = { .kind = REQUEST_CALL, .len = call->len };
	struct answer answer;

	if (!ask(peer, &request, call->data, &answer) || !take_text(peer, out, answer.out_len) ||
	    !take_text(peer, errors, answer.errors_len))
		return BROKEN;
	*has_effect |= answer.yes;
	return answer.status;
}

/*
 * The two ends never work at the same time.  On one processor the change between them is a
 * switch; between two it wakes a sleeping one for each call, which took twice as long as
 * the whole conversion.  If it cannot be had, nothing is lost but time.
 */
static void settle(struct peers *peers)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	if (peers->is_settled || cpu < 0 || cpu >= CPU_SETSIZE ||
	    sched_getaffinity(0, sizeof(peers->before), &peers->before) < 0)
		return;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	peers->is_settled = sched_setaffinity(0, sizeof(here), &here) == 0;
}

static void unsettle(struct peers *peers)
{
	if (peers->is_settled)
		sched_setaffinity(0, sizeof(peers->before), &peers->before);
}

static struct peer *start(struct peers *peers, enum family family)
{
	struct peer *peer = &peers->list[family == FAMILY_IPV6];
	int ends[2];

	if (peer->pid || peer->broken)
		return peer;
	peer->family = family;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		give_up(peer);
		return peer;
	}
	settle(peers);
	peer->pid = fork();
	if (peer->pid == 0) {
		close(ends[0]);
		for (int i = 0; i < 2; i++)
			channel_free(peers->list[i].channel);
		serve(peers->options, family, ends[1]);
	}
	close(ends[1]);
	peer->channel = channel_new(ends[0]);
	if (peer->pid < 0) {
		peer->pid = 0;
		give_up(peer);
	}
	for (size_t i = 0; i < peers->n_sets; i++) {
		bool ignored;

		ask_call(peer, &peers->sets[i].call, NULL, NULL, &ignored);
	}
	return peer;
}

static void remember_set(struct peers *peers, struct buf *call)
{
	peers->sets = alloc_resize(peers->sets, (peers->n_sets + 1) * sizeof(*peers->sets));
	peers->sets[peers->n_sets++].call = *call;
	*call = (struct buf)BUF_INIT;
}

static int call_peers(void *context, const struct journal_call *call, struct buf *out,
		      struct buf *errors, bool *has_effect)
{
	struct peers *peers = context;
	struct buf bytes = BUF_INIT;
	int status;

	*has_effect = false;
	pack(&bytes, call);
	if (call->program == FILTER_IPSET) {
		struct peer *other = &peers->list[1];

		status = ask_call(start(peers, FAMILY_IPV4), &bytes, out, errors, has_effect);
		if (other->pid)
			ask_call(other, &bytes, NULL, NULL, has_effect);
		else
			remember_set(peers, &bytes);
	} else {
		status = ask_call(start(peers, call->family), &bytes, out, errors, has_effect);
	}
	buf_free(&bytes);
	return status;
}

/* The same for both families, whose states have the same names. */
static struct answer ask_both(void *context, enum request_kind kind, unsigned state)
{
	const struct request request = { .kind = kind, .state = state };
	struct peers *peers = context;
	struct answer both = { .yes = 1 };

	for (int i = 0; i < 2; i++) {
		struct answer answer;

		ask(start(peers, i ? FAMILY_IPV6 : FAMILY_IPV4), &request, NULL, &answer);
		both.state = answer.state;
		both.yes &= answer.yes;
	}
	return both;
}

static unsigned save(void *context)
{
	return ask_both(context, REQUEST_SAVE, 0).state;
}

static void restore(void *context, unsigned state)
{
	ask_both(context, REQUEST_RESTORE, state);
}

static bool equal(void *context, unsigned state)
{
	return ask_both(context, REQUEST_EQUAL, state).yes;
}

static void forget(void *context, unsigned state)
{
	ask_both(context, REQUEST_FORGET, state);
}

struct peers *peers_new(const struct peers_options *options)
{
	struct peers *peers = alloc_zeroed(sizeof(*peers));

	peers->options = options;
	peers->filters = (struct filters){
		.context = peers,
		.call = call_peers,
		.save = save,
		.restore = restore,
		.equal = equal,
		.forget = forget,
	};
	return peers;
}

const struct filters *peers_filters(struct peers *peers)
{
	return &peers->filters;
}

bool peers_broken(const struct peers *peers)
{
	return peers->list[0].broken || peers->list[1].broken;
}

void peers_free(struct peers *peers)
{
	for (int i = 0; i < 2; i++) {
		struct peer *peer = &peers->list[i];

		channel_free(peer->channel);
		while (peer->pid > 0 && waitpid(peer->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	unsettle(peers);
	for (size_t i = 0; i < peers->n_sets; i++)
		buf_free(&peers->sets[i].call);
	free(peers->sets);
	free(peers);
}
