/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipset, as far as rules depend on it: which sets there are, their types and families.
 * Elements are not kept.  Statuses and words: measured with ipset 7.17.
 */
#include <string.h>

#include "convert/inside.h"

#define MAX_SET_NAME 31

struct request {
	const char *words[8]; /* the command and what follows, without options */
	size_t n_words;
	const char *family; /* as written behind "family", or NULL */
	bool exist;	    /* -exist, -! */
	bool quiet;
	bool names;    /* -n */
	unsigned line; /* of "ipset restore"; 0: of its own */
};

enum set_command {
	SET_NONE,
	SET_CREATE,
	SET_DESTROY,
	SET_ADD,
	SET_DEL,
	SET_TEST,
	SET_LIST,
	SET_SAVE,
	SET_RESTORE,
	SET_FLUSH,
	SET_RENAME,
	SET_SWAP,
	SET_VERSION,
};

static const struct {
	const char *names[4];
	enum set_command command;
	size_t n_needed;
} commands[] = {
	{ { "create", "-N", "--create", "n" }, SET_CREATE, 2 },
	{ { "destroy", "-X", "--destroy", "x" }, SET_DESTROY, 0 },
	{ { "add", "-A", "--add", "a" }, SET_ADD, 2 },
	{ { "del", "-D", "--del", "d" }, SET_DEL, 2 },
	{ { "test", "-T", "--test", "t" }, SET_TEST, 2 },
	{ { "list", "-L", "--list", "l" }, SET_LIST, 0 },
	{ { "save", "-S", "--save", "s" }, SET_SAVE, 0 },
	{ { "restore", "-R", "--restore", "r" }, SET_RESTORE, 0 },
	{ { "flush", "-F", "--flush", "f" }, SET_FLUSH, 0 },
	{ { "rename", "-E", "--rename", "e" }, SET_RENAME, 2 },
	{ { "swap", "-W", "--swap", "w" }, SET_SWAP, 2 },
	{ { "version", "-V", "-v", "--version" }, SET_VERSION, 0 },
};

/* ---- the sets ---- */

const struct set *set_find(const struct set *sets, const char *name)
{
	for (const struct set *set = sets; set; set = set->before)
		if (strcmp(set->name, name) == 0)
			return set->gone ? NULL : set;
	return NULL;
}

static const struct set *find_set(const struct session *session, const char *name)
{
	return set_find(session->now.sets, name);
}

static void put_set(struct session *session, const char *name, const struct set *like, bool gone)
{
	struct set *set = arena_new_object(session->arena, struct set);

	set->before = session->now.sets;
	set->name = arena_strdup(session->arena, name);
	set->gone = gone;
	if (like) {
		set->type = like->type;
		set->family = like->family;
	}
	session->now.sets = set;
	session->has_effect = true;
	/* What is kept of lines that were read may name another set now. */
	if (like || gone)
		bind_begin(session->binder, session->arena);
}

/* Each set that is there, once: the newest word about its name. */
static bool is_current(const struct session *session, const struct set *set)
{
	return !set->gone && find_set(session, set->name) == set;
}

static bool text_names(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
		if (at > text && at[-1] == ' ' && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static bool rule_names(const struct rule *rule, const char *name)
{
	for (const struct match *match = rule->matches; match; match = match->next)
		if (strcmp(match->name, "set") == 0 && text_names(match->text, name))
			return true;
	return rule->target_kind == TARGET_EXTENSION &&
	       strcmp(rule->to.extension->name, "SET") == 0 &&
	       text_names(rule->to.extension->text, name);
}

static bool is_in_use(const struct session *session, const char *name)
{
	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		const struct table *table = &session->live.ruleset->tables[id];

		for (uint32_t i = 0; i < table->n_chains; i++)
			for_each_entry (entry, table->chains[i])
				if (!entry->rule->unbound && rule_names(entry->rule, name))
					return true;
	}
	return false;
}

/* ---- the commands ---- */

static int fail(struct session *session, const struct request *request, const char *text)
{
	if (request->quiet)
		return 1;
	if (request->line)
		buf_printf(session->errors, "ipset v7.17: Error in line %u: %s\n", request->line,
			   text);
	else
		buf_printf(session->errors, "ipset v7.17: %s\n", text);
	return 1;
}

static int fail_missing(struct session *session, const struct request *request)
{
	return fail(session, request, "The set with the given name does not exist");
}

/* The names of old releases. */
static const char *type_name(const char *type)
{
	static const char *const old[][2] = {
		{ "iphash", "hash:ip" },
		{ "nethash", "hash:net" },
		{ "ipmap", "bitmap:ip" },
		{ "macipmap", "bitmap:ip,mac" },
		{ "portmap", "bitmap:port" },
		{ "ipporthash", "hash:ip,port" },
		{ "ipportiphash", "hash:ip,port,ip" },
		{ "ipportnethash", "hash:ip,port,net" },
		{ "setlist", "list:set" },
	};

	for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++)
		if (strcmp(old[i][0], type) == 0)
			return old[i][1];
	return type;
}

static bool is_type(const char *type)
{
	return strncmp(type, "hash:", 5) == 0 || strncmp(type, "bitmap:", 7) == 0 ||
	       strcmp(type, "list:set") == 0;
}

static enum family type_family(const char *type, const char *family)
{
	if (strcmp(type, "list:set") == 0 || strcmp(type, "bitmap:port") == 0 ||
	    strcmp(type, "hash:mac") == 0)
		return FAMILY_UNSPEC;
	if (family && (strcmp(family, "inet6") == 0 || strcmp(family, "-6") == 0))
		return FAMILY_IPV6;
	return FAMILY_IPV4;
}

static int create(struct session *session, const struct request *request)
{
	const char *name = request->words[1];
	const char *type = type_name(request->words[2]);
	const struct set *old = find_set(session, name);
	struct set like = { .type = arena_strdup(session->arena, type),
			    .family = type_family(type, request->family) };

	if (!is_type(type))
		return fail(session, request,
			    arena_printf(session->arena, "Syntax error: typename '%s' is unknown",
					 request->words[2]));
	if (strlen(name) > MAX_SET_NAME)
		return fail(session, request,
			    arena_printf(session->arena,
					 "Syntax error: setname '%s' is longer than %d characters",
					 name, MAX_SET_NAME));
	if (!old) {
		put_set(session, name, &like, false);
		return 0;
	}
	if (request->exist &&
	    (!old->type || (strcmp(old->type, type) == 0 && old->family == like.family)))
		return 0;
	return fail(session, request,
		    "Set cannot be created: set with the same name already exists");
}

static int destroy(struct session *session, const struct request *request)
{
	static const char in_use[] = "Set cannot be destroyed: it is in use by a kernel component";

	if (request->n_words > 1) {
		if (!find_set(session, request->words[1]))
			return fail_missing(session, request);
		if (is_in_use(session, request->words[1]))
			return fail(session, request, in_use);
		put_set(session, request->words[1], NULL, true);
		return 0;
	}
	for (const struct set *set = session->now.sets; set; set = set->before)
		if (is_current(session, set) && is_in_use(session, set->name))
			return fail(session, request, in_use);
	for (const struct set *set = session->now.sets; set; set = set->before)
		if (is_current(session, set))
			put_set(session, set->name, NULL, true);
	return 0;
}

static int rename_set(struct session *session, const struct request *request)
{
	const struct set *set = find_set(session, request->words[1]);

	if (!set)
		return fail_missing(session, request);
	if (find_set(session, request->words[2]))
		return fail(session, request,
			    "Set cannot be renamed: a set with the new name already exists");
	if (is_in_use(session, request->words[1]))
		return fail(session, request,
			    "Set cannot be renamed: it is in use by another system");
	put_set(session, request->words[1], NULL, true);
	put_set(session, request->words[2], set, false);
	return 0;
}

static int swap(struct session *session, const struct request *request)
{
	const struct set *a = find_set(session, request->words[1]);
	const struct set *b = find_set(session, request->words[2]);

	if (!a)
		return fail_missing(session, request);
	if (!b)
		return fail(session, request,
			    "Sets cannot be swapped: the second set does not exist");
	if (a->type && b->type && (strcmp(a->type, b->type) != 0 || a->family != b->family))
		return fail(session, request,
			    "The sets cannot be swapped: their type does not match");
	return 0; /* but for their elements they are the same */
}

static void print_set(struct session *session, const struct set *set, const struct request *request)
{
	if (request->names)
		buf_printf(session->out, "%s\n", set->name);
	else
		buf_printf(session->out, "Name: %s\nType: %s\nMembers:\n", set->name,
			   set->type ? set->type : "hash:ip");
}

static int list(struct session *session, const struct request *request)
{
	const struct set *only = request->n_words > 1 ? find_set(session, request->words[1]) : NULL;

	if (request->n_words > 1 && !only)
		return fail_missing(session, request);
	for (const struct set *set = session->now.sets; set; set = set->before)
		if (only ? set == only : is_current(session, set))
			print_set(session, set, request);
	return 0;
}

static int need_set(struct session *session, const struct request *request)
{
	if (request->n_words > 1 && !find_set(session, request->words[1]))
		return fail_missing(session, request);
	return 0;
}

static int run_request(struct session *session, const struct request *request);

/* ---- words ---- */

static void add_word(struct request *request, const char *word)
{
	if (request->n_words < sizeof(request->words) / sizeof(*request->words))
		request->words[request->n_words++] = word;
}

/* True if the word at *AT is an option of ipset itself, which it skips. */
static bool read_option(struct request *request, const char *const *words, size_t n, size_t *at)
{
	const char *word = words[*at];

	if (strcmp(word, "-exist") == 0 || strcmp(word, "-!") == 0 || strcmp(word, "--exist") == 0)
		request->exist = true;
	else if (strcmp(word, "-q") == 0 || strcmp(word, "-quiet") == 0)
		request->quiet = true;
	else if (strcmp(word, "-n") == 0 || strcmp(word, "-name") == 0)
		request->names = true;
	else if (strcmp(word, "-o") == 0 || strcmp(word, "-f") == 0 || strcmp(word, "-file") == 0)
		*at += 1;
	else if (strcmp(word, "family") == 0 || strcmp(word, "--family") == 0)
		request->family = *at + 1 < n ? words[++*at] : NULL;
	else if (strcmp(word, "-s") != 0 && strcmp(word, "-t") != 0 && strcmp(word, "-r") != 0)
		return false;
	return true;
}

static struct request read_request(const char *const *words, size_t n)
{
	struct request request = { .n_words = 0 };

	for (size_t at = 0; at < n; at++)
		if (!read_option(&request, words, n, &at))
			add_word(&request, words[at]);
	return request;
}

/* ---- restore ---- */

static size_t split_line(struct arena *arena, const char *line, size_t len, const char **words,
			 size_t max)
{
	size_t n = 0, at = 0;

	while (at < len && n < max) {
		size_t start;

		while (at < len && strchr(" \t\r", line[at]))
			at++;
		start = at;
		while (at < len && !strchr(" \t\r", line[at]))
			at++;
		if (at > start)
			words[n++] = arena_strndup(arena, line + start, at - start);
	}
	return n;
}

static int restore(struct session *session, const struct request *request)
{
	const char *input = session->call->input;
	size_t left = session->call->input_len;
	unsigned number = 0;

	while (input && left) {
		const char *end = memchr(input, '\n', left);
		size_t len = end ? (size_t)(end - input) : left;
		const char *words[16];
		size_t n = split_line(session->arena, input, len, words, 16);
		struct request line = read_request(words, n);
		int status;

		line.line = ++number;
		line.exist |= request->exist;
		line.quiet |= request->quiet;
		if (n && words[0][0] != '#' && strcmp(words[0], "COMMIT") != 0) {
			status = run_request(session, &line);
			if (status)
				return status;
		}
		len += end != NULL;
		input += len;
		left -= len;
	}
	return 0;
}

/* ---- one call ---- */

static int fail_usage(struct session *session, const char *text, const char *word)
{
	buf_printf(session->errors, "ipset v7.17: %s%s\nTry `ipset help' for more information.\n",
		   text, word);
	return 2;
}

static int run_request(struct session *session, const struct request *request)
{
	enum set_command command = SET_NONE;
	size_t needed = 0;

	if (!request->n_words)
		return fail_usage(session, "No command specified.", "");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		for (size_t j = 0; j < 4; j++)
			if (strcmp(commands[i].names[j], request->words[0]) == 0) {
				command = commands[i].command;
				needed = commands[i].n_needed;
			}
	if (command == SET_NONE)
		return fail_usage(session, "No command specified: unknown argument ",
				  request->words[0]);
	if (request->n_words - 1 < needed)
		return fail_usage(session, "Missing mandatory argument to command ",
				  request->words[0]);
	switch (command) {
	case SET_CREATE:
		return create(session, request);
	case SET_DESTROY:
		return destroy(session, request);
	case SET_RENAME:
		return rename_set(session, request);
	case SET_SWAP:
		return swap(session, request);
	case SET_LIST:
		return list(session, request);
	case SET_RESTORE:
		return restore(session, request);
	case SET_TEST: /* no element is known */
		need_set(session, request);
		return 1;
	case SET_VERSION:
		buf_add_string(session->out, "ipset v7.17, protocol version: 7\n");
		return 0;
	case SET_ADD:
	case SET_DEL:
	case SET_SAVE:
	case SET_FLUSH:
	case SET_NONE:
		break;
	}
	return need_set(session, request);
}

int session_ipset_call(struct session *session)
{
	const struct journal_call *call = session->call;
	struct request request =
		read_request(call->words + 1, call->n_words ? call->n_words - 1 : 0);

	return run_request(session, &request);
}
