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

{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	gsub(/\t/, "\\t")
	printf "\t  \"%s\\n\"\n", $0
}

END {
	if (open)
		print "\t},"
	print "\t{ NULL, NULL },"
	print "};"
}
