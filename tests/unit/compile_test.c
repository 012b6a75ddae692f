/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When compile refuses, what it says then, and the stream.
 */
#include "emit/compile.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "loaded.h"

struct outcome {
	bool allowed;
	const char *text; /* "" if it was refused */
	struct diags reasons;
};

static struct outcome compile(struct arena *arena, unsigned backends,
			      struct compile_options options, const char *text)
{
	struct unit *unit = load(arena, FAMILY_IPV4, backends, text);
	struct outcome outcome = { .text = "" };
	const struct ruleset *ruleset;
	enum backend backend;
	char *printed = NULL;
	size_t size = 0;
	FILE *out;

	diags_init(&outcome.reasons, arena);
	outcome.allowed = compile_allowed(unit, &options, &outcome.reasons, &ruleset, &backend);
	if (!outcome.allowed)
		return outcome;
	out = open_memstream(&printed, &size);
	compile_print(unit, ruleset, backend, &options, out);
	fclose(out);
	outcome.text = arena_strndup(arena, printed, size);
	free(printed);
	return outcome;
}

/* How many reasons of that name and level there are. */
static size_t count(const struct outcome *outcome, const char *rule, enum level level)
{
	size_t n = 0;

	for (const struct diag *diag = outcome->reasons.first; diag; diag = diag->next)
		n += diag->level == level && strcmp(diag->rule, rule) == 0;
	return n;
}

#define POLICIES      ":INPUT DROP [3:4]\n:FORWARD DROP\n:OUTPUT ACCEPT [0:0]\n"
#define FILTER(lines) "*filter\n" POLICIES lines "COMMIT\n"

static const struct compile_options plain;

Test(compile, prints_what_save_would)
{
	static const char text[] =
		"*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n"
		":POSTROUTING ACCEPT\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n"
		"# filter\n" FILTER(
			":zoo - [9:9]\n:Web - [0:0]\n:abc - [0:0]\n"
			"[5:6] -A zoo -g abc\n"
			"-I INPUT -s 10.0.0.1,10.0.0.2 -j zoo\n") "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n";
	static const char expected[] =
		"*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
		"*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
		":POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n"
		"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
		":Web - [0:0]\n:abc - [0:0]\n:zoo - [0:0]\n"
		"-A INPUT -s 10.0.0.2/32 -j zoo\n-A INPUT -s 10.0.0.1/32 -j zoo\n"
		"-A zoo -g abc\nCOMMIT\n";
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_BOTH, plain, text);

	cr_expect(outcome.allowed);
	cr_expect_eq(outcome.reasons.count, 0);
	cr_expect_str_eq(outcome.text, expected);
	outcome = compile(arena, BACKEND_NFT, plain, text);
	cr_expect_str_eq(outcome.text, expected);
	arena_free(arena);
}

Test(compile, counters)
{
	const struct compile_options options = { .counters = true };
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_LEGACY, options,
					 FILTER(":web - [7:8]\n[5:6] -A web -j DROP\n"
						"-A web -c 1 2 -j DROP\n-A web\n"));

	cr_expect_str_eq(outcome.text,
			 "*filter\n:INPUT DROP [3:4]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
			 ":web - [0:0]\n[5:6] -A web -j DROP\n[1:2] -A web -j DROP\n"
			 "[0:0] -A web\nCOMMIT\n");
	arena_free(arena);
}

Test(compile, refuses_a_file_that_does_not_load)
{
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_BOTH, plain,
					 FILTER("-A INPUT --nonsense\n-A INPUT -j nowhere\n"));

	cr_expect(!outcome.allowed);
	cr_expect_eq(count(&outcome, "syntax-error", LEVEL_ERROR), 1);
	cr_expect_eq(count(&outcome, "undefined-chain", LEVEL_ERROR), 1);
	arena_free(arena);
}

Test(compile, takes_the_back_end_that_loads)
{
	/* nft has no QUEUE; legacy wants an end behind the last COMMIT */
	static const char queue[] = FILTER("-A INPUT -j QUEUE\n");
	static const char no_end[] = "*filter\n" POLICIES "-A INPUT -j DROP\nCOMMIT";
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_BOTH, plain, queue);

	cr_expect(outcome.allowed);
	cr_expect_eq(count(&outcome, "backend-difference", LEVEL_WARNING), 1);
	cr_expect(strstr(outcome.text, "-j QUEUE"));
	cr_expect(!compile(arena, BACKEND_NFT, plain, queue).allowed);
	cr_expect(compile(arena, BACKEND_BOTH, plain, no_end).allowed);
	cr_expect(!compile(arena, BACKEND_LEGACY, plain, no_end).allowed);
	arena_free(arena);
}

Test(compile, refuses_what_differs_until_one_is_selected)
{
	static const char merged[] =
		FILTER("-A INPUT -p tcp -m tcp --sport 1 -m tcp --dport 2 -j DROP\n");
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_BOTH, plain, merged);

	cr_expect(!outcome.allowed);
	cr_expect_eq(count(&outcome, "backend-difference", LEVEL_ERROR), 1);
	outcome = compile(arena, BACKEND_LEGACY, plain, merged);
	cr_expect(strstr(outcome.text, "-m tcp --sport 1 -m tcp --dport 2 -j"));
	outcome = compile(arena, BACKEND_NFT, plain, merged);
	cr_expect(strstr(outcome.text, "-m tcp --sport 1 --dport 2 -j"));
	arena_free(arena);
}

Test(compile, a_table_that_is_only_named_is_no_difference)
{
	static const char text[] = FILTER("-A INPUT -j DROP\n") "*raw\nCOMMIT\n";
	struct arena *arena = arena_new();

	cr_expect(strstr(compile(arena, BACKEND_BOTH, plain, text).text, "*raw\n"));
	cr_expect(!strstr(compile(arena, BACKEND_NFT, plain, text).text, "*raw\n"));
	arena_free(arena);
}

/* Lines whose saved text is another rule, and the part of it that tells. */
static const struct {
	unsigned backend;
	const char *line;
	const char *saved; /* with --exact-save */
} changed[] = {
	{ BACKEND_LEGACY, "-A web -p tcp -m tcp ! --sport 0:65535", "-A web -p tcp -m tcp\n" },
	{ BACKEND_NFT, "-A web -p tcp -m tcp ! --sport 0:65535", "-A web -p tcp\n" },
	{ BACKEND_LEGACY, "-A web ! -i +", "-A web\n" },
	{ BACKEND_LEGACY, "-A web -m recent --name \"a b\" --set", "--name a b " },
	{ BACKEND_LEGACY, "-A web -i \"a b\"", "-A web -i a b\n" },
	{ BACKEND_NFT, "-A web -p tcp -m tcp --dport 1 -m tcp --dport 2",
	  "-A web -p tcp -m tcp --dport 2\n" },
	{ BACKEND_NFT, "-A web -p tcp -m tcp ! --dport 1 -m tcp --dport 2",
	  "-A web -p tcp -m tcp ! --dport 2\n" },
};

Test(compile, refuses_text_that_means_something_else)
{
	const struct compile_options exact = { .exact_save = true };

	for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
		struct arena *arena = arena_new();
		const char *text =
			arena_printf(arena, FILTER(":web - [0:0]\n%s\n"), changed[i].line);
		struct outcome outcome = compile(arena, changed[i].backend, plain, text);

		cr_expect(!outcome.allowed, "%s", changed[i].line);
		cr_expect_eq(count(&outcome, "save-changes-meaning", LEVEL_ERROR), 1, "%s",
			     changed[i].line);
		outcome = compile(arena, changed[i].backend, exact, text);
		cr_expect(strstr(outcome.text, changed[i].saved), "%s", outcome.text);
		arena_free(arena);
	}
}

/* These are saved in other words, or look as if they were not safe, but are. */
static const struct {
	unsigned backend;
	const char *line;
} faithful[] = {
	{ BACKEND_NFT, "-A web ! -i +" },
	{ BACKEND_BOTH, "-A web -p tcp -m tcp" },
	{ BACKEND_BOTH, "-A web -p udp -m udp --dport 0:65535" },
	{ BACKEND_BOTH, "-A web -p udp -m udp ! --dport 0:1023" },
	{ BACKEND_NFT, "-A web -p udp -m udp ! --dport 0:9 -m udp --dport 0:99" },
	{ BACKEND_NFT, "-A web -p tcp -m tcp --dport 1 -m comment --comment x -m tcp --sport 2" },
	{ BACKEND_BOTH, "-A web -p 200 -m recent --name ab --set" },
	{ BACKEND_BOTH, "-A web -m comment --comment \"a b\"" },
};

Test(compile, prints_text_that_means_the_same)
{
	for (size_t i = 0; i < sizeof(faithful) / sizeof(faithful[0]); i++) {
		struct arena *arena = arena_new();
		const char *text =
			arena_printf(arena, FILTER(":web - [0:0]\n%s\n"), faithful[i].line);

		cr_expect(compile(arena, faithful[i].backend, plain, text).allowed, "%s",
			  faithful[i].line);
		arena_free(arena);
	}
}

Test(compile, host_names)
{
	const struct compile_options keep = { .keep_names = true };
	static const char text[] = FILTER("-A INPUT -s mail.example.com -j DROP\n");
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_BOTH, plain, text);

	cr_expect(!outcome.allowed);
	cr_assert_eq(count(&outcome, "hostname-in-address", LEVEL_ERROR), 1);
	cr_expect(strstr(diag_extra(outcome.reasons.first)->hint, "--keep-names"));
	cr_expect(strstr(compile(arena, BACKEND_BOTH, keep, text).text,
			 "-A INPUT -s mail.example.com -j DROP\n"));
	arena_free(arena);
}

Test(compile, policies)
{
	const struct compile_options strict = { .strict_policy = true };
	static const char text[] = "*filter\n:INPUT DROP\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
	struct arena *arena = arena_new();
	struct outcome outcome = compile(arena, BACKEND_BOTH, plain, text);

	cr_expect(outcome.allowed);
	cr_expect_eq(count(&outcome, "policy-undeclared", LEVEL_WARNING), 1);
	outcome = compile(arena, BACKEND_BOTH, strict, text);
	cr_expect(!outcome.allowed);
	cr_expect_eq(count(&outcome, "policy-undeclared", LEVEL_ERROR), 1);
	arena_free(arena);
}
