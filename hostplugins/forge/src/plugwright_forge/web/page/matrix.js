// The matrix, filled cell by cell while the judge works.

import { at, el, fill } from "./parts.js";
import { VERDICTS, test as sentence } from "./words.js";

const body = el("tbody");
const head = el("tr", {}, el("th", { scope: "col" }, "Test"));
let columns = [];
let rows = new Map();
let seen = new Set();

export function clear() {
  columns = [];
  rows = new Map();
  seen = new Set();
  head.replaceChildren(el("th", { scope: "col" }, "Test"));
  body.replaceChildren();
  fill("matrix", el("caption", { class: "hidden" }, "Candidates against tests"),
    el("thead", {}, head), body);
  fill("legend");
  at("cell").textContent = "";
  at("matrix-part").hidden = true;
}

export function column(short, full) {
  columns.push(full);
  head.append(el("th", { scope: "col", title: full, "aria-label": full }, short));
  for (const row of rows.values()) row.append(empty());
  return columns.length - 1;
}

export function put(number, test, verdict, message) {
  const cell = row(test).children[number + 1];
  const [mark, meaning] = VERDICTS[verdict] ?? ["?", verdict];
  const about = `${columns[number]}: ${sentence(test)[1]}: ${meaning}`;
  const inside = verdict === "AC"
    ? el("span", { "aria-label": meaning, role: "img", title: meaning }, mark)
    : el("button", {
      type: "button", "aria-label": meaning, title: meaning,
      onclick: () => { at("cell").textContent = `${about}. ${message}`.trim(); },
    }, mark);
  cell.className = `cell ${verdict}`;
  cell.replaceChildren(inside);
  at("matrix-part").hidden = false;
  if (seen.has(verdict)) return;
  seen.add(verdict);
  at("legend").append(
    el("li", {}, el("span", { class: `cell ${verdict}` }, mark), ` ${meaning}`),
  );
}

function row(test) {
  if (!rows.has(test)) {
    const [requirement, words] = sentence(test);
    const badge = requirement && el("b", { class: "badge" }, requirement);
    const made = el("tr", {}, el("th", { scope: "row" }, badge, words));
    made.append(...columns.map(empty));
    rows.set(test, made);
    body.append(made);
  }
  return rows.get(test);
}

function empty() {
  return el("td", { class: "cell" });
}
