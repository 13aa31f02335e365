// The schema as a contract with those who use it: what changed since the last
// release, and whether they can live with it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

import { program } from "../lib/service.mjs";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const directives = read("federation.graphql");

/** The schema of the last release; release.mjs renews it. */
export const releasedFile = fileURLToPath(new URL("released.graphql", import.meta.url));
export const released = () => readFileSync(releasedFile, "utf8");

/** The schema of the program as it stands. */
export const current = () => execFileSync(program, ["schema"], { encoding: "utf8" });

// A gateway cannot do without these, so taking one away breaks it. Inspector,
// which cannot know what a directive means, takes it for dangerous. One more key
// breaks nothing.
const holdsGraphTogether = ({ path, type }) => /\.@(key|shareable)\b/.test(path ?? "") && !type.endsWith("_ADDED");
// These tell gateways what a field costs, and take nothing from anybody.
const tellsCost = ({ path, type }) => /\.@(cost|listSize)\b/.test(path ?? "") && type.endsWith("_ADDED");

// sinceRelease returns the changes from one schema to another that a user may
// notice in a bad way: { level, type, path, message }.
export async function sinceRelease(before, after) {
  const changes = await diff(buildSchema(before + directives), buildSchema(after + directives));
  return changes
    .filter((change) => change.criticality.level !== CriticalityLevel.NonBreaking && !tellsCost(change))
    .map(({ criticality, type, path, message }) => ({
      level: holdsGraphTogether({ path, type }) ? CriticalityLevel.Breaking : criticality.level,
      type, path, message,
    }));
}

// objections returns, as sentences, what stands against a release: breaking
// changes, dangerous ones that were not accepted, and acceptances without a change.
export function objections(changes, accepted) {
  const matches = (change, entry) => change.path === entry.path && change.type === entry.type;
  const isAccepted = (change) => change.level === CriticalityLevel.Dangerous && accepted.some((entry) => matches(change, entry));
  return [
    ...changes.filter((change) => !isAccepted(change))
      .map(({ level, type, path, message }) => `${level.toLowerCase()}: ${message} (${type}, ${path})`),
    ...accepted.filter(({ reason }) => !reason?.trim()).map(({ type, path }) => `accepted without a reason: ${type}, ${path}`),
    ...accepted.filter((entry) => !changes.some((change) => matches(change, entry)))
      .map(({ type, path }) => `accepted, but no such change: ${type}, ${path}`),
  ];
}
