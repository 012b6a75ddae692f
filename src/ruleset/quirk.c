/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of quirks.  1.8.9 was measured with both back ends, 1.8.11 with
 * legacy; what was not measured in a later release is taken to go on.
 */
#include "ruleset/quirk.h"

static const struct quirk quirks[QUIRK_COUNT] = {
	[QUIRK_GLUED_OPTION] = { "glued-option", BACKEND_BOTH, 0, RELEASE(1, 8, 11),
				 "-p, -s, -d, -j, -i and -o take the word before the next one for "
				 "their value" },
	[QUIRK_NOT_ANY_INTERFACE] = { "not-any-interface", BACKEND_LEGACY, 0, RELEASE(1, 8, 11),
				      "'! -i +' is saved as if it were not there" },
	[QUIRK_FULL_RANGE_NEGATION] = { "full-range-negation", BACKEND_BOTH, 0, RELEASE(1, 8, 11),
					"'! --sport 0:65535' is saved without the negation" },
	[QUIRK_PROTOCOL_FROM_FILE] = { "protocol-from-file", BACKEND_BOTH, 0, RELEASE(1, 8, 11),
				       "a protocol is printed by its name in /etc/protocols" },
	[QUIRK_REPLACE_CRASHES] = { "replace-crashes", BACKEND_NFT, 0, 0,
				    "iptables-nft-restore crashes on '-R' of a rule of the same "
				    "file" },
	[QUIRK_ZERO_CRASHES] = { "zero-crashes", BACKEND_NFT, 0, 0,
				 "iptables-nft-restore crashes on '-Z' of a rule of the same file" },
	[QUIRK_ZERO_FAILS] = { "zero-fails", BACKEND_NFT, 0, 0,
			       "iptables-nft-restore fails on '-Z' of rules with counters of the "
			       "same file" },
	[QUIRK_ZERO_OPENS] = { "zero-opens", BACKEND_NFT, 0, 0,
			       "iptables-nft-restore sets the policy ACCEPT on '-Z'" },
	[QUIRK_DELETES_BUILTIN] = { "deletes-builtin", BACKEND_NFT, 0, 0,
				    "iptables-nft-restore deletes built-in chains on '-X', and "
				    "their policies with them" },
	[QUIRK_LISTED_CHAIN_FAILS] = { "listed-chain-fails", BACKEND_NFT, 0, 0,
				       "iptables-nft-restore fails on a built-in chain that only "
				       "'-L' or '-S' has named before" },
	[QUIRK_RENAME_FAILS] = { "rename-fails", BACKEND_NFT, 0, 0,
				 "iptables-nft-restore fails on '-E' of a chain of the same file" },
	[QUIRK_FLUSH_ALL_KEEPS] = { "flush-all-keeps", BACKEND_NFT, 0, 0,
				    "iptables-nft-restore keeps the rules of the same file on '-F' "
				    "without a chain" },
	[QUIRK_EXPRESSION_TEXT] = { "expression-text", BACKEND_NFT, 0, 0,
				    "several '-m tcp' or '-m udp' become one, and a burst of 0 is lost" },
	[QUIRK_NFLOG_TEXT] = { "nflog-text", BACKEND_NFT, 0, 0,
			       "'--nflog-range' is lost and the prefix may have 127 bytes" },
};

const struct quirk *quirk_get(enum quirk_id id)
{
	return &quirks[id];
}

bool quirk_holds(enum quirk_id id, enum backend backend, const struct tools *tools)
{
	const struct quirk *quirk = &quirks[id];

	return (quirk->backends & backend) && tools->release >= quirk->from &&
	       (!quirk->until || tools->release < quirk->until);
}
