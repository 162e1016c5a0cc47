// What the forge's names mean, for somebody who does not program.

const PHASES = {
  interview: "Questions",
  specification: "What it will be",
  candidates: "First attempts",
  examples: "Examples",
  tests: "Tests",
  contest: "Contest",
  repair: "Repairs",
  optimisation: "Speed",
  integration: "Fitting in",
  documentation: "Instructions",
  gate: "Last check",
};

const ROLES = {
  "requirements-analyst": "The analyst looks for what has to be asked",
  architect: "The architect writes down what the plugin will be",
  "test-engineer": "The tester writes tests, without seeing any program",
  implementer: "A programmer writes",
  optimiser: "Somebody looks for a faster way to do the same",
  "integration-specialist": "Somebody looks at how it fits in, and what it may do",
  proposal: "Everything is put together for your decision",
  "documentation-writer": "The writer explains how to use it",
};

export const VERDICTS = {
  AC: ["✓", "passed"],
  WA: ["✗", "wrong answer"],
  RE: ["!", "error"],
  TLE: ["…", "too slow"],
  MLE: ["M", "too much memory"],
  OLE: ["O", "too much output"],
  CE: ["C", "does not load"],
  SV: ["S", "reached for what is not allowed"],
  FL: ["~", "not the same each time"],
  IE: ["?", "the judge failed"],
};

export const STATES = {
  asking: "waits for you",
  running: "working",
  pausing: "pauses after this step",
  paused: "paused",
  stopping: "stops after this step",
  stopped: "stopped",
  over: "finished",
};

export const BUDGET = {
  "calls of models": "Questions to models",
  tokens: "Tokens read and written",
  "seconds of work": "Time at work",
  "seconds on the clock": "Time on the clock",
  "units of money": "Money",
};

export const phase = (name) => PHASES[name] ?? name;

export function working(role, on) {
  const about = on.replace("-", " ");
  if (role === "implementer" && about) return `A programmer writes ${about}`;
  return ROLES[role] ?? [role, about && `works on ${about}`].filter(Boolean).join(" ");
}

export function test(name) {
  const plain = name.slice(name.lastIndexOf("::") + 1).replace(/^:/, "");
  const found = /^test_(?:(r\d+)_)?(.*)$/is.exec(plain);
  if (!found) return ["", plain];
  return [(found[1] ?? "").toUpperCase(), found[2].replaceAll("_", " ")];
}

export function amount(count, what) {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

export function duration(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
