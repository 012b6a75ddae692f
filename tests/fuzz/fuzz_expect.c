/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the expectations of iptlint test, of a ruleset that stands here, or that stands
 * before a line "====".  Nothing may crash or leak, and:
 *
 *   what is said of an expectation lies in the file;
 *   a promise that fails has a packet, and one and its opposite do not both pass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "expect/verify.h"
#include "pipeline/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define LINE "\n====\n"

static const char rules[] =
	"*nat\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080\n"
	"-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n"
	"*filter\n:INPUT DROP\n:FORWARD DROP\n:A -\n"
	"-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
	"-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp -j A\n"
	"-A INPUT -m set --match-set bad src -j REJECT\n"
	"-A A -s 10.0.0.0/8 -p tcp -m multiport --dports 22,80:90 -j ACCEPT\n"
	"-A A -m limit --limit 1/s -j ACCEPT\n-A A -p tcp --syn -j REJECT\n"
	"-A FORWARD -i eth1 -m mark --mark 1 -j ACCEPT\n-A FORWARD -d 10.0.0.1 -j ACCEPT\nCOMMIT\n";

static void require(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "does not hold: %s\n", what);
		abort();
	}
}

static const struct source *source_of(struct arena *arena, const char *bytes, size_t len)
{
	return source_new(arena, "fuzz", arena_strndup(arena, bytes, len), len);
}

static void verify_one(const struct world *world, const struct expectation *expectation)
{
	struct expectation opposite = *expectation;
	struct finding finding = { 0 }, other = { 0 };

	verify(&finding, world, expectation);
	require(finding.result != VERIFIED_FAILED || finding.packet,
		"a promise that fails has a packet");
	if (expectation->promise == PROMISE_DNAT)
		return;
	opposite.promise = expectation->promise == PROMISE_ACCEPT ? PROMISE_DENY : PROMISE_ACCEPT;
	verify(&other, world, &opposite);
	require(finding.result != VERIFIED_PASSED || other.result != VERIFIED_PASSED,
		"a promise and its opposite are not both kept");
}

static void verify_all(struct arena *arena, const struct unit *unit,
		       const struct expectations *tests)
{
	const char *const *interfaces;
	struct world world;
	uint32_t n;

	interfaces = verify_interfaces(arena, tests, 1, &n);
	world_init(&world, arena, unit, interfaces, n);
	for (const struct expectation *each = tests->first; each; each = each->next) {
		if (each->set.family == FAMILY_UNSPEC || each->set.family == unit->family)
			verify_one(&world, each);
	}
	world_done(&world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct unit_options options = { .tools = { .backends = BACKEND_BOTH } };
	struct arena *arena = arena_new();
	const char *bytes = (const char *)data;
	const char *line = memmem(bytes, len, LINE, strlen(LINE));
	size_t before = line ? (size_t)(line - bytes) + strlen(LINE) : 0;
	const struct source *source = source_of(arena, bytes + before, len - before);
	struct expectations tests = { 0 };
	const struct unit *unit;

	expectations_read(&tests, arena, source, NULL, 0);
	for (const struct diag *diag = tests.diags.first; diag; diag = diag->next)
		require(diag->span.start <= diag->span.end && diag->span.end <= source->len,
			"what is said lies in the file");
	unit = unit_load(arena,
			 line ? source_of(arena, bytes, (size_t)(line - bytes) + 1)
			      : source_of(arena, rules, strlen(rules)),
			 binder_get(FAMILY_IPV4), &options);
	if (!unit->is_template && (BACKEND_BOTH & ~unit->refused_by))
		verify_all(arena, unit, &tests);
	arena_free(arena);
	return 0;
}
