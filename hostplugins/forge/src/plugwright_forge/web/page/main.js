// The page: hears what the forge tells, in order, and shows what it comes to.

import * as asks from "./asks.js";
import * as matrix from "./matrix.js";
import { at, el, fill, say } from "./parts.js";
import * as report from "./report.js";
import { listen, send } from "./talk.js";
import { value as drawn } from "./values.js";
import { BUDGET, STATES, amount, duration, phase, working } from "./words.js";

const UNSEEN = "an empty plugin"; // tests are tried on it; nobody competes with it
let told = fresh();
let source;

function fresh() {
  return {
    phases: [], phase: "", session: null, state: "running", columns: [],
    ask: null,
  };
}

const hear = {
  begin() {
    told = fresh();
    report.forget();
    matrix.clear();
    asks.hide();
    for (const id of ["phases", "candidates", "budget", "alarms", "answers", "notes"]) {
      fill(id);
    }
    for (const id of ["answers-part", "notes-part", "iteration", "over"]) {
      at(id).hidden = true;
    }
    at("calm").hidden = at("no-candidates").hidden = false;
  },
  session(facts) {
    told.session = facts;
    told.phases = [...facts.phases];
    at("request").textContent = facts.request;
    at("state").title = `session ${facts.name}`;
    showPhases();
  },
  phase({ name }) {
    if (!told.phases.includes(name)) told.phases.push(name);
    told.phase = name;
    at("working").textContent = phase(name);
    showPhases();
    say(`Now: ${phase(name)}`);
  },
  working({ role, on }) {
    at("working").textContent = `${working(role, on)} …`;
  },
  judging({ subject }) {
    if (subject === UNSEEN) {
      at("working").textContent = "The judge tries the tests on an empty plugin …";
      return;
    }
    at("working").textContent = `The judge runs the tests on ${subject} …`;
    const known = told.columns.find((each) => each.subject === subject);
    if (known) {
      // Judged anew, by more tests: in its own column.
      Object.assign(known, { passed: 0, failed: 0 });
    } else {
      const [, number, version] = /^candidate (\d+)\.?(\d*)$/.exec(subject) ?? [];
      const short = number ? `${number}.${version || 0}` : "✦";
      const name = number ? `candidate ${number}` : subject;
      const who = number === "0" ? `${name}, found without a model` : name;
      const full = version ? `${who}, version ${short}` : who;
      const place = matrix.column(short, full);
      told.columns.push({ subject, name, full, place, passed: 0, failed: 0 });
    }
    at("no-candidates").hidden = true;
    showCandidates();
  },
  result({ subject, test, verdict, message }) {
    const column = told.columns.find((each) => each.subject === subject);
    if (!column) return;
    column[verdict === "AC" ? "passed" : "failed"] += 1;
    matrix.put(column.place, test, verdict, message);
    showCandidates();
  },
  iteration({ number, met, requirements }) {
    at("iteration").hidden = false;
    at("iteration").textContent = `${met} of ${amount(requirements, "requirement")} met`
      + (number ? `, after ${amount(number, "repair")}` : ", at the first attempt");
  },
  note({ text }) {
    const notes = at("notes");
    const isAtEnd = notes.scrollTop + notes.clientHeight >= notes.scrollHeight - 8;
    at("notes-part").hidden = false;
    notes.append(el("li", {}, text));
    while (notes.children.length > 300) notes.firstChild.remove();
    if (isAtEnd) notes.scrollTop = notes.scrollHeight;
  },
  budget({ lines }) {
    fill("budget", ...lines.map(amountSpent));
  },
  kept({ about, key, value, shown }) {
    if (about === "alarm") showAlarm(value);
    else if (value) showAnswer(key, value, shown);
  },
  report(facts) {
    report.keep(facts);
  },
  ask(facts) {
    told.ask = facts;
    at("working").textContent = "It waits for your answer.";
    asks.show(facts);
    showTitle();
  },
  answered({ id, choice, text }) {
    asks.answered(id, choice, text);
  },
  settled() {
    told.ask = null;
    at("working").textContent = "Going on …";
    asks.hide();
    showTitle();
  },
  state({ state, why }) {
    told.state = state;
    showState(why);
  },
  over({ words, good, remedy, wheel }) {
    told.state = "over";
    source.close();
    told.phase = "";
    showPhases(true);
    showState("");
    at("connection").hidden = true;
    at("working").textContent = "The work has ended, and this page is not live any more.";
    at("over").className = `over ${good ? "good" : "bad"}`;
    fill("over", el("h2", {}, words), remedy ? el("p", {}, remedy) : "", report.link(),
      wheel ? el("p", {}, "As a file for pip: ", el("code", {}, wheel)) : "",
      el("p", { class: "soft" }, "You can close this window; the files stay."));
    at("over").hidden = false;
    say(words);
  },
};

function showPhases(isOver = false) {
  const now = isOver ? told.phases.length : told.phases.indexOf(told.phase);
  fill("phases", ...told.phases.map((name, number) => {
    const kind = number < now ? "done" : number === now ? "current" : "";
    const mark = { done: " (done)", current: " (now)" }[kind] ?? "";
    return el("li", { class: kind, "aria-current": kind === "current" && "step" },
      el("span", {}, phase(name), el("span", { class: "hidden" }, mark)));
  }));
  at("phases").dataset.now = now < 0 || isOver ? ""
    : `Step ${now + 1} of ${told.phases.length}: ${phase(told.phase)}`;
}

function showCandidates() {
  const newest = new Map(told.columns.map((each) => [each.name, each]));
  fill("candidates", ...[...newest.values()].map((each) => {
    const tests = each.passed + each.failed;
    const words = tests ? `${each.passed} of ${amount(tests, "test")} passed` : "waits";
    const bar = el("meter", { min: "0", max: String(tests || 1),
      value: String(each.passed), "aria-label": words });
    return el("li", { class: each.failed ? "" : "whole" },
      el("b", {}, each.full.replace(/^./, (first) => first.toUpperCase())),
      bar, el("span", { class: "soft" }, words));
  }));
}

function amountSpent({ what, spent, most }) {
  const isTime = what.startsWith("seconds");
  const said = (count) => isTime ? duration(count) : count.toLocaleString("en");
  const [name, text] = [BUDGET[what] ?? what, `${said(spent)} of ${said(most)}`];
  return el("li", {}, el("span", {}, name), el("span", { class: "soft" }, text),
    el("meter", { min: "0", max: String(most || 1), value: String(spent),
      "aria-label": `${name}: ${text}` }));
}

function showAlarm({ signal, rung, reasoning }) {
  at("calm").hidden = true;
  at("alarms").append(el("li", {},
    el("b", {}, signal), ` – ${rung}`, el("small", {}, reasoning)));
  say(`The loop guard: ${signal}, ${rung}`);
}

function showAnswer(key, value, shown) {
  at("answers-part").hidden = false;
  const [title, text] = typeof value === "string" ? ["When it hung", value]
    : value.question ? [value.question, value.text] : [`Example ${key.split("/").at(-1)}`];
  const source = { file: "from the file", assumed: "assumed" }[value.source];
  const not = value.wanted === false ? el("small", {}, "this is wrong: ") : "";
  at("answers").append(el("dt", {}, title),
    el("dd", {}, text ?? [not, shown ? drawn(shown) : ""],
      source ? el("small", {}, ` (${source})`) : ""));
}

function showState(why) {
  showTitle();
  const buttons = {
    running: [["pause", "Pause"], ["stop", "Stop"]],
    pausing: [["go-on", "Go on"], ["stop", "Stop"]],
    paused: [["go-on", "Go on"], ["stop", "Stop"]],
    stopped: [["resume", "Resume"], ["close", "Close"]],
  }[told.state] ?? [];
  const had = document.activeElement?.closest("#controls");
  fill("controls", ...buttons.map(([wish, label]) =>
    el("button", { type: "button", onclick: () => steer(wish) }, label)));
  if (had) (at("controls").firstChild ?? at("now")).focus();
  const soon = { stopping: "It stops", pausing: "It pauses" }[told.state];
  at("soon").hidden = !soon;
  at("soon").textContent = soon ? `${soon} after this step, for a step is kept whole or `
    + "not at all. With a slow model that can take minutes; Ctrl-C in the terminal ends "
    + "it at once, and loses no step that is done." : "";
  if (told.state === "paused") at("working").textContent = "Paused. Nothing is lost.";
  if (told.state === "stopped") {
    at("working").textContent = why
      ? `It stopped: ${why}` : "Stopped. What was done is kept, and can be resumed.";
  }
}

function showTitle() {
  const shown = told.ask && told.state === "running" ? "asking" : told.state;
  at("state").textContent = STATES[shown] ?? shown;
  at("state").dataset.state = shown;
  const waits = told.ask ? "● Your answer is needed – " : "";
  const state = told.state === "running" ? "" : `${STATES[told.state]} – `;
  document.title = `${waits || state}Plugwright forge`;
}

async function steer(wish) {
  try {
    await send("steer", { wish });
  } catch (error) {
    connection(error.message);
  }
}

function connection(words) {
  at("connection").textContent = words;
  at("connection").hidden = !words;
}

function connected(is, isOver = false) {
  if (told.state === "over") return;
  if (is) connection("");
  else if (isOver) connection("The page is not served any more. Look at the terminal.");
  else {
    connection("The connection is lost; trying again. Nothing that was kept is lost. "
      + "If Plugwright was started anew, open the address that it wrote.");
  }
}

matrix.clear();
source = listen((message) => hear[message.kind]?.(message), connected);
