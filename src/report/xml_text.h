/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in XML 1.0.
 */
#ifndef REPORT_XML_TEXT_H
#define REPORT_XML_TEXT_H

#include <stdint.h>
#include <stdio.h>

/*
 * TEXT, which may be any bytes, for an attribute between double quotes or between two tags;
 * without a newline.  What is not UTF-8, or may not stand in a document in any form, becomes
 * U+FFFD.
 */
void xml_text(FILE *out, const char *text);

/* NAME="TEXT" with a blank before it; NAME="NUMBER" */
void xml_attribute(FILE *out, const char *name, const char *text);
void xml_number(FILE *out, const char *name, uint32_t number);

#endif
