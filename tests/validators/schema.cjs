// SPDX-License-Identifier: GPL-2.0-or-later
//
// usage: node schema.cjs SCHEMA FILE...      prints what is wrong with the files; NODE_PATH
//                                            names the folder where ajv is installed
const fs = require("fs");
const Ajv = require("ajv/dist/2020");

const read = (path) => JSON.parse(fs.readFileSync(path, "utf8"));
const [schema, ...files] = process.argv.slice(2);
const ajv = new Ajv({ strict: false, allErrors: true });
require("ajv-formats")(ajv);
const validate = ajv.compile(read(schema));

for (const file of files) {
	if (!validate(read(file))) {
		for (const error of validate.errors.slice(0, 10))
			console.log(`${file}: ${error.instancePath} ${error.message}`);
		process.exitCode = 1;
	}
}
