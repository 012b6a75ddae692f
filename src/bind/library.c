/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libxtables was made for a program that reads one command and ends: it calls
 * exit() on errors, keeps what it found in globals, and forgets nothing.  Here it
 * reads many: errors come back by longjmp, and library_end() puts everything
 * back that a rule has touched.  The option tables are built by libxtables (the
 * layout of its own tables differs between releases) and kept, one for each
 * sequence of extensions.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bind/library_inside.h"

#define OFFSET_STEP 256 /* distance of two extensions' options: XT_OPTION_OFFSET_SCALE */

/* libxtables keeps globals, and its error handler has no argument. */
static struct library *the_library;

static _Noreturn void give_up(int status)
{
	the_library->failure->status = status;
	longjmp(the_library->back, 1);
}

static _Noreturn void on_error(enum xtables_exittype status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static _Noreturn void on_error(enum xtables_exittype status, const char *format, ...)
{
	struct failure *failure = the_library->failure;
	va_list args;

	failure->format = format;
	va_start(args, format);
	vsnprintf(failure->message, sizeof(failure->message), format, args);
	va_end(args);
	give_up((int)status);
}

static void on_exit_called(int status)
{
	(void)status;
	the_library->failure->format = "";
	snprintf(the_library->failure->message, sizeof(the_library->failure->message),
		 "the extension ended without a reason");
	give_up(0);
}

/*
 * Some values make an extension divide by zero or fail an assertion; then
 * iptables-restore dies, and loads nothing.  Outside of calls the signal does what it
 * always did.
 */
static struct sigaction action_before[2]; /* of SIGFPE and SIGABRT */

static void on_signal(int number)
{
	if (the_library->is_calling) {
		the_library->failure->format = "";
		snprintf(the_library->failure->message, sizeof(the_library->failure->message),
			 "the extension crashes on this value, and iptables-restore with it");
		give_up(0);
	}
	sigaction(number, &action_before[number == SIGABRT], NULL);
	raise(number);
}

static void catch_signals(void)
{
	/* Not blocked while it is handled, since the handler does not return. */
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_NODEFER };

	sigemptyset(&action.sa_mask);
	sigaction(SIGFPE, &action, &action_before[0]);
	sigaction(SIGABRT, &action, &action_before[1]);
}

/* The kernel is not asked; the highest revision is what every kernel since 2.6.39 has. */
static int every_revision(const char *name, uint8_t revision, int option)
{
	(void)name;
	(void)revision;
	(void)option;
	return 1;
}

bool library_attempt(struct library *library, call_function *call, void *argument,
		     struct failure *failure)
{
	FILE *volatile saved_out = stdout;
	FILE *volatile saved_err = stderr;
	volatile bool done = false;

	failure->status = 0;
	failure->format = NULL;
	failure->message[0] = '\0';
	library->failure = failure;
	library->outside.unresolved_host[0] = '\0';
	library->outside.unknown_account[0] = '\0';
	stdout = library->out.file;
	stderr = library->err.file;
	interpose_begin(&library->outside);
	library->is_calling = 1;
	if (_setjmp(library->back) == 0) {
		call(library, argument);
		done = true;
	}
	library->is_calling = 0;
	interpose_end();
	stdout = saved_out;
	stderr = saved_err;
	if (!done) {
		memcpy(failure->unresolved_host, library->outside.unresolved_host,
		       sizeof(failure->unresolved_host));
		memcpy(failure->unknown_account, library->outside.unknown_account,
		       sizeof(failure->unknown_account));
		failure->unknown_is_group = library->outside.unknown_is_group;
	}
	return done;
}

/* ---- set-up ---- */

static void do_initialize(struct library *library, void *argument)
{
	(void)argument;
	xtables_init_all(&library->globals,
			 library->family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
}

struct library *library_get(enum family family, const struct option *core_options)
{
	struct failure failure;
	struct library *library = the_library;

	if (library)
		return library;
	library = alloc_zeroed(sizeof(*library));
	the_library = library;
	library->family = family;
	library->root.options = (struct option *)(uintptr_t)core_options;
	library->table = &library->root;
	library->globals.program_name = "iptables-restore";
	library->globals.program_version = "";
	library->globals.orig_opts = library->root.options;
	library->globals.exit_err = on_error;
	library->globals.compat_rev = every_revision;
	library->outside.nfproto = family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	library->outside.left = on_exit_called;
	capture_open(&library->out);
	capture_open(&library->err);
	catch_signals();
	library_attempt(library, do_initialize, NULL, &failure);
	return library;
}

void library_begin(struct library *library)
{
	memset(&library->entry, 0, sizeof(library->entry));
	library->table = &library->root;
	library->outside.names = 0;
	library->outside.port_cut = false;
	library->outside.odd_service[0] = '\0';
	library->matches = NULL;
	library->target = NULL;
	library->n_matches = 0;
	library->globals.opts = NULL;
	library->globals.option_offset = 0;
	capture_clear(&library->err);
}

void library_end(struct library *library)
{
	struct xtables_target *target = library->target;

	/* libxtables frees those of the first use of an extension only. */
	for (struct xtables_rule_match *list = library->matches; list; list = list->next) {
		if (!list->match->udata_size)
			continue;
		free(list->match->udata);
		list->match->udata = NULL;
	}
	xtables_rule_matches_free(&library->matches);
	if (target) {
		free(target->t);
		target->t = NULL;
		if (target->udata_size) {
			free(target->udata);
			target->udata = NULL;
		}
		if (target == target->next) /* a copy, made because the first one was in use */
			free(target);
	}
	library->matches = NULL;
	library->target = NULL;
	library->n_matches = 0;
}

void library_set_protocol(struct library *library, unsigned number, bool inverted)
{
	if (library->family == FAMILY_IPV6) {
		library->entry.v6.ipv6.proto = (uint16_t)number;
		library->entry.v6.ipv6.flags |= IP6T_F_PROTO;
		if (inverted)
			library->entry.v6.ipv6.invflags |= XT_INV_PROTO;
	} else {
		library->entry.v4.ip.proto = (uint16_t)number;
		if (inverted)
			library->entry.v4.ip.invflags |= XT_INV_PROTO;
	}
}

const void *library_entry(const struct library *library)
{
	if (library->family == FAMILY_IPV6)
		return &library->entry.v6.ipv6;
	return &library->entry.v4.ip;
}

/* ---- option tables ---- */

static size_t table_length(const struct option *options)
{
	size_t n = 0;

	while (options[n].name)
		n++;
	return n;
}

/* A copy of the current table in globals.opts, where libxtables frees it. */
static struct option *lend_options(struct library *library)
{
	size_t size = (table_length(library->table->options) + 1) * sizeof(struct option);
	struct option *copy = alloc_zeroed(size);

	memcpy(copy, library->table->options, size);
	library->globals.opts = copy;
	return copy;
}

static struct table *find_child(const struct table *table, const void *extension)
{
	struct table *child = table->children;

	while (child && child->extension != extension)
		child = child->sibling;
	return child;
}

/* Goes on to the table with one more extension; sets *OFFSET as that has it. */
static void merge_options(struct library *library, const void *extension, unsigned *offset,
			  const struct xt_option_entry *entries, const struct option *classic)
{
	struct table *child = find_child(library->table, extension);
	struct option *old;

	if (!entries && !classic)
		return;
	if (child) {
		library->globals.option_offset = child->offset;
		library->table = child;
		*offset = child->offset;
		return;
	}
	child = alloc_zeroed(sizeof(*child));
	old = lend_options(library);
	if (entries)
		child->options =
			xtables_options_xfrm(library->globals.orig_opts, old, entries, offset);
	else
		child->options =
			xtables_merge_options(library->globals.orig_opts, old, classic, offset);
	if (library->globals.opts == old) {
		free(old);
		library->globals.opts = NULL;
	}
	if (!child->options)
		die_out_of_memory();
	child->extension = extension;
	child->offset = *offset;
	child->sibling = library->table->children;
	library->table->children = child;
	library->table = child;
}

const struct option *library_options(const struct library *library)
{
	return library->table->options;
}

/* ---- adding extensions ---- */

/* Names go into file names: nothing that could leave the directory. */
static bool is_loadable_name(const char *name)
{
	return *name && strlen(name) < XT_EXTENSION_MAXNAMELEN && !strpbrk(name, "/ \t\n");
}

struct add_call {
	const char *name;
	bool found;
};

static void *new_entry(size_t header, size_t payload)
{
	return alloc_zeroed(XT_ALIGN(header) + payload);
}

static void do_add_match(struct library *library, void *argument)
{
	struct add_call *add = argument;
	struct xtables_match *match =
		xtables_find_match(add->name, XTF_TRY_LOAD, &library->matches);

	if (!match)
		return;
	add->found = true;
	library->n_matches++;
	match->mflags = 0;
	match->m = new_entry(sizeof(struct xt_entry_match), match->size);
	match->m->u.match_size = (uint16_t)(XT_ALIGN(sizeof(struct xt_entry_match)) + match->size);
	snprintf(match->m->u.user.name, sizeof(match->m->u.user.name), "%s",
		 match->real_name ? match->real_name : match->name);
	match->m->u.user.revision = match->revision;
	if (match->udata_size) {
		free(match->udata);
		match->udata = alloc_zeroed(match->udata_size);
	}
	if (match->init)
		match->init(match->m);
	if (match == match->next) /* a copy: its options are in the table already */
		return;
	merge_options(library, match, &match->option_offset, match->x6_options, match->extra_opts);
}

static void do_add_target(struct library *library, void *argument)
{
	struct add_call *add = argument;
	struct xtables_target *target = xtables_find_target(add->name, XTF_TRY_LOAD);

	if (!target)
		return;
	add->found = true;
	library->target = target;
	target->tflags = 0;
	target->used = 0;
	target->t = new_entry(sizeof(struct xt_entry_target), target->size);
	target->t->u.target_size =
		(uint16_t)(XT_ALIGN(sizeof(struct xt_entry_target)) + target->size);
	snprintf(target->t->u.user.name, sizeof(target->t->u.user.name), "%s",
		 target->real_name ? target->real_name : target->name);
	target->t->u.user.revision = target->revision;
	if (target->udata_size) {
		free(target->udata);
		target->udata = alloc_zeroed(target->udata_size);
	}
	if (target->init)
		target->init(target->t);
	merge_options(library, target, &target->option_offset, target->x6_options,
		      target->extra_opts);
}

static enum library_answer add(struct library *library, call_function *call, const char *name,
			       struct failure *failure)
{
	struct add_call argument = { name, false };

	if (!is_loadable_name(name))
		return LIBRARY_MISSING;
	if (!library_attempt(library, call, &argument, failure))
		return LIBRARY_FAILED;
	return argument.found ? LIBRARY_OK : LIBRARY_MISSING;
}

enum library_answer library_add_match(struct library *library, const char *name,
				      struct failure *failure)
{
	return add(library, do_add_match, name, failure);
}

enum library_answer library_add_target(struct library *library, const char *name,
				       struct failure *failure)
{
	return add(library, do_add_target, name, failure);
}

static void do_find_target(struct library *library, void *argument)
{
	struct add_call *find = argument;

	(void)library;
	find->found = xtables_find_target(find->name, XTF_TRY_LOAD) != NULL;
}

bool library_has_target(struct library *library, const char *name)
{
	struct failure failure;

	return add(library, do_find_target, name, &failure) == LIBRARY_OK;
}

int library_n_matches(const struct library *library)
{
	return library->n_matches;
}

/* ---- options, checks ---- */

struct xtables_match *library_match_at(const struct library *library, int owner)
{
	const struct xtables_rule_match *list = library->matches;

	while (owner-- > 0)
		list = list->next;
	return list->match;
}

int library_owner(const struct library *library, int value)
{
	const struct xtables_rule_match *list;
	unsigned option = (unsigned)value;
	int index = 0;

	if (library->target && (library->target->parse || library->target->x6_parse) &&
	    option >= library->target->option_offset &&
	    option < library->target->option_offset + OFFSET_STEP)
		return LIBRARY_TARGET;
	for (list = library->matches; list; list = list->next, index++) {
		const struct xtables_match *match = list->match;

		if (list->completed || (!match->parse && !match->x6_parse))
			continue;
		if (option >= match->option_offset && option < match->option_offset + OFFSET_STEP)
			return index;
	}
	return LIBRARY_NOBODY;
}

const char *library_name(const struct library *library, int owner)
{
	if (owner == LIBRARY_TARGET)
		return library->target->name;
	return library_match_at(library, owner)->name;
}

struct option_call {
	int owner;
	int value;
	char **argv;
	bool invert;
};

static void do_option(struct library *library, void *argument)
{
	struct option_call *call = argument;

	if (call->owner == LIBRARY_TARGET)
		xtables_option_tpcall((unsigned)call->value, call->argv, call->invert,
				      library->target, &library->entry);
	else
		xtables_option_mpcall((unsigned)call->value, call->argv, call->invert,
				      library_match_at(library, call->owner), &library->entry);
}

bool library_option(struct library *library, int owner, int value, char **argv, bool invert,
		    struct failure *failure)
{
	struct option_call call = { owner, value, argv, invert };

	return library_attempt(library, do_option, &call, failure);
}

static void do_check(struct library *library, void *argument)
{
	int owner = *(int *)argument;

	if (owner == LIBRARY_TARGET)
		xtables_option_tfcall(library->target);
	else
		xtables_option_mfcall(library_match_at(library, owner));
}

bool library_check(struct library *library, int owner, struct failure *failure)
{
	return library_attempt(library, do_check, &owner, failure);
}

/* ---- what came up ---- */

unsigned library_names_used(const struct library *library)
{
	return library->outside.names;
}

void library_set_resolver(struct library *library,
			  size_t (*resolve)(void *context, const char *name,
					    const union address **addresses),
			  void *context)
{
	library->outside.resolve = resolve;
	library->outside.context = context;
}

const char *library_odd_service(struct library *library)
{
	static char name[sizeof(library->outside.odd_service)];

	if (!*library->outside.odd_service)
		return NULL;
	strcpy(name, library->outside.odd_service);
	library->outside.odd_service[0] = '\0';
	return name;
}

bool library_port_was_cut(struct library *library)
{
	bool cut = library->outside.port_cut;

	library->outside.port_cut = false;
	return cut;
}

const char *library_warnings(struct library *library)
{
	return capture_text(&library->err);
}
