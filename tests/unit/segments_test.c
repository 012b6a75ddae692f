/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept of parts of lines: whatever was thrown out to make room, what is found is what was
 * offered with that very key.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "bind/segments.h"

/* More than there is room for, and than there are hashes of what came once. */
#define N_MANY 60000

static struct arena *arena;
static struct segments *segments;

static void set_up(void)
{
	arena = arena_new();
	segments = segments_new(arena);
}

static void tear_down(void)
{
	segments_free(segments);
	arena_free(arena);
}

TestSuite(segments, .init = set_up, .fini = tear_down);

/* "-j N"; the target has a text that tells which it is. */
struct example {
	char number[16];
	struct word words[2];
	struct segment_key key;
	struct target target;
};

static struct example *example(unsigned number)
{
	struct example *made = arena_new_object(arena, struct example);

	snprintf(made->number, sizeof(made->number), "%u", number);
	made->words[0].text = "-j";
	made->words[1].text = made->number;
	made->key =
		(struct segment_key){ .words = made->words, .n_words = 2, .kind = SEGMENT_TARGET };
	made->target.text = made->number;
	return made;
}

static void offer(const struct example *example)
{
	segments_offer(segments, &example->key, &(struct segment){ .target = &example->target });
}

/* The text of the target that is found. */
static const char *found(const struct segment_key *key)
{
	const struct segment *segment = segments_find(segments, key);

	return segment ? segment->target->text : NULL;
}

Test(segments, what_comes_twice_is_kept)
{
	struct example *one = example(1);

	cr_assert_null(found(&one->key));
	offer(one);
	cr_assert_null(found(&one->key));
	offer(one);
	cr_assert_str_eq(found(&one->key), "1");
	offer(one);
	cr_assert_str_eq(found(&one->key), "1");
}

Test(segments, each_part_of_the_key_counts)
{
	struct example *one = example(1);
	struct word other[3] = { { .text = "-j" }, { .text = "1" }, { .text = "" } };
	struct segment_key key;

	offer(one);
	offer(one);
	key = one->key;
	key.words = other;
	cr_assert_str_eq(found(&key), "1", "the same words elsewhere");
	key.n_words = 3;
	cr_assert_null(found(&key), "one more word");
	key.n_words = 1;
	cr_assert_null(found(&key), "one word less");
	key = one->key;
	key.protocol = 6;
	cr_assert_null(found(&key));
	key = one->key;
	key.inverted = true;
	cr_assert_null(found(&key));
	key = one->key;
	key.kind = SEGMENT_MATCH;
	cr_assert_null(found(&key));
	key = one->key;
	key.before = (const struct option *)&key;
	cr_assert_null(found(&key));
}

Test(segments, words_too_long_are_not_kept)
{
	static char longest[2000];
	struct example *one = example(1);

	memset(longest, 'x', sizeof(longest) - 1);
	one->words[1].text = longest;
	offer(one);
	offer(one);
	cr_assert_null(found(&one->key));
	one->key.n_words = 0;
	offer(one);
	offer(one);
	cr_assert_null(found(&one->key));
}

Test(segments, many_are_what_they_were)
{
	static struct example *examples[N_MANY];
	unsigned n_found = 0;

	for (unsigned i = 0; i < N_MANY; i++) {
		examples[i] = example(i);
		offer(examples[i]);
		offer(examples[i]);
		cr_assert_str_eq(found(&examples[i]->key), examples[i]->number,
				 "there is room for the newest one");
	}
	for (unsigned i = 0; i < N_MANY; i++) {
		const char *text = found(&examples[i]->key);

		n_found += text != NULL;
		if (text)
			cr_assert_str_eq(text, examples[i]->number);
	}
	cr_assert_gt(n_found, 5000);
	cr_assert_lt(n_found, N_MANY / 2, "the memory is bounded");
}

/* What is of use again and again stays, however many come once or twice. */
Test(segments, what_is_used_stays)
{
	struct example *used = example(N_MANY);

	offer(used);
	offer(used);
	for (unsigned i = 0; i < N_MANY; i++) {
		struct example *passing = example(i);

		offer(passing);
		offer(passing);
		cr_assert_str_eq(found(&used->key), used->number, "%u others", i);
	}
}
