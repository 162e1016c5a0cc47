// What a plugin is given and gives: texts, small tables and lists.

import { el } from "./parts.js";

export function value(shown) {
  if (typeof shown === "string") return el("span", { class: "value" }, shown);
  if (shown.items) {
    return el("ul", { class: "listed-values" },
      shown.items.map((each) => el("li", {}, value(each))));
  }
  if (shown.head) {
    return table([
      el("tr", {}, shown.head.map((name) => el("th", { scope: "col" }, name))),
      ...shown.rows.map((row) =>
        el("tr", {}, row.map((each) => el("td", {}, value(each))))),
    ]);
  }
  if (shown.fields.every(([, each]) => typeof each === "string")) {
    return table(shown.fields.map(([name, each]) => el("tr", {},
      el("th", { scope: "row" }, name), el("td", {}, value(each)))));
  }
  // A table within a table is too wide for a phone.
  return el("dl", { class: "stacked" }, shown.fields.map(([name, each]) =>
    [el("dt", {}, name), el("dd", {}, value(each))]).flat());
}

function table(rows) {
  return el("table", { class: "values" }, el("tbody", {}, rows));
}
