/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A box as words, for each kind of variable.
 */
#include "compare/box_text.h"

#include <stdlib.h>

#include "compare_world.h"

/* What a rule that drops takes of all packets, as the box of a comparison. */
static void expect(const char *rule, const char *wanted)
{
	struct buf lines = BUF_INIT, text = BUF_INIT;
	struct compare_world world;
	const struct comparison *comparison;
	const struct chain_changes *chain;
	const struct change *change;

	buf_printf(&lines, "*filter\n-A %s -j DROP\nCOMMIT\n", rule);
	world = compare_world_new("*filter\nCOMMIT\n", buf_string(&lines));
	comparison = compare_units(world.arena, world.units);
	cr_assert(comparison && comparison->tables, "%s", rule);
	chain = comparison->tables->chains;
	change = chain->changes[CHANGE_DENIED];
	cr_assert(change && change->n_boxes, "%s", rule);
	for (unsigned i = 0; i < change->n_boxes; i++) {
		if (i)
			buf_add_string(&text, " | ");
		box_text(&text, comparison->tables->alignment->space, change->boxes[i].region,
			 comparison->tables->hooks[chain->pair->chains[SIDE_OLD]->chain->hook]);
	}
	cr_expect_str_eq(buf_string(&text), wanted, "%s: %s", rule, buf_string(&text));
	buf_free(&text);
	buf_free(&lines);
	arena_free(world.arena);
}

Test(box_text, addresses)
{
	expect("INPUT", "every packet");
	expect("INPUT -s 10.0.0.0/8", "src=10.0.0.0/8");
	expect("INPUT ! -s 10.0.0.0/8", "src=!10.0.0.0/8");
	expect("INPUT -d 10.0.0.1", "dst=10.0.0.1");
	expect("INPUT -m iprange --src-range 10.0.0.1-10.0.0.6", "src=10.0.0.1-10.0.0.6");
	expect("INPUT -s 10.0.0.0/8 -m iprange ! --src-range 10.1.0.0-10.1.255.255",
	       "src=10.0.0.0/8!10.1.0.0/16");
}

Test(box_text, protocols_and_ports)
{
	expect("INPUT -p tcp", "proto=tcp");
	expect("INPUT -p 99", "proto=99");
	expect("INPUT ! -p udp", "proto=!udp");
	expect("INPUT -p tcp -m tcp --dport 22", "proto=tcp dport=22");
	expect("INPUT -p tcp -m tcp ! --dport 22", "proto=tcp dport=!22");
	expect("INPUT -p udp -m multiport --sports 53,100:200", "proto=udp sport=53,100:200");
	expect("INPUT -p icmp -m icmp --icmp-type 8", "proto=icmp icmp-type=8");
	expect("INPUT -p icmp -m icmp --icmp-type 3/4", "proto=icmp icmp-type=3/4");
	expect("INPUT -f", "frag=yes");
	expect("INPUT ! -f", "frag=no");
}

Test(box_text, flags)
{
	expect("INPUT -p tcp --syn", "proto=tcp tcp-flags=SYN/FIN+SYN+RST+ACK");
	expect("INPUT -p tcp ! --syn", "proto=tcp tcp-flags=!SYN/FIN+SYN+RST+ACK");
	expect("INPUT -p tcp -m tcp --tcp-flags ALL NONE",
	       "proto=tcp tcp-flags=none/FIN+SYN+RST+PSH+ACK+URG");
}

Test(box_text, interfaces_come_first)
{
	expect("INPUT -s 10.0.0.1 -i eth0", "in=eth0 src=10.0.0.1");
	expect("INPUT -i eth+", "in=eth+");
	expect("INPUT ! -i eth0", "in=!eth0");
	expect("FORWARD -i eth0 -o eth1", "in=eth0 out=eth1");
}

Test(box_text, answers_and_states)
{
	expect("INPUT -m conntrack --ctstate NEW", "state=NEW");
	expect("INPUT -m conntrack --ctstate INVALID,RELATED", "state=RELATED,INVALID");
	expect("INPUT -m set --match-set bad src", "[-m set --match-set bad src]=yes");
}

Test(box_text, long_lists_are_cut)
{
	expect("INPUT -p tcp -m multiport --dports 1,3,5,7,9,11,13,15,17,19,21,23",
	       "proto=tcp dport=1,3,5,7,9,11,13,15,17,19,21,23");
	expect("INPUT -p tcp -m multiport --dports 1,3,5,7,9,11,13,15,17,19,21,23,25,27",
	       "proto=tcp dport=1,3,5,7,9,11,13,15,17,19,21,23(and 2 more)");
}
