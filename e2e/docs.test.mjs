// Does what the pages in docs/ tell to type, and compares what is printed with
// what they show. A comment before a block says what to do with it; it is not
// seen on the rendered page:
//
//   <!-- file: NAME -->       keep the block as a file of this name
//   <!-- token -->            these are the claims of $TOKEN
//   <!-- serve -->            start the program with these settings
//   <!-- run -->              run it, and compare with the block that follows
//   <!-- elsewhere: TEST -->  this test file runs it
//
// Commands without such a comment are not accepted.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { program, start, startSandbox } from "./lib/service.mjs";

const top = new URL("../", import.meta.url);
const pages = ["docs/platform.md", "docs/web.md", "docs/mobile.md", "docs/sandbox.md"];
const page = (name) => readFileSync(new URL(name, top), "utf8");

// The addresses that the pages write. Those of the run take their place.
const serviceAddress = "http://127.0.0.1:8080";
const issuerAddress = "https://login.example.com/jwks.json";
const upstreamAddress = "https://your-billpocket-base-url";
const sandboxAddress = "http://127.0.0.1:8090";

// blocksOf returns the fenced blocks of a page in order.
function blocksOf(markdown) {
  const fence = /(?:^<!-- (\w+)(?:: (\S+))? -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm;
  return Array.from(markdown.matchAll(fence), ([, mark, name, language, text]) => ({ mark, name, language, text }));
}

// headingsOf returns the headings of a page as links name them.
function headingsOf(markdown) {
  return Array.from(markdown.matchAll(/^#+ (.*)$/gm), ([, text]) => text.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"));
}

// issuer signs tokens and publishes the key that they are checked with.
async function issuer() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "docs", alg: "ES256", use: "sig" };
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    token(claims) {
      const text = `${encode({ alg: "ES256", typ: "JWT", kid: "docs" })}.${encode(claims)}`;
      return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
    },
    stop: () => server.close(),
  };
}

// reader does what a page says, block by block.
function reader() {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  const files = new Map();
  let service, login, upstream, token = "";

  // here puts the addresses of this run in place of those that the page writes.
  const here = (text) => {
    const sandbox = /^Sandbox +(\S+)$/m.exec(service?.output() ?? "")?.[1];
    return text.replaceAll(serviceAddress, service?.url ?? serviceAddress).replaceAll(sandboxAddress, sandbox ?? sandboxAddress);
  };
  const run = async (script) => {
    for (const [name, text] of files) writeFileSync(join(folder, name), here(text));
    const local = here(script).replaceAll("go run .", `"${program}"`);
    const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", local], {
      cwd: folder, env: { PATH: process.env.PATH, TOKEN: token },
    });
    return stdout;
  };
  const serve = async (script) => {
    assert.match(script, /^(?:PAYMENTLINKS_\w+=\S+(?: \\\n *| ))*go run \.\n$/, "settings and `go run .`");
    await service?.stop();
    service = undefined;
    // What a page names is put in place: its own files, its issuer, its upstream.
    const value = async (text) => {
      if (existsSync(join(folder, text))) return join(folder, text);
      if (text === issuerAddress) return (login ??= await issuer()).url;
      if (text === upstreamAddress) return (upstream ??= await startSandbox()).url;
      return text.replace(/^127\.0\.0\.1:\d+$/, "127.0.0.1:0");
    };
    const settings = [];
    for (const [, name, text] of script.matchAll(/PAYMENTLINKS_(\w+)=(\S+)/g)) settings.push([name, await value(text)]);
    service = await start(Object.fromEntries(settings));
  };

  return {
    async take(block, next) {
      switch (block.mark) {
        case "file":
          files.set(block.name, block.text);
          return writeFileSync(join(folder, block.name), block.text); // serve looks for it
        case "token":
          login ??= await issuer();
          token = login.token(JSON.parse(block.text));
          return;
        case "serve":
          return serve(block.text);
        case "elsewhere":
          return assert.ok(existsSync(new URL(block.name, top)), `there is no ${block.name}`);
        case "run": {
          assert.ok(next && !next.mark && ["json", "text"].includes(next.language), "a command is followed by what it prints");
          const printed = await run(block.text);
          if (next.language === "json") assert.deepEqual(JSON.parse(printed), JSON.parse(next.text));
          else assert.equal(printed.trim(), next.text.trim());
          return;
        }
        default:
          assert.equal(block.mark, undefined, "a comment that is not known");
          assert.notEqual(block.language, "sh", "a command that no test runs");
      }
    },
    async stop() {
      await service?.stop();
      await upstream?.stop();
      login?.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

for (const name of pages) {
  describe(name, () => {
    const blocks = blocksOf(page(name));
    const it = reader();
    after(() => it.stop());

    for (const [i, block] of blocks.entries()) {
      const title = block.text.trim().split("\n")[0].slice(0, 70);
      test(`${block.mark ?? block.language}: ${title}`, () => it.take(block, blocks[i + 1]));
    }
    test("has commands", () => assert.ok(blocks.filter(({ mark }) => mark === "run").length >= 3));

    test("links to what exists", () => {
      const links = Array.from(page(name).matchAll(/\]\(((?!\w+:)[^)#]+)(?:#([^)]*))?\)/g));
      assert.ok(links.length > 0);
      for (const [link, target, heading] of links) {
        const file = new URL(target, new URL(name, top));
        assert.ok(existsSync(file), link);
        if (heading) assert.ok(headingsOf(readFileSync(file, "utf8")).includes(heading), link);
      }
    });
  });
}

// The codes are a closed set, and a user interface has to know all of them.
test("docs/web.md tells every error code", () => {
  const source = page("internal/fault/fault.go");
  const codes = Array.from(source.matchAll(/Kind += "([A-Z_]+)"/g), ([, code]) => code).filter((code) => code !== "CANCELED");
  assert.ok(codes.length > 20, `${codes.length} codes found`);
  const text = page("docs/web.md");
  assert.deepEqual(codes.filter((code) => !text.includes(`\`${code}\``)), []);
});

describe("the reader of these pages", () => {
  const rejects = (markdown, message) => async () => {
    const it = reader();
    try {
      const blocks = blocksOf(markdown);
      const read = async () => { for (const [i, block] of blocks.entries()) await it.take(block, blocks[i + 1]); };
      await assert.rejects(read, message);
    } finally {
      await it.stop();
    }
  };
  const block = (language, text, mark = "") => `${mark && `<!-- ${mark} -->\n`}\`\`\`${language}\n${text}\n\`\`\`\n`;

  test("sees another answer", rejects(block("sh", `echo '{"a": 1}'`, "run") + block("json", `{"a": 2}`), /deep-equal/));
  test("sees another text", rejects(block("sh", "echo a", "run") + block("text", "b"), /strictly equal/));
  test("sees a command that fails", rejects(block("sh", "false", "run") + block("text", ""), /Command failed/));
  test("misses the answer", rejects(block("sh", "true", "run"), /followed by/));
  test("misses a comment", rejects(block("sh", "true"), /no test runs/));
  test("knows its comments", rejects(block("sh", "true", "rum"), /not known/));
  test("starts nothing else", rejects(block("sh", "rm -r .", "serve"), /settings and/));
});
