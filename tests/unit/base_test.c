/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What everything else is kept in: memory of a file and of a computation, maps of
 * addresses, interned strings, strings that grow; and words and bytes of text.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/scratch.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "base/word.h"

static uint64_t state = 4711;

static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

/* A piece of memory that was filled with one byte. */
struct piece {
	unsigned char *bytes;
	size_t size;
	unsigned char filled;
};

static struct piece fill(void *memory, size_t size)
{
	struct piece piece = { memory, size, (unsigned char)(chance(255) + 1) };

	cr_assert(memory);
	memset(memory, piece.filled, size);
	return piece;
}

static void assert_filled(const struct piece *piece)
{
	for (size_t i = 0; i < piece->size; i++)
		cr_assert_eq(piece->bytes[i], piece->filled, "byte %zu of %zu was overwritten", i,
			     piece->size);
}

/* Mostly small, sometimes larger than a block. */
static size_t chance_size(void)
{
	return chance(40) ? chance(300) : chance(60000);
}

/* ---- arena ---- */

#define PIECES 20000

Test(arena, pieces_are_zeroed_and_apart)
{
	static struct piece pieces[PIECES];
	struct arena *arena = arena_new();

	for (unsigned i = 0; i < PIECES; i++) {
		size_t size = chance_size();
		unsigned char *memory = arena_alloc(arena, size);

		for (size_t j = 0; j < size; j++)
			cr_assert_eq(memory[j], 0);
		pieces[i] = fill(memory, size);
	}
	for (unsigned i = 0; i < PIECES; i++)
		assert_filled(&pieces[i]);
	arena_free(arena);
	arena_free(NULL);
}

/* Texts, which need no alignment, stand between the objects. */
Test(arena, objects_are_aligned)
{
	struct arena *arena = arena_new();

	for (unsigned i = 0; i < PIECES; i++) {
		size_t n = chance(20) + 1;

		arena_strndup(arena, "0123456789", chance(11));
		cr_assert_eq((uintptr_t)arena_alloc(arena, n * sizeof(void *)) % _Alignof(void *),
			     0);
		arena_strndup(arena, "0123456789", chance(11));
		cr_assert_eq((uintptr_t)arena_alloc(arena, n * sizeof(max_align_t)) %
				     _Alignof(max_align_t),
			     0);
		if (!chance(500))
			cr_assert_eq((uintptr_t)arena_alloc(arena, 4096 * sizeof(max_align_t)) %
					     _Alignof(max_align_t),
				     0);
	}
	arena_free(arena);
}

Test(arena, copies)
{
	struct arena *arena = arena_new();
	char text[] = "iptables\0restore", *long_text = malloc(100001);
	const char *part = arena_strndup(arena, text, 3), *all = arena_strdup(arena, text);
	const char *empty = arena_strndup(arena, "x", 0);
	const char *bytes = arena_memdup(arena, text, sizeof(text));
	const char *printed;

	memset(long_text, 'l', 100000);
	long_text[100000] = '\0';
	printed = arena_printf(arena, "%s-%d", long_text, 7);
	text[0] = text[12] = '!';
	cr_assert_str_eq(part, "ipt");
	cr_assert_str_eq(all, "iptables");
	cr_assert_str_eq(empty, "");
	cr_assert_eq(memcmp(bytes, "iptables\0restore", sizeof(text)), 0);
	cr_assert_eq(strlen(printed), 100002);
	cr_assert_str_eq(printed + 99999, "l-7");
	cr_assert(arena_memdup(arena, NULL, 0));
	free(long_text);
	arena_free(arena);
}

/* Texts stand one behind the other, each with its NUL. */
Test(arena, texts_are_apart)
{
	static const char *texts[PIECES];
	struct arena *arena = arena_new();
	char expected[32];

	for (int i = 0; i < PIECES; i++) {
		size_t len = (size_t)sprintf(expected, "%x", i);

		texts[i] =
			i % 2 ? arena_printf(arena, "%x", i) : arena_strndup(arena, expected, len);
	}
	for (int i = 0; i < PIECES; i++) {
		sprintf(expected, "%x", i);
		cr_assert_str_eq(texts[i], expected);
	}
	arena_free(arena);
}

/* ---- scratch ---- */

#define DEPTH_MAX 4000

/* Pieces taken since the start, and marks at some of them. */
struct taken {
	struct piece pieces[DEPTH_MAX];
	unsigned n;
	struct scratch_mark marks[DEPTH_MAX];
	unsigned before[DEPTH_MAX]; /* how many pieces there were at the mark */
	unsigned n_marks;
};

static void use_by_chance(struct scratch *scratch)
{
	static struct taken taken;

	taken.n = taken.n_marks = 0;
	for (unsigned step = 0; step < 60000; step++) {
		unsigned what = chance(10);

		if (what == 0 && taken.n_marks < DEPTH_MAX) {
			taken.before[taken.n_marks] = taken.n;
			taken.marks[taken.n_marks++] = scratch_mark(scratch);
		} else if (taken.n_marks && (what == 1 || taken.n == DEPTH_MAX)) {
			/* some marks at once, now and then all of them */
			unsigned mark = chance(20) ? taken.n_marks - 1 : chance(taken.n_marks);

			scratch_release(scratch, taken.marks[mark]);
			taken.n = taken.before[mark];
			taken.n_marks = mark;
			if (taken.n)
				assert_filled(&taken.pieces[taken.n - 1]);
		} else if (taken.n < DEPTH_MAX) {
			size_t size = chance_size();
			void *memory = scratch_alloc(scratch, size);

			cr_assert_eq((uintptr_t)memory % _Alignof(max_align_t), 0);
			taken.pieces[taken.n++] = fill(memory, size);
		}
		if (step % 500 == 0) {
			for (unsigned i = 0; i < taken.n; i++)
				assert_filled(&taken.pieces[i]);
		}
	}
}

Test(scratch, what_is_not_released_stays)
{
	struct scratch *scratch = scratch_new();

	use_by_chance(scratch);
	scratch_free(scratch);
	scratch_free(NULL);
}

Test(scratch, in_an_arena)
{
	struct arena *arena = arena_new();
	struct scratch *scratch = scratch_new_in(arena);

	use_by_chance(scratch);
	scratch_free(scratch); /* not needed, and does nothing */
	cr_assert(scratch_alloc(scratch, 10));
	arena_free(arena);
}

/* The memory behind a mark is the next one's. */
Test(scratch, released_memory_is_used_again)
{
	struct scratch *scratch = scratch_new();
	struct scratch_mark start = scratch_mark(scratch), middle;
	void *first = scratch_alloc(scratch, 100), *second, *large;

	middle = scratch_mark(scratch);
	second = scratch_alloc(scratch, 100);
	large = scratch_alloc(scratch, 1000000);
	scratch_release(scratch, middle);
	cr_assert_eq(scratch_alloc(scratch, 100), second);
	cr_assert_eq(scratch_alloc(scratch, 1000000), large);
	scratch_release(scratch, start);
	cr_assert_eq(scratch_alloc(scratch, 100), first);
	/* a block that is too small for what is asked is not written over its end */
	scratch_release(scratch, middle);
	memset(scratch_alloc(scratch, 2000000), 1, 2000000);
	cr_assert_eq(scratch_alloc(scratch, 1000000), large, "the block waits behind the new one");
	scratch_free(scratch);
}

/* ---- map ---- */

#define KEYS 5000

/* Against an array; keys near each other and far from each other. */
Test(map, as_an_array)
{
	static char keys[KEYS * 16];
	static void *expected[KEYS];
	static int values[1000];
	struct map map = MAP_INIT;
	size_t n = 0;

	cr_assert_null(map_get(&map, keys));
	map_remove(&map, keys);
	map_clear(&map);
	for (unsigned step = 0; step < 300000; step++) {
		unsigned i = chance(step < 100000 ? 60 : KEYS);
		const void *key = keys + (size_t)i * 16;

		cr_assert_eq(map_get(&map, key), expected[i], "step %u", step);
		if (chance(5) < 3) {
			n += expected[i] == NULL;
			expected[i] = &values[chance(1000)];
			map_set(&map, key, expected[i]);
		} else {
			n -= expected[i] != NULL;
			expected[i] = NULL;
			map_remove(&map, key);
		}
		cr_assert_eq(map_get(&map, key), expected[i], "step %u", step);
		cr_assert_eq(map.used, n);
		if (step % 10000 == 0) {
			for (unsigned j = 0; j < KEYS; j++)
				cr_assert_eq(map_get(&map, keys + (size_t)j * 16), expected[j]);
		}
	}
	map_clear(&map);
	cr_assert_eq(map.used, 0);
	for (unsigned i = 0; i < KEYS; i++)
		cr_assert_null(map_get(&map, keys + (size_t)i * 16));
	map_set(&map, keys, values);
	cr_assert_eq(map_get(&map, keys), values);
	map_free(&map);
	cr_assert_null(map_get(&map, keys), "it can be used again");
}

/* ---- intern ---- */

#define STRINGS 300000 /* so many that some of them have the same hash of 32 bits */

Test(intern, one_copy_of_each_string)
{
	struct arena *arena = arena_new();
	struct intern *intern = intern_new(arena);
	static const char *copies[STRINGS];
	char text[32];

	for (int pass = 0; pass < 3; pass++) {
		for (int i = 0; i < STRINGS; i++) {
			size_t len = (size_t)sprintf(text, "chain-%d", i);
			const char *copy;

			if (pass == 0) {
				if (i % 16 == 0)
					cr_assert_null(intern_find(intern, text, len), "%s", text);
				copies[i] = intern_add(intern, text, len);
				cr_assert_neq(copies[i], text);
				cr_assert(i == 0 || copies[i] != copies[i - 1]);
			}
			copy = pass == 1 ? intern_add(intern, text, len)
					 : intern_find(intern, text, len);
			cr_assert_eq(copy, copies[i]);
			cr_assert_str_eq(copy, text);
		}
	}
	intern_free(intern);
	cr_assert_str_eq(copies[77], "chain-77", "the strings belong to the arena");
	intern_free(NULL);
	arena_free(arena);
}

/* Length and every byte count, zeros too. */
Test(intern, what_differs_is_another_string)
{
	struct arena *arena = arena_new();
	struct intern *intern = intern_new(arena);
	static const struct {
		const char *text;
		size_t len;
	} strings[] = {
		{ "", 0 },     { "\0", 1 },	{ "\0\0", 2 }, { "eth", 3 },
		{ "eth0", 4 }, { "eth\0", 4 },	{ "Eth0", 4 }, { "eth0 ", 5 },
		{ "eth+", 4 }, { "eth\0a", 5 }, { "0hte", 4 },
	};
	const char *copies[sizeof(strings) / sizeof(strings[0])];

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		cr_assert_null(intern_find(intern, strings[i].text, strings[i].len), "%zu", i);
		copies[i] = intern_add(intern, strings[i].text, strings[i].len);
		cr_assert_eq(memcmp(copies[i], strings[i].text, strings[i].len), 0);
		cr_assert_eq(copies[i][strings[i].len], '\0');
	}
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		cr_assert_eq(intern_find(intern, strings[i].text, strings[i].len), copies[i]);
	/* a part of a text that goes on */
	cr_assert_eq(intern_add(intern, "eth0:more", 4), intern_find(intern, "eth0", 4));
	intern_free(intern);
	arena_free(arena);
}

/* ---- buf ---- */

Test(buf, nothing_is_an_empty_string)
{
	struct buf buf = BUF_INIT;

	cr_expect_str_eq(buf_string(&buf), "");
	buf_add(&buf, NULL, 0);
	cr_expect_str_eq(buf_string(&buf), "");
	cr_expect_eq(buf.len, 0);
	buf_free(&buf);
	buf_clear(&buf); /* may be used again */
	buf_add_string(&buf, "x");
	cr_expect_str_eq(buf_string(&buf), "x");
	buf_free(&buf);
}

/* Each way of adding up to and over the limits of its memory, which are powers of 2. */
Test(buf, grows_at_every_length)
{
	for (size_t before = 0; before < 300; before++) {
		for (size_t more = 0; more < 140; more += 1 + more / 8) {
			char text[512], tail[256];
			struct buf added = BUF_INIT, printed = BUF_INIT;

			memset(text, 'a', before);
			memset(tail, 'b', more);
			memcpy(text + before, tail, more);
			text[before + more] = tail[more] = '\0';
			for (size_t i = 0; i < before; i++)
				buf_add_char(&added, 'a');
			buf_printf(&printed, "%.*s", (int)before, text);
			buf_add(&added, tail, more);
			buf_printf(&printed, "%s", tail);
			cr_assert_eq(added.len, before + more);
			cr_assert_eq(printed.len, before + more);
			cr_assert_lt(added.len, added.capacity); /* the NUL */
			cr_assert_lt(printed.len, printed.capacity);
			cr_assert_str_eq(buf_string(&added), text);
			cr_assert_str_eq(buf_string(&printed), text);
			buf_free(&added);
			buf_free(&printed);
		}
	}
}

Test(buf, holds_any_bytes)
{
	struct buf buf = BUF_INIT;

	buf_add(&buf, "a\0b", 3);
	buf_add_char(&buf, '\0');
	buf_printf(&buf, "%d%%", 7);
	cr_expect_eq(buf.len, 6);
	cr_expect_arr_eq(buf.data,
			 "a\0b\0"
			 "7%",
			 7);
	buf_clear(&buf);
	cr_expect_eq(buf.len, 0);
	cr_expect_str_eq(buf_string(&buf), "");
	buf_free(&buf);
}

/* ---- similar ---- */

/* The nearest to WORD of CANDIDATES (with blanks between), whatever their order; "" for none. */
static void assert_nearest(const char *word, const char *candidates, const char *nearest)
{
	char words[8][80];
	size_t n = 0;
	char *rest = NULL, *list = strdup(candidates);

	for (char *each = strtok_r(list, " ", &rest); each; each = strtok_r(NULL, " ", &rest))
		snprintf(words[n++], sizeof(words[0]), "%s", each);
	free(list);
	for (size_t first = 0; first < n; first++) {
		struct similar similar;
		const char *result;

		similar_init(&similar, word);
		for (size_t i = 0; i < n; i++)
			similar_offer(&similar, words[(first + i) % n]);
		result = similar_result(&similar);
		cr_expect_str_eq(result ? result : "", nearest, "'%s' among '%s'", word,
				 candidates);
	}
}

Test(similar, one_or_two_letters)
{
	assert_nearest("dprot", "sport dport dst", "dport"); /* neighbours swapped */
	assert_nearest("shadowed-rul", "shadowed-rule", "shadowed-rule");
	assert_nearest("INPTU", "INPUT OUTPUT", "INPUT");
	assert_nearest("input", "INPUT", "INPUT"); /* case does not count */
	assert_nearest("tcpflags", "tcp-flags", "tcp-flags");
	assert_nearest("multiporrtt", "multiport", "multiport");
	assert_nearest("multiporrttt", "multiport", ""); /* three letters */
}

Test(similar, the_order_does_not_matter)
{
	assert_nearest("cart", "card care carp", "card");
	assert_nearest("portx", "porta port portb", "port");
}

Test(similar, nothing_is_near)
{
	assert_nearest("eth", "lo", "");
	assert_nearest("ab", "ax", "");	      /* half of the word */
	assert_nearest("dport", "dport", ""); /* itself is no suggestion */
	assert_nearest("", "a ab", "");
	assert_nearest("a", "", "");
}

Test(similar, long_words)
{
	char word[80], candidate[80];

	for (size_t len = 60; len < 70; len++) {
		memset(word, 'x', len);
		memset(candidate, 'x', len);
		word[len] = candidate[len] = '\0';
		candidate[len / 2] = 'y';
		/* 63 letters are looked at */
		assert_nearest(word, candidate, len <= 63 ? candidate : "");
	}
}

/* ---- utf8 ---- */

/* POINT as UTF-8, by the table of RFC 3629; its length. */
static size_t encode(uint32_t point, char *to)
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	for (size_t i = len; i-- > 1; point >>= 6)
		to[i] = (char)(0x80 | (point & 0x3f));
	to[0] = (char)(leads[len == 1 ? 0 : len] | point);
	return len;
}

Test(utf8, every_code_point)
{
	for (uint32_t point = 0; point < 0x110000; point++) {
		char text[5] = "";
		size_t len = encode(point, text);
		bool is_half = point >= 0xd800 && point < 0xe000; /* of a pair */

		cr_assert_eq(utf8_sequence(text, 5), is_half ? 0 : len, "U+%04X", point);
		/* cut short it is none */
		for (size_t cut = 0; cut < len; cut++)
			cr_assert_eq(utf8_sequence(text, cut), 0, "%zu bytes of U+%04X", cut,
				     point);
	}
}

/* Each four bytes that begin with two of all: sequences are exactly those of code points. */
Test(utf8, every_other_sequence_is_none)
{
	static const unsigned char behind[] = { 0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff };

	for (unsigned both = 0x8000; both < 0x10000; both++) {
		for (unsigned i = 0; i < 36; i++) {
			const char text[] = { (char)(both >> 8), (char)both, (char)behind[i / 6],
					      (char)behind[i % 6] };
			size_t len = utf8_sequence(text, 4);
			char again[4];
			uint32_t point;

			if (!len)
				continue;
			cr_assert(len > 1 && len <= 4);
			point = (unsigned char)text[0] & (0xffu >> (len + 1));
			for (size_t n = 1; n < len; n++)
				point = point << 6 | ((unsigned char)text[n] & 0x3f);
			/* not the shortest way to write it; behind U+10FFFF */
			cr_assert_eq(encode(point, again), len);
			cr_assert_arr_eq(again, text, len);
			cr_assert_lt(point, 0x110000);
		}
	}
}

Test(utf8, what_is_not_shown)
{
	static const uint32_t hidden[] = {
		0,	0x1b,	0x7f,	0x85,	0xad,	0x200b, 0x200f,
		0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xffff, 0xe0041
	};
	static const uint32_t visible[] = { ' ', '~', 0xa0, 0xe4, 0x5d0, 0x2026, 0xfffd, 0x1f600 };

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		char text[4];

		cr_expect(!utf8_is_visible(text, encode(hidden[i], text)), "U+%04X", hidden[i]);
	}
	for (size_t i = 0; i < sizeof(visible) / sizeof(*visible); i++) {
		char text[4];

		cr_expect(utf8_is_visible(text, encode(visible[i], text)), "U+%04X", visible[i]);
	}
}

Test(word, the_name_is_what_stands_behind_the_last_slash)
{
	cr_assert_str_eq(base_name("iptables"), "iptables");
	cr_assert_str_eq(base_name("/usr/sbin/iptables"), "iptables");
	cr_assert_str_eq(base_name("./fw.sh"), "fw.sh");
	cr_assert_str_eq(base_name("/etc/init.d/"), "");
	cr_assert_str_eq(base_name(""), "");
}

Test(word, a_number_is_digits_alone)
{
	cr_assert(is_number("0"));
	cr_assert(is_number("99999999999999999999999"));
	cr_assert_not(is_number(""));
	cr_assert_not(is_number("-1"));
	cr_assert_not(is_number(" 1"));
	cr_assert_not(is_number("1 "));
	cr_assert_not(is_number("1.5"));
	cr_assert_not(is_number("0x1"));
}
