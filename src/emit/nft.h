/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where iptables-nft-save prints a rule in other words than iptables-legacy-save
 * (QUIRK_EXPRESSION_TEXT, QUIRK_NFLOG_TEXT).
 *
 * nft takes -m tcp and -m udp apart into expressions of its own.  When it prints,
 * it puts all of them into one match, at the place of the first; a later value
 * replaces an earlier one, while a '!' stays.  "! --dport 0:9" is printed as "--dport
 * 10:65535", and what makes no expression, such as "! --dport 0:65535", is gone.
 */
#ifndef EMIT_NFT_H
#define EMIT_NFT_H

#include "base/buf.h"
#include "pipeline/unit.h"
#include "ruleset/rule.h"

/* Are the matches of RULE printed in other words? */
bool nft_changes_matches(const struct rule *rule);
void nft_save_matches(struct buf *out, const struct rule *rule);

/* How many -m tcp and -m udp there are. */
unsigned nft_port_matches(const struct rule *rule);

/* Would the changed matches, read again, let other packets through than those that RULE
 * was loaded with? */
bool nft_loses_test(const struct rule *rule);

bool nft_changes_target(const struct rule *rule);
void nft_save_target(struct buf *out, const struct unit *unit, const struct rule *rule);

/* Is the target an NFLOG whose prefix may be longer than what legacy keeps of it? */
bool nft_has_longer_prefix(const struct rule *rule);

/* Its canonical text with all that the author wrote, for either back end. */
void nft_spell_target(struct buf *out, const struct unit *unit, const struct rule *rule);

#endif
