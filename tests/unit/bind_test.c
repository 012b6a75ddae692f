/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder against itself: the short way for lines whose parts were seen before
 * gives what the long way gives, and no line leaves traces in the next one.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "emit/save.h"

/* What one line came to, as text. */
struct result {
	char text[4096];
};

struct bench {
	struct arena *arena;
	struct intern *names;
	struct diags diags;
	struct tools tools;
	struct bind_scope scope;
};

static bool has_chain(const void *context, const char *name)
{
	(void)context;
	return strcmp(name, "INPUT") == 0 || strcmp(name, "web") == 0;
}

static void set_up(struct bench *bench)
{
	bench->arena = arena_new();
	bench->names = intern_new(bench->arena);
	diags_init(&bench->diags, bench->arena);
	bench->tools = (struct tools){ BACKEND_BOTH, binder_release(), false };
	bench->scope = (struct bind_scope){
		.arena = bench->arena,
		.names = bench->names,
		.diags = &bench->diags,
		.tools = &bench->tools,
		.table = TABLE_FILTER,
		.has_chain = has_chain,
	};
}

static void tear_down(struct bench *bench)
{
	intern_free(bench->names);
	arena_free(bench->arena);
}

static void bind_line(struct binder *binder, struct bench *bench, const char *line,
		      struct result *result)
{
	struct source *source = source_new(bench->arena, "test", line, strlen(line));
	struct command *command = arena_new_object(bench->arena, struct command);
	struct saver saver = { .family = binder_family(binder),
			       .backend = BACKEND_LEGACY,
			       .protocol_from_file = true,
			       .drops_not_any = true };
	struct buf out = BUF_INIT;
	struct word *words;
	size_t n_words;

	command->base.kind = STATEMENT_COMMAND;
	command->base.span = (struct span){ 0, (uint32_t)strlen(line) };
	bench->scope.source = source;
	diags_init(&bench->diags, bench->arena);
	words = parse_words(bench->arena, source, command->base.span, &n_words);
	bind_command(binder, &bench->scope, command, NULL, words, n_words);
	buf_printf(&out, "kind %d chain %s\n", command->kind, command->chain);
	for (uint32_t i = 0; i < command->n_rules; i++) {
		const struct rule *rule = &command->rules[i];

		buf_printf(&out, "%s%u-%u ", rule->unbound ? "unbound " : "",
			   rule->target_span.start, rule->target_span.end);
		if (!rule->unbound)
			save_rule(&saver, &out, command->chain, rule);
		for (const struct match *m = rule->matches; m; m = m->next)
			buf_printf(&out, " [%s%s %u/%u %u %u-%u%s]", m->text, m->real_name,
				   m->data_len, m->data_size, m->revision, m->span.start,
				   m->span.end, m->implicit ? " implicit" : "");
		buf_add_char(&out, '\n');
	}
	for (const struct diag *diag = bench->diags.first; diag; diag = diag->next)
		buf_printf(&out, "%u-%u %s: %s\n", diag->span.start, diag->span.end, diag->rule,
			   diag->message);
	snprintf(result->text, sizeof(result->text), "%s", buf_string(&out));
	buf_free(&out);
}

static const char *const lines[] = {
	"-A INPUT -s 10.0.0.0/8 -j DROP",
	"-A INPUT ! -s 10.1.2.3/24 -d 192.0.2.1 -i eth0 -j ACCEPT",
	"-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
	"-A INPUT -p tcp --dport 22 -j ACCEPT",
	"-A INPUT -p udp --dport 22 -j ACCEPT",
	"-A INPUT ! -p tcp -m limit --limit 3/sec -j ACCEPT",
	"-A INPUT -p tcp -m tcp --dport 22 -m tcp --sport 1 -j ACCEPT",
	"-A INPUT -p tcp -m tcp ! --dport 22 ! -i lo -j ACCEPT",
	"-A INPUT -p tcp -m multiport --dports 22,80 -m conntrack --ctstate NEW -j ACCEPT",
	"-A INPUT -m multiport --dports 22,80 -p tcp -j ACCEPT",
	"-A INPUT -p tcp -m tcp -s 10.0.0.1 --dport 22 -j ACCEPT",
	"-A INPUT -p tcp -m comment --comment x --dport 22 -j ACCEPT",
	"-A INPUT -m comment --comment -j -j DROP",
	"-A INPUT -m comment --comment \"! -s\" -j DROP",
	"-A INPUT -m comment --comment ! -s 10.0.0.1 -j DROP",
	"-A INPUT -m comment --comment plain_text-1 -j DROP",
	"-A INPUT -m comment --comment \"\" -j DROP",
	"-A INPUT -m comment --comment \"it's \\\"quoted\\\" \\\\ here\" -j DROP",
	"-A INPUT -m comment --comment caf\xc3\xa9 -j DROP",
	"-A INPUT -m comment --comment a.b -m comment --comment \"c d\" -j DROP",
	"-A INPUT -p tcp -m tcp --dport 1 -m comment --comment a=b -j DROP",
	"-A INPUT -m comment ! --comment x",
	"-A INPUT -m comment --comment x --comment y",
	"-A INPUT -m comment --comment -m -m comment --comment -A",
	"-A INPUT -m comment --comment it's -m comment --comment it's -m comment --comment \"\"",
	"-A INPUT -j LOG --log-prefix \"a b\" --log-level 4",
	"-A INPUT -j LOG --log-prefix abcdefghijabcdefghijabcdefghijabcdefghij",
	"-A INPUT -j REJECT",
	"-A INPUT -j web",
	"-A INPUT -g web",
	"-A INPUT -j nowhere",
	"-A INPUT -g nowhere",
	"-A INPUT -j web -j web",
	"-A INPUT -p tcp -p tcp",
	"-A INPUT -p tcp --dport 22 --sport 5 -j ACCEPT",
	"-A INPUT -p tcp --dport 22 -j ACCEPT --sport 5",
	"-A INPUT --dport 22 -p tcp",
	"-A INPUT -m state --state NEW -m state --state ESTABLISHED",
	"-A INPUT -m set ! --match-set bad src -j DROP",
	"-A INPUT -m mark --mark 1 -f -j DROP",
	"-A INPUT -m mark --mark 0x1/0x1 -c 1 2 -j DROP",
	"-A INPUT -i +",
	"-A INPUT -i abcdefghijklmnop",
	"-A INPUT -s 10.0.0.1,10.0.0.2 -j DROP",
	"-A INPUT -s mail.example.com -j DROP",
	"-A INPUT -p icmp -m icmp --icmp-type echo-request -j ACCEPT",
	"-A INPUT -p icmp --icmp-type 8 -j ACCEPT",
	"-A INPUT -p tcp -m tcp --tcp-flags SYN,RST SYN -j DROP",
	"-A INPUT -p tcp -m tcp --dport ssh -j ACCEPT",
	"-A INPUT -m owner --uid-owner nobody-of-that-name",
	"-A INPUT -p tcp -m tcp --dport 99999",
	"-A INPUT -m nosuch --foo 1 -j ACCEPT",
	"-A INPUT -m limit -j ACCEPT extra words",
	"-A INPUT ! -j ACCEPT",
	"-I INPUT 3 -p tcp -m tcp --dport 22 -j ACCEPT",
	"-D INPUT 1",
	"-N web",
	"-P INPUT DROP",
	"-A INPUT -6 -j nonsense",
	"-p tcp -m tcp --dport 22 -A INPUT -j ACCEPT",
};

#define N_LINES (sizeof(lines) / sizeof(*lines))

Test(bind, short_way_agrees)
{
	struct binder *binder = binder_get(FAMILY_IPV4);
	static struct result first[N_LINES], again;
	struct bench bench;

	set_up(&bench);
	/* Without bind_begin() there is no short way. */
	for (size_t i = 0; i < N_LINES; i++)
		bind_line(binder, &bench, lines[i], &first[i]);
	bind_begin(binder, bench.arena);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < N_LINES; i++) {
			bind_line(binder, &bench, lines[i], &again);
			cr_expect_str_eq(again.text, first[i].text, "round %d, %s:\n%s---\n%s",
					 round, lines[i], again.text, first[i].text);
		}
	}
	tear_down(&bench);
}

Test(bind, order_of_lines_does_not_matter)
{
	struct binder *binder = binder_get(FAMILY_IPV4);
	static struct result first[N_LINES], again;
	struct bench bench;
	unsigned random = 1;

	set_up(&bench);
	bind_begin(binder, bench.arena);
	for (size_t i = 0; i < N_LINES; i++)
		bind_line(binder, &bench, lines[i], &first[i]);
	for (int turn = 0; turn < 2000; turn++) {
		size_t i;

		random = random * 1103515245 + 12345;
		i = (random >> 16) % N_LINES;
		bind_line(binder, &bench, lines[i], &again);
		cr_expect_str_eq(again.text, first[i].text, "%s:\n%s---\n%s", lines[i], again.text,
				 first[i].text);
	}
	tear_down(&bench);
}

Test(bind, says_what_is_wrong)
{
	static const struct {
		const char *line;
		const char *words; /* that the finding points at */
		const char *rule;
	} rows[] = {
		{ "-A INPUT --dport 22", "--dport", "protocol-mismatch" },
		{ "-A INPUT --ctstate NEW", "--ctstate", "syntax-error" },
		{ "-A INPUT -p tcp --dprot 22", "--dprot", "syntax-error" },
		{ "-A INPUT -p tcp --dport 99999", "99999", "invalid-value" },
		{ "-A INPUT -p tcpp", "tcpp", "invalid-value" },
		{ "-A INPUT -s 300.1.1.1", "300.1.1.1", "invalid-value" },
		{ "-A INPUT -s 10.0.0.1,300.1.1.1", "300.1.1.1", "invalid-value" },
		{ "-A INPUT -s ::1", "::1", "invalid-value" },
		{ "-A INPUT -s mx.example.org", "mx.example.org", "hostname-in-address" },
		{ "-A INPUT -j nowhere", "nowhere", "undefined-chain" },
		{ "-A INPUT -j PREROUTING", "PREROUTING", "chain-not-in-table" },
		{ "-A INPUT -m nosuch", "nosuch", "unknown-extension" },
		{ "-A INPUT -o eth0", "-o eth0", "match-not-valid-here" },
		{ "-A INPUT -p tcp -j ACCEPT junk", "junk", "syntax-error" },
		{ "-A INPUT -j ACCEPT # why", "#", "stray-text" },
		{ "-A INPUT ! ! -s 10.0.0.1", "! !", "syntax-error" },
		{ "-A INPUT -m limit --limit 3/fortnight", "3/fortnight", "invalid-value" },
		{ "-A INPUT -m state --state NEWW", "NEWW", "invalid-value" },
		{ "-A INPUT -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
		  "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "multiport-limits" },
		{ "-A INPUT -m multiport --dports 1", "1", "protocol-mismatch" },
		{ "-A INPUT -m iprange", "-m iprange", "syntax-error" },
		{ "-A INPUT -i abcdefghijklmnop", "abcdefghijklmnop", "name-too-long" },
		{ "-A INPUT -ptcp", "-ptcp", "glued-option" },
		{ "-A INPUT -s 010.0.0.1", "010.0.0.1", "octal-address" },
		{ "-A INPUT -6", "-6", "family-line-skipped" },
	};
	struct binder *binder = binder_get(FAMILY_IPV4);
	struct bench bench;
	struct result result;

	set_up(&bench);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct diag *diag;

		bind_line(binder, &bench, rows[i].line, &result);
		diag = bench.diags.first;
		cr_assert(diag, "nothing is said of %s", rows[i].line);
		cr_expect_str_eq(diag->rule, rows[i].rule, "%s: %s: %s", rows[i].line, diag->rule,
				 diag->message);
		cr_expect_eq(diag->span.end - diag->span.start, strlen(rows[i].words), "%s: %u-%u",
			     rows[i].line, diag->span.start, diag->span.end);
		cr_expect_eq(strncmp(rows[i].line + diag->span.start, rows[i].words,
				     strlen(rows[i].words)),
			     0, "%s: %u-%u", rows[i].line, diag->span.start, diag->span.end);
	}
	tear_down(&bench);
}
