/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set is followed; each part that ends otherwise than promised is asked for one packet,
 * which is followed alone: if all that may become of it breaks the promise, it is the
 * counter-example.
 */
#include "expect/verify.h"

#include <string.h>

#define PACKETS_MAX 256 /* that are followed alone, of one set */

enum judgement {
	KEPT,
	BROKEN,
	OPEN, /* it cannot be told */
};

struct verifying {
	struct finding *finding;
	const struct world *world;
	const struct expectation *expectation;
	struct walk_options options;
	struct scratch *scratch;
	unsigned n_packets;
	bool is_quick;	/* parts may have packets that a rule of the promised kind takes */
	bool gives_up;	/* so this way tells nothing */
	bool has_doubt; /* the finding tells of a part that may break the promise */
};

/* ---- ends ---- */

static enum judgement judge_value(const struct set *set, wide wanted)
{
	if (!set)
		return OPEN;
	if (!set_has(set, wanted))
		return BROKEN;
	return set_low(set) == set_high(set) ? KEPT : OPEN;
}

static enum judgement judge_destination(const struct destination *to, const struct walk_end *end)
{
	enum judgement address = to->has_address ? judge_value(end->dst, to->address) : KEPT;
	enum judgement port = to->has_port ? judge_value(end->dport, to->port) : KEPT;

	if (!end->translated_by || address == BROKEN || port == BROKEN)
		return BROKEN;
	return address == KEPT && port == KEPT ? KEPT : OPEN;
}

static enum judgement judge(const struct expectation *expectation, const struct walk_end *end)
{
	bool kept = false;

	if (end->ending == ENDING_UNKNOWN)
		return OPEN;
	switch (expectation->promise) {
	case PROMISE_ACCEPT:
		kept = end->ending == ENDING_ACCEPT;
		break;
	case PROMISE_DROP:
		kept = end->ending == ENDING_DROP;
		break;
	case PROMISE_REJECT:
		kept = end->ending == ENDING_REJECT;
		break;
	case PROMISE_DENY:
		kept = end->ending != ENDING_ACCEPT;
		break;
	case PROMISE_DNAT:
		if (end->ending == ENDING_ACCEPT)
			return judge_destination(&expectation->to, end);
		break;
	}
	return kept ? KEPT : BROKEN;
}

/* ---- packets ---- */

/* Which packet of a region: one that people like to read, or one at an end of it. */
enum choice {
	CHOICE_LIKED,
	CHOICE_LOW,
	CHOICE_HIGH,
	N_CHOICES,
};

/* A member of the set that people like to read. */
static wide pick(const struct set *set, const wide *liked, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (set_has(set, liked[i]))
			return liked[i];
	}
	return set_low(set);
}

static wide pick_address(const struct world *world, const struct set *set, bool is_src)
{
	/* addresses for documents: RFC 5737 and RFC 3849 */
	const wide v6 = (wide)0x20010db8 << 96, v4[] = { 0xcb007107, 0xc6336407, 0xc0000207 };
	wide liked[] = { v4[!is_src], v4[is_src], v4[2], set_low(set) + 1 };

	if (world->unit->family == FAMILY_IPV6)
		liked[0] = liked[1] = v6 | (is_src ? 7 : 8);
	return pick(set, liked, 4);
}

/* One that has a name that can be shown; false: none has. */
static bool pick_interface(const struct world *world, const struct set *set, wide *number,
			   const char **name)
{
	for (*number = set_low(set); *number <= set_high(set); ++*number) {
		if (!set_has(set, *number))
			continue;
		*name = interfaces_name(space_interfaces(world->space), world->arena,
					(uint32_t)*number);
		if (*name || *number == INTERFACE_ABSENT)
			return true;
	}
	return false;
}

static void set_transport(struct packet *packet, const wide values[VAR_TOOL])
{
	static const uint8_t with_ports[] = { 6, 17, 33, 132, 136 };
	bool has_ports = memchr(with_ports, (int)values[VAR_PROTOCOL], sizeof(with_ports));

	packet->is_later_fragment = values[VAR_FRAGMENT] != 0;
	if (values[VAR_PROTOCOL] == PROTOCOL_NONE)
		return;
	packet->known |= PACKET_PROTOCOL;
	packet->protocol = (uint8_t)values[VAR_PROTOCOL];
	packet->sport = (uint16_t)values[VAR_SPORT];
	packet->dport = (uint16_t)values[VAR_DPORT];
	packet->icmp = (uint16_t)values[VAR_ICMP];
	packet->flags = (uint8_t)values[VAR_FLAGS];
	if (has_ports)
		packet->known |= PACKET_SPORT | PACKET_DPORT;
	if (packet->protocol == IPPROTO_TCP)
		packet->known |= PACKET_FLAGS;
	if (packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6)
		packet->known |= PACKET_ICMP;
}

/* What is most usual comes first. */
static wide pick_value(const struct verifying *v, const struct region *region, uint32_t variable,
		       enum choice choice)
{
	static const wide protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6 };
	static const wide source_ports[] = { 40000 }, ports[] = { 80, 1 };
	static const wide types[] = { 8 << 8, 128 << 8 }, flags[] = { 0x02, 0x10 };
	const struct set *set = region_get(region, variable, 0);

	if (!set)
		set = space_domain(v->world->space, variable);
	if (choice != CHOICE_LIKED)
		return choice == CHOICE_LOW ? set_pick(set, 0) : set_pick(set, 1);
	switch ((enum variable)variable) {
	case VAR_SRC:
	case VAR_DST:
		return pick_address(v->world, set, variable == VAR_SRC);
	case VAR_PROTOCOL:
		return pick(set, protocols, 4);
	case VAR_SPORT:
		return pick(set, source_ports, 1);
	case VAR_DPORT:
		return pick(set, ports, 2);
	case VAR_ICMP:
		return pick(set, types, 2);
	case VAR_FLAGS:
		return pick(set, flags, 2);
	default:
		return set_low(set);
	}
}

/* A packet of the region, and the region that it is alone; NULL: none can be shown. */
static const struct region *single_packet(const struct verifying *v, const struct region *region,
					  enum choice choice, struct packet *packet)
{
	const struct region *single = &region_all;
	wide values[VAR_TOOL];

	*packet = (struct packet){ .family = v->world->unit->family,
				   .known = PACKET_SRC | PACKET_DST,
				   .mark = v->expectation->set.mark.value,
				   .connmark = v->expectation->set.connmark.value };
	for (uint32_t i = 0; i < VAR_TOOL; i++) {
		const struct set *set = region_get(region, i, 0);

		if (!set)
			set = space_domain(v->world->space, i);
		values[i] = pick_value(v, region, i, choice);
		if ((i == VAR_IN || i == VAR_OUT) &&
		    !pick_interface(v->world, set, &values[i],
				    i == VAR_IN ? &packet->in : &packet->out))
			return NULL;
		single = region_with(v->scratch, single, i, 0,
				     set_range(v->scratch, values[i], values[i]));
	}
	packet->src = values[VAR_SRC];
	packet->dst = values[VAR_DST];
	packet->state = (uint8_t)values[VAR_STATE];
	set_transport(packet, values);
	return single;
}

/* ---- what is found ---- */

static const char *verdict_text(enum ending ending)
{
	switch (ending) {
	case ENDING_ACCEPT:
		return "ACCEPT";
	case ENDING_DROP:
		return "DROP";
	case ENDING_REJECT:
		return "REJECT";
	case ENDING_UNKNOWN:
		break;
	}
	return "unknown";
}

static const char *destination_text(const struct world *world, const struct walk_end *end)
{
	enum family family = world->unit->family;
	bool has_port = end->dport && set_low(end->dport) == set_high(end->dport);
	const char *address = "an address that the kernel chooses";

	if (!end->translated_by)
		return NULL;
	if (end->dst && set_low(end->dst) == set_high(end->dst))
		address = packet_address(world->arena, family, set_low(end->dst));
	if (!has_port)
		return address;
	return arena_printf(world->arena, strchr(address, ':') ? "[%s]:%u" : "%s:%u", address,
			    (unsigned)set_low(end->dport));
}

static void explain(const struct world *world, struct finding *finding, const struct walk_end *end)
{
	const struct doubt *doubt = &end->doubt;

	if (end->ending == ENDING_UNKNOWN) {
		finding->why = end->why;
		finding->hint = "take these packets out by except, or look at one table by @table";
	} else if (doubt->rule && doubt->match) {
		const char *name = assumption_name(world->arena, doubt->match);

		finding->why =
			arena_printf(world->arena, "it depends on%s in line %u", doubt->match->text,
				     unit_rule_line(world->unit, doubt->rule));
		finding->hint = arena_printf(
			world->arena, "say what that answers: @assume %s=yes, or @assume %s=no",
			name, name);
	} else if (doubt->rule && !end->translated_by) {
		finding->why =
			arena_printf(world->arena, "whether line %u takes the packet is not known",
				     unit_rule_line(world->unit, doubt->rule));
		finding->hint = "take these packets out by except";
	} else {
		finding->why = "where the packet is sent to is the kernel's choice";
		finding->hint = "promise less of it: the address alone, or the port alone";
	}
}

static void describe(struct verifying *v, enum verification result, const struct walk_end *end,
		     const struct packet *packet)
{
	struct finding *finding = v->finding;

	finding->result = result;
	finding->packet = packet ? packet_write(v->world->arena, packet) : NULL;
	finding->verdict = verdict_text(end->ending);
	finding->to = destination_text(v->world, end);
	finding->why = finding->hint = NULL;
	finding->end = *end;
	finding->end.region = NULL;
	finding->end.dst = finding->end.dport = NULL;
	if (result == VERIFIED_UNDECIDED)
		explain(v->world, finding, end);
}

/* ---- one packet ---- */

struct single {
	struct verifying *v;
	const struct packet *packet;
	bool is_first;
	bool is_certain; /* so far, everything breaks the promise */
	struct finding before;
};

static bool visit_single(void *context, const struct walk_end *end)
{
	struct single *single = context;

	if (judge(single->v->expectation, end) != BROKEN) {
		single->is_certain = false;
		return false;
	}
	if (single->is_first)
		describe(single->v, VERIFIED_FAILED, end, single->packet);
	single->is_first = false;
	return true;
}

/* Does the packet surely break the promise?  Then it is the finding. */
static bool is_counter_example(struct verifying *v, const struct region *region,
			       const struct packet *packet)
{
	struct single single = { .v = v,
				 .packet = packet,
				 .is_first = true,
				 .is_certain = true,
				 .before = *v->finding };
	struct walk_options options = v->options;

	options.marks.knows_mark = options.marks.knows_connmark = true;
	options.let_go = 0;
	if (!walk(v->world, &options, &region, 1, visit_single, &single))
		single.is_certain = false;
	if (!single.is_certain)
		*v->finding = single.before;
	return single.is_certain;
}

/* ---- the set ---- */

static bool visit(void *context, const struct walk_end *end)
{
	struct verifying *v = context;
	enum judgement judgement = judge(v->expectation, end);
	struct scratch_mark mark = scratch_mark(v->scratch);
	struct packet packet;
	bool is_found = false;

	if (judgement == KEPT)
		return true;
	for (unsigned i = 0; i < N_CHOICES && judgement == BROKEN && !is_found; i++) {
		const struct region *single =
			single_packet(v, end->region, (enum choice)i, &packet);

		is_found = single && is_counter_example(v, single, &packet);
	}
	if (!is_found && v->is_quick) {
		v->gives_up = true;
	} else if (!is_found && !v->has_doubt) {
		bool can_be_shown = single_packet(v, end->region, CHOICE_LIKED, &packet);

		describe(v, VERIFIED_UNDECIDED, end, can_be_shown ? &packet : NULL);
		v->has_doubt = true;
	}
	scratch_release(v->scratch, mark);
	return !is_found && !v->gives_up && ++v->n_packets < PACKETS_MAX;
}

static void undecided(struct finding *finding, const char *why, const char *hint)
{
	finding->result = VERIFIED_UNDECIDED;
	finding->why = why;
	finding->hint = hint;
}

/*
 * Files have long lists of what is dropped, or accepted.  For a promise that packets are, these
 * rules need not be looked at: if without them nothing else becomes of the set, so it is with
 * them.
 */
static bool verify_quickly(struct verifying *v, const struct region *const *regions, uint32_t n)
{
	static const unsigned let_go[] = {
		[PROMISE_ACCEPT] = 1 << ENDING_ACCEPT,
		[PROMISE_DROP] = 1 << ENDING_DROP,
		[PROMISE_REJECT] = 1 << ENDING_REJECT,
		[PROMISE_DENY] = 1 << ENDING_DROP | 1 << ENDING_REJECT,
		[PROMISE_DNAT] = 1 << ENDING_ACCEPT,
	};
	bool is_complete;

	v->options.let_go = let_go[v->expectation->promise];
	v->is_quick = true;
	is_complete = walk(v->world, &v->options, regions, n, visit, v);
	v->options.let_go = 0;
	v->is_quick = false;
	return is_complete && !v->gives_up;
}

void verify(struct finding *finding, const struct world *world,
	    const struct expectation *expectation)
{
	const struct packet_set *set = &expectation->set;
	struct verifying v = {
		.finding = finding,
		.world = world,
		.expectation = expectation,
		.options = { .assumptions = expectation->assumptions,
			     .n_assumptions = expectation->n_assumptions,
			     .table = expectation->table,
			     .marks = { set->mark.value, set->connmark.value, !set->mark.is_any,
					!set->connmark.is_any } },
		.scratch = world_lend(world),
	};
	const struct region **regions;
	bool is_complete = true;
	uint32_t n;

	*finding = (struct finding){ .result = VERIFIED_PASSED };
	regions = packet_set_regions(set, expectation->exceptions, expectation->n_exceptions,
				     world->space, v.scratch, &n);
	if (!verify_quickly(&v, regions, n)) {
		v.gives_up = false;
		is_complete = walk(world, &v.options, regions, n, visit, &v);
	}
	if (!n)
		undecided(finding, "there is no packet in the set",
			  "see what the words behind except take out");
	else if (!is_complete && finding->result == VERIFIED_PASSED)
		undecided(finding, "the set falls into more parts than are followed",
			  "promise less in one line, or look at one table by @table");
	world_take_back(world, v.scratch);
}

/* ---- interfaces ---- */

struct collected {
	struct arena *arena;
	const char **list;
	uint32_t n, capacity;
};

static void collect(struct collected *c, const struct names *names)
{
	for (uint32_t i = 0; i < names->n; i++) {
		if (c->n == c->capacity) {
			const char **old = c->list;

			c->capacity = c->capacity ? c->capacity * 2 : 16;
			c->list = arena_alloc(c->arena, c->capacity * sizeof(*old));
			if (c->n)
				memcpy(c->list, old, c->n * sizeof(*old));
		}
		c->list[c->n++] = names->list[i];
	}
}

const char *const *verify_interfaces(struct arena *arena, const struct expectations *expectations,
				     uint32_t n_files, uint32_t *n)
{
	static const char *const loopback = "lo";
	struct names always = { true, (const char **)&loopback, 1 };
	struct collected c = { .arena = arena };

	collect(&c, &always);
	for (uint32_t i = 0; i < n_files; i++) {
		for (const struct expectation *each = expectations[i].first; each;
		     each = each->next) {
			collect(&c, &each->set.in);
			collect(&c, &each->set.out);
			for (uint32_t j = 0; j < each->n_exceptions; j++) {
				collect(&c, &each->exceptions[j].in);
				collect(&c, &each->exceptions[j].out);
			}
		}
	}
	*n = c.n;
	return c.list;
}
