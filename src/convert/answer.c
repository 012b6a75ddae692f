/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the real programs say and return where a call fails: measured with 1.8.9 of both
 * back ends.  Scripts test the status, and some read the words.
 */
#include <fnmatch.h>
#include <string.h>

#include "convert/inside.h"
#include "kernel/kernel.h"

#define STATUS_REFUSED 1
#define STATUS_USAGE   2
#define STATUS_VERSION 3
#define STATUS_KERNEL  4
#define STATUS_CRASHED 136 /* 128 + SIGFPE */

static const char no_chain[] = "No chain/target/match by that name.";
static const char no_rule[] = "Bad rule (does a matching rule exist in that chain?).";
static const char invalid[] = "Invalid argument. Run `dmesg' for more information.";

const char *answer_program(const struct session *session)
{
	return session->family == FAMILY_IPV6 ? "ip6tables" : "iptables";
}

const char *answer_version(struct session *session)
{
	unsigned release = session->unit->options.tools.release;

	return arena_printf(session->arena, "%s v%u.%u.%u (%s)", answer_program(session),
			    release / 10000, release / 100 % 100, release % 100,
			    session_is_nft(session) ? "nf_tables" : "legacy");
}

static int say(struct session *session, const char *text)
{
	buf_printf(session->errors, "%s: %s\n", answer_program(session), text);
	return STATUS_REFUSED;
}

void answer_help(struct session *session)
{
	buf_printf(session->out, "%s\n", answer_version(session));
}

/* ---- words ---- */

/* Our words and theirs; '*' stands for the same text in both. */
static const struct {
	const char *ours;
	const char *legacy;
	const char *nft; /* NULL: the same */
} wordings[] = {
	{ "'*' is neither a chain declared above nor an installed target",
	  "Couldn't load target `*':No such file or directory\n", "Chain '*' does not exist" },
	{ "table * has no built-in chain '*'",
	  "Couldn't load target `*':No such file or directory\n", "Chain '*' does not exist" },
	{ "-g goes to a chain, and '*' is none that is declared above", "goto '*' is not a chain",
	  "Chain '*' does not exist" },
	{ "no match extension '*' is installed",
	  "Couldn't load match `*':No such file or directory\n", NULL },
	{ "unknown option '*'", "unknown option \"*\"", NULL },
	{ "unknown protocol '*'", "unknown protocol \"*\" specified", NULL },
	{ "'*' needs a value", "option \"*\" requires an argument", NULL },
	{ "'*' is no address", "host/network `*' not found", NULL },
	{ "'*' is an IPv*", "host/network `*' not found", NULL },
	{ "'*' is no rule number*", "Invalid rule number `*'", NULL },
	{ "'*' has no place in this command", "Illegal option `*' with this command", NULL },
	{ "'*' is no number of seconds to wait", "wait seconds not numeric", NULL },
	{ "'-P' refuses DROP*",
	  "\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore "
	  "inhibited.\n\n",
	  NULL },
	{ "DROP cannot be used in table nat*",
	  "\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore "
	  "inhibited.\n\n",
	  NULL },
	{ "'-P' needs a chain*", "-P requires a chain and a policy", NULL },
	{ "'-E' needs the old*", "-E requires old-chain-name and new-chain-name", NULL },
	{ "'*' is the name of a target*", "chain name may not clash with target name", NULL },
	{ "the name of a chain cannot be empty", "chain name may not clash with target name",
	  NULL },
	{ "the name of a chain cannot begin with '*'", "chain name not allowed to start with `*'",
	  NULL },
	{ "'*' cannot be used in chain *", "Can't use * with ", NULL },
	{ "'*' has * bytes; the name of a chain has at most *",
	  "chain name `*' too long (must be under 29 chars)", NULL },
	{ "'-f' is for IPv4*", "`-f' is not supported in IPv6, use -m frag instead", NULL },
	{ "'-R' needs the number*", "-R requires a rule number", NULL },
	{ "'-R' replaces by one rule*", "Replacement rule does not specify a unique address",
	  NULL },
	{ "a rule with a list of addresses takes no '!'*",
	  "! not allowed with multiple source or destination IP addresses", NULL },
	{ "'-W' is of use with*", "--wait-interval only makes sense with --wait\n", NULL },
	{ "no command on this line*", "no command specified", NULL },
	{ "the name of a target cannot be empty", "Invalid target name (too short)", NULL },
};

/* What the last '*' in quotes of the pattern stands for; "" if none. */
static const char *quoted_text(struct session *session, const char *pattern, const char *message)
{
	const char *start = strchr(message, '\'');
	const char *end;

	if (strncmp(pattern, "table *", 7) != 0 && pattern[0] != '\'')
		end = strrchr(message, '\'');
	else
		end = start ? strchr(start + 1, '\'') : NULL;
	if (!start || !end || end <= start)
		return "";
	return arena_strndup(session->arena, start + 1, (size_t)(end - start - 1));
}

static const char *fill_in(struct session *session, const char *theirs, const char *text)
{
	size_t head = strcspn(theirs, "*");

	if (!theirs[head])
		return theirs;
	return arena_printf(session->arena, "%.*s%s%s", (int)head, theirs, text, theirs + head + 1);
}

const char *answer_words(struct session *session, const struct diag *diag)
{
	for (size_t i = 0; i < sizeof(wordings) / sizeof(*wordings); i++) {
		const char *theirs = session_is_nft(session) && wordings[i].nft
					     ? wordings[i].nft
					     : wordings[i].legacy;
		const char *text;

		if (fnmatch(wordings[i].ours, diag->message, 0) != 0)
			continue;
		text = quoted_text(session, wordings[i].ours, diag->message);
		if (strncmp(theirs, "Can't use", 9) == 0)
			return arena_printf(session->arena, "Can't use %s with %s\n", text,
					    diag->chain ? diag->chain : "");
		return fill_in(session, theirs, text);
	}
	return diag->message;
}

bool answer_lacks_only_target(const struct diag *first)
{
	for (const struct diag *diag = first; diag; diag = diag->next)
		if (diag->refuses && strcmp(diag->rule, "undefined-chain") != 0 &&
		    strcmp(diag->rule, "chain-not-in-table") != 0)
			return false;
	return true;
}

int answer_usage(struct session *session, const struct diags *found, const char *extension)
{
	const struct diag *diag = diag_first_refusing(found->first, session->backend);
	const char *program = answer_program(session);
	const char *words;

	if (fnmatch("the extension crashes on this value*", diag->message, 0) == 0)
		return STATUS_CRASHED;
	words = answer_words(session, diag);
	if (fnmatch("unexpected word '*'", diag->message, 0) == 0)
		buf_printf(session->errors, "Bad argument `%s'\n",
			   quoted_text(session, "unexpected", diag->message));
	else if (extension)
		buf_printf(session->errors, "%s: %s\n", answer_version(session), extension);
	else if (fnmatch("this is the program for IPv*", diag->message, 0) != 0)
		buf_printf(session->errors, "%s: %s\n", answer_version(session), words);
	buf_printf(session->errors, "Try `%s -h' or '%s --help' for more information.\n", program,
		   program);
	return STATUS_USAGE;
}

int answer_no_table(struct session *session, const char *name)
{
	if (session_is_nft(session))
		buf_printf(session->errors, "%s: table '%s' does not exist\n",
			   answer_version(session), name);
	else
		buf_printf(session->errors,
			   "%s: can't initialize %s table `%s': Table does not exist (do you need "
			   "to insmod?)\n",
			   answer_version(session), answer_program(session), name);
	buf_printf(session->errors, "Perhaps %s or your kernel needs to be upgraded.\n",
		   answer_program(session));
	return STATUS_VERSION;
}

/* ---- tables ---- */

/* nft has no built-in chain before a command for it. */
static bool is_absent(const struct session *session, const struct chain *chain)
{
	return !chain || (session_is_nft(session) && chain->hook != HOOK_NONE && !chain->nft);
}

static int refuse_busy(struct session *session, const struct chain *chain)
{
	if (session_is_nft(session)) {
		buf_printf(session->errors,
			   "%s:  CHAIN_DEL failed (Device or resource busy): chain %s\n",
			   answer_version(session), chain->name);
		return STATUS_KERNEL;
	}
	return say(session, chain->n_jumps ? "Too many links." : "Directory not empty.");
}

static int refuse_delete_all(struct session *session, const struct table *table)
{
	struct chain **chains = table_sorted_chains(table, session->arena);

	for (uint32_t i = 0; i < table->n_chains; i++)
		if (chains[i]->hook == HOOK_NONE && (chains[i]->n_jumps || chains[i]->n_rules))
			return refuse_busy(session, chains[i]);
	return say(session, no_chain);
}

static int refuse_delete_chain(struct session *session, const struct table *table,
			       const struct chain *chain, const struct command *command)
{
	if (!command->chain)
		return refuse_delete_all(session, table);
	if (is_absent(session, chain))
		return say(session, no_chain);
	if (chain->hook != HOOK_NONE && !session_is_nft(session))
		return say(session, invalid);
	if (chain->hook != HOOK_NONE && chain->policy != VERDICT_ACCEPT)
		return say(session, "Directory not empty.");
	return refuse_busy(session, chain);
}

static const char *operation(const struct command *command)
{
	switch (command->kind) {
	case COMMAND_INSERT:
		return "RULE_INSERT";
	case COMMAND_REPLACE:
		return "RULE_REPLACE";
	case COMMAND_DELETE:
	case COMMAND_DELETE_NUMBER:
		return "RULE_DELETE";
	}
	return "RULE_APPEND";
}

static int refuse_rule(struct session *session, const struct command *command, const char *why)
{
	buf_printf(session->errors, "%s:  %s failed (%s): rule in chain %s\n",
		   answer_version(session), operation(command), why, command->chain);
	return STATUS_KERNEL;
}

/* A jump to a built-in chain: the only thing about a rule that is known before the kernel. */
static int refuse_jump(struct session *session, const struct table *table,
		       const struct command *command)
{
	const struct chain *to = NULL;

	if (!session_is_nft(session))
		return say(session, invalid);
	if (command->n_rules)
		to = table_find_chain(table, command->rules[0].to.chain);
	/* The command makes its own chain first. */
	if (to && (to->nft || strcmp(to->name, command->chain) == 0))
		return refuse_rule(session, command, "Operation not supported");
	return refuse_rule(session, command, "No such file or directory");
}

static int refuse_list(struct session *session, const struct table *table,
		       const struct command *command)
{
	if (!session_is_nft(session))
		return say(session, no_chain);
	buf_printf(session->errors,
		   "%s: chain `%s' in table `%s' is incompatible, use 'nft' tool.\n",
		   answer_version(session), command->chain, table_name(table->id));
	return STATUS_REFUSED;
}

static int refuse_number(struct session *session, const struct chain *chain, const char *what)
{
	if (is_absent(session, chain))
		return say(session, no_chain);
	return say(session, arena_printf(session->arena, "Index of %s too big.", what));
}

/* nft makes an expression of the match, and finds that it cannot. */
static int refuse_unmet(struct session *session, const char *protocol)
{
	buf_printf(session->errors,
		   "%s: %s match requires '-p %s'\n"
		   "Try `%s -h' or '%s --help' for more information.\n",
		   answer_version(session), protocol[0] == 'u' ? "UDP" : "TCP", protocol,
		   answer_program(session), answer_program(session));
	return STATUS_USAGE;
}

/* NULL: the rule has all that nft's own expressions need. */
static const char *unmet_protocol(const struct session *session, const struct command *command)
{
	if (!session_is_nft(session) || !command->n_rules)
		return NULL;
	return kernel_unmet_protocol(session->family, &command->rules[0]);
}

static int refuse_no_rule(struct session *session, const struct command *command)
{
	const char *unmet = unmet_protocol(session, command);

	return unmet ? refuse_unmet(session, unmet) : say(session, no_rule);
}

int answer_refused(struct session *session, const struct table *table,
		   const struct command *command)
{
	const struct chain *chain = table_find_chain(table, command->chain);

	switch (command->kind) {
	case COMMAND_NEW_CHAIN:
		return say(session, "Chain already exists.");
	case COMMAND_DELETE_CHAIN:
		return refuse_delete_chain(session, table, chain, command);
	case COMMAND_RENAME_CHAIN:
		if (table_find_chain(table, command->other))
			return say(session, "File exists.");
		if (!chain || chain->hook != HOOK_NONE)
			return say(session, no_chain);
		return say(session, "File exists."); /* a verdict */
	case COMMAND_POLICY:
		if (!chain || chain->hook == HOOK_NONE)
			return say(session, "Bad built-in chain name.");
		return say(session, "Bad policy name. Run `dmesg' for more information.");
	case COMMAND_DELETE:
	case COMMAND_CHECK:
		return refuse_no_rule(session, command);
	case COMMAND_DELETE_NUMBER:
		return refuse_number(session, chain, "deletion");
	case COMMAND_ZERO_NUMBER:
		if (session_is_nft(session))
			return say(session, no_rule);
		return refuse_number(session, chain, "counter");
	case COMMAND_INSERT:
		if (!chain)
			return say(session, no_chain);
		if (command->number && command->number - 1 > chain->n_rules)
			return say(session, "Index of insertion too big.");
		return refuse_jump(session, table, command);
	case COMMAND_REPLACE:
		if (!chain || command->number > chain->n_rules)
			return refuse_number(session, chain, "replacement");
		return refuse_jump(session, table, command);
	case COMMAND_APPEND:
		return chain ? refuse_jump(session, table, command) : say(session, no_chain);
	case COMMAND_LIST:
		return refuse_list(session, table, command);
	}
	return say(session, no_chain);
}

int answer_absent(struct session *session, const char *chain)
{
	buf_printf(session->errors,
		   "%s:  CHAIN_ZERO failed (No such file or directory): chain %s\n",
		   answer_version(session), chain);
	return STATUS_KERNEL;
}

/* ---- the kernel ---- */

int answer_kernel(struct session *session, const struct command *command, const struct diags *found)
{
	const struct diag *diag = diag_first_refusing(found->first, session->backend);
	const char *unmet = unmet_protocol(session, command);
	bool is_loop, lacks_module;

	if (unmet)
		return refuse_unmet(session, unmet);
	is_loop = strcmp(diag->rule, "chain-loop") == 0;
	lacks_module = fnmatch("* needs the kernel module *", diag->message, 0) == 0;
	if (session_is_nft(session)) {
		const char *why = is_loop	 ? "Too many links"
				  : lacks_module ? "No such file or directory"
						 : "Invalid argument";

		if (command->n_rules && command->rules[0].target_kind == TARGET_VERDICT &&
		    command->rules[0].verdict == VERDICT_QUEUE)
			why = "No such file or directory";
		return refuse_rule(session, command, why);
	}
	if (is_loop)
		return say(session, "Too many levels of symbolic links.");
	return say(session, lacks_module ? no_chain : invalid);
}
