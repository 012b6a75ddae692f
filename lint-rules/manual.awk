# SPDX-License-Identifier: GPL-2.0-or-later
#
# awk -f manual.awk lint-rules/*/*.md > iptlint-rules.7
#
# Makes the manual page of the lint rules from their documents, in the language of mdoc(7).
# A document is: a heading with the name, lines "- Word: text" about the rule, and sections of
# paragraphs, lists ("- " at the start of a line) and code between fences.

BEGIN {
	print ".\\\" Made from the documents of the lint rules by lint-rules/manual.awk."
	print ".Dd November 26, 2026"
	print ".Dt IPTLINT-RULES 7"
	print ".Os"
	print ".Sh NAME"
	print ".Nm iptlint-rules"
	print ".Nd what iptlint finds in rules files"
	print ".Sh DESCRIPTION"
	print "These are the lint rules of"
	print ".Xr iptlint 1 ,"
	print "by group."
	print "Each has a level, which the options"
	print ".Fl \\-error ,"
	print ".Fl \\-warning"
	print "and"
	print ".Fl \\-info"
	print "and"
	print ".Xr iptlint.conf 5"
	print "change."
	print "A finding is silenced by a comment above its line:"
	print ".Pp"
	print ".Dl # iptlint: ignore[NAME] \\-\\- reason"
}

# ---- words ----

# Letter by letter: how gsub() reads backslashes differs between awks.
function escaped(text, is_code,    i, c, out) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\")
			out = out "\\e"
		else if (c == "-" && (is_code || substr(text, i + 1, 1) == "-" || substr(text, i - 1, 1) == "-"))
			out = out "\\-"
		else if (c == "(" && substr(text, i + 1, 1) == ")")
			out = out "\\&(" # or mandoc asks for markup of a function
		else
			out = out c
	}
	return out
}

# A line must not begin with what mdoc takes for a request.
function put(line) {
	if (line ~ /^[.']/)
		line = "\\&" line
	print line
}

# What stood between backticks is bold; a span may go on behind a blank.
function word_text(word,    parts, n, i, out) {
	n = split(word, parts, "`")
	for (i = 1; i <= n; i++) {
		if (i > 1) {
			in_code_span = !in_code_span
			out = out (in_code_span ? "\\fB" : "\\fR")
		}
		out = out escaped(parts[i], in_code_span)
	}
	return out
}

# The paragraph that was gathered: a line ends before it gets long, and behind a sentence.
function flush(    words, n, i, line, word) {
	if (paragraph == "")
		return
	n = split(paragraph, words, " ")
	in_code_span = 0
	for (i = 1; i <= n; i++) {
		word = word_text(words[i])
		if (line != "" && length(line) + length(word) > 76) {
			put(line)
			line = ""
		}
		if (line == "" && word ~ /^\\fR?$/)
			word = "\\&" word
		line = line (line == "" ? "" : " ") word
		if (!in_code_span && words[i] ~ /[.?!]['"`)]*$/) {
			put(line)
			line = ""
		}
	}
	if (line != "")
		put(line)
	paragraph = ""
}

function end_list() {
	if (in_list)
		print ".El"
	in_list = 0
}

function end_block() {
	flush()
	end_list()
}

function group_of(path,    parts, n) {
	n = split(path, parts, "/")
	return parts[n - 1]
}

# ---- lines ----

FNR == 1 {
	end_block()
	group = group_of(FILENAME)
	if (group != last_group)
		print ".Sh GROUP " toupper(group)
	last_group = group
	in_head = 1
	wants_break = 0
}

/^```/ {
	if (!in_fence)
		end_block()
	print in_fence ? ".Ed" : ".Bd -literal -offset indent"
	in_fence = !in_fence
	wants_break = 1
	next
}

in_fence {
	put($0 == "" ? "\\&" : escaped($0, 1))
	next
}

/^# / {
	print ".Ss " substr($0, 3)
	next
}

/^## / {
	end_block()
	if (in_head) {
		paragraph = facts "."
		flush()
	}
	facts = ""
	in_head = 0
	print ".Pp"
	print ".Em " escaped(substr($0, 4)) " :"
	wants_break = 0
	next
}

in_head && /^- Group: / {
	next
}

in_head && /^- / {
	text = substr($0, 3)
	facts = facts (facts == "" ? "" : ". ") text
	next
}

/^- / {
	flush()
	if (!in_list)
		print ".Bl -bullet -compact"
	in_list = 1
	print ".It"
	paragraph = substr($0, 3)
	next
}

/^[ \t]*$/ {
	if (paragraph != "" || in_list)
		wants_break = 1
	end_block()
	next
}

{
	if (paragraph == "" && wants_break && !in_list)
		print ".Pp"
	wants_break = 0
	paragraph = paragraph " " $0
}

END {
	end_block()
	print ".Sh SEE ALSO"
	print ".Xr iptlint 1 ,"
	print ".Xr iptlint.conf 5 ,"
	print ".Xr iptables-extensions 8 ,"
	print ".Xr iptables-restore 8"
}
