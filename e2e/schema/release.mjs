// Makes the program's schema the released one, as the last step before a release
// is tagged:
//
//   go build -o .artifacts/paymentlinks . && node e2e/schema/release.mjs
//
// A major release, which may break what it says it breaks, adds --major.
import { writeFileSync } from "node:fs";

import { accepted } from "./accepted.mjs";
import { current, objections, released, releasedFile, sinceRelease } from "./contract.mjs";

const schema = current();
const against = objections(await sinceRelease(released(), schema), accepted);
for (const objection of against) console.error(objection);
if (against.length > 0 && !process.argv.includes("--major")) {
  console.error("The schema was not released. A major release is made with --major.");
  process.exit(1);
}
writeFileSync(releasedFile, schema);
if (accepted.length > 0) console.error("Now empty the list in accepted.mjs: what it accepts is released.");
