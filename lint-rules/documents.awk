# SPDX-License-Identifier: GPL-2.0-or-later
#
# awk -f documents.awk lint-rules/*/*.md > documents.c
#
# Writes the table of src/lint/documents.h: the name of a document is the name of
# its file without the folder and ".md".

BEGIN {
	print "/* Made from the documents of the lint rules by lint-rules/documents.awk. */"
	print "#include <stddef.h>\n"
	print "#include \"lint/documents.h\"\n"
	print "const struct lint_document lint_documents[] = {"
}

FNR == 1 {
	if (open)
		print "\t},"
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.md$/, "", name)
	printf "\t{ \"%s\",\n", name
	open = 1
}

# Letter by letter: how gsub() reads backslashes differs between awks.
function escaped(text,    i, c, out) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\" || c == "\"")
			out = out "\\"
		out = out (c == "\t" ? "\\t" : c)
	}
	return out
}

{
	printf "\t  \"%s\\n\"\n", escaped($0)
}

END {
	if (open)
		print "\t},"
	print "\t{ NULL, NULL },"
	print "};"
}
