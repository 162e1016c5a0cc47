// Questions, example cards, the specification and the decision, answered in place.

import { at, el, fill, say } from "./parts.js";
import { link } from "./report.js";
import { send } from "./talk.js";
import { value } from "./values.js";

let shown = null;

export function show(ask) {
  if (shown === ask.id) return;
  shown = ask.id;
  const make = { question, example, specification, decision }[ask.about] ?? question;
  fill("ask", ...make(ask), el("p", { id: "problem", class: "problem", role: "alert" }));
  at("ask").hidden = false;
  const isBusy = document.activeElement && document.activeElement !== document.body
    && document.activeElement !== at("now");
  // Whoever is typing elsewhere is left there; the title and a sentence tell them.
  if (!isBusy) {
    at("ask-title").focus();
    at("ask").scrollIntoView({ block: "nearest" });
  }
  say(`A question for you: ${at("ask-title").textContent}`);
}

export function hide() {
  if (shown === null) return;
  shown = null;
  const hadFocus = at("ask").contains(document.activeElement);
  fill("ask");
  at("ask").hidden = true;
  if (hadFocus) at("now").focus({ preventScroll: true });
}

export function answered(id, choice, text) {
  if (shown !== id || at("ask").dataset.sent === id) return;
  lock(true);
  tell(`Answered in another window: ${text || choice}`);
}

function heading(above, text) {
  return [
    el("p", { class: "above" }, above),
    el("h2", { id: "ask-title", tabindex: "-1" }, text),
  ];
}

function question(ask) {
  return [
    ...heading(`Question ${ask.number} · ${ask.level}`, ask.question),
    ask.implication && el("p", { class: "soft" }, ask.implication),
    form(ask, "Answer", [
      ask.default ? ["default", "Take the suggestion", ask.default]
        : ["default", "Go on without an answer"],
      ["text", "Answer in my own words", "", "Your answer"],
      ...(ask.default ? [["unknown", "I don’t know", "The suggestion is taken."]] : []),
    ]),
  ];
}

function example(ask) {
  const others = ask.others === 1 ? "another result" : `${ask.others} other results`;
  return [
    ...heading(`Example ${ask.number} · ${ask.command}`, "Is this right?"),
    el("dl", { class: "example" },
      el("dt", {}, "With"), el("dd", {}, value(ask.input)),
      el("dt", {}, "it would give"), el("dd", {}, value(ask.output))),
    ask.others ? el("p", { class: "soft" },
      `The candidates do not agree here: some give ${others}.`) : "",
    form(ask, "Answer", [
      ["yes", "Yes, that is right"],
      ["no", "No, that is wrong"],
      ["text", "No, it should give something else",
        ask.draft ? "Change what is wrong, and leave the signs around it as they are." : "",
        "What it should give", ask.draft],
      ["refuse", "It should refuse this input"],
      ["unknown", "I don’t know"],
    ]),
  ];
}

function form(ask, button, options) {
  const typed = el("textarea", { rows: "2", maxlength: "4000", "aria-label":
    options.find(([value]) => value === "text")[3] });
  const rows = options.map(([value, label, hint, own, draft]) => {
    if (draft) {
      typed.value = draft;
      typed.rows = Math.min(draft.split("\n").length, 12);
    }
    const radio = el("input", { type: "radio", name: "choice", value, required: true });
    if (own) typed.addEventListener("input", () => { radio.checked = true; });
    const words = el("span", {}, label, hint ? el("small", {}, hint) : "");
    return el("div", { class: draft ? "option drafted" : "option" },
      el("label", {}, radio, words), own ? typed : "");
  });
  return el("form", {
    onsubmit: (event) => {
      event.preventDefault();
      const choice = new FormData(event.target).get("choice");
      const text = choice === "text" ? typed.value : "";
      if (choice === "text" && !text.trim()) {
        tell("Please type the answer, or choose another one.");
        typed.focus();
        return;
      }
      submit(ask, choice, text);
    },
  }, el("fieldset", {}, el("legend", { class: "hidden" }, ask.question ?? "Is this right?"),
    ...rows), el("div", { class: "buttons" }, el("button", { class: "first" }, button)));
}

function specification(ask) {
  const typed = el("textarea", {
    class: "document", rows: "18", spellcheck: "false", "aria-label": "The document",
  });
  typed.value = ask.text;
  const go = el("button", { type: "button", class: "first" }, "Approve");
  const isChanged = () => typed.value !== ask.text;
  typed.addEventListener("input", () => {
    go.textContent = isChanged() ? "Save my change and approve" : "Approve";
  });
  go.addEventListener("click", () => isChanged() || ask.problem
    ? submit(ask, "text", typed.value) : submit(ask, "approve", ""));
  return [
    ...heading("Before anything is built", "Is this what you want?"),
    ask.problem ? el("p", { class: "problem" }, `Not yet: ${ask.problem}`) : "",
    ...(ask.document ? inWords(ask.document) : []),
    el("details", { open: Boolean(ask.problem) },
      el("summary", {}, "Change it"),
      el("p", { class: "soft" }, "Change what is not right. It is checked when you save."),
      typed),
    el("div", { class: "buttons" }, go),
  ];
}

function inWords(spec) {
  const tried = (each) => typeof each === "string" ? each : each.text;
  return [
    el("p", {}, el("b", {}, spec.name), ` – ${spec.summary}`),
    listed("It has to", spec.requirements.map((each) =>
      [el("b", { class: "badge" }, each.id), each.text])),
    listed("What you can tell it to do", spec.commands.map((each) =>
      [el("b", {}, each.name), ` – ${each.summary}`])),
    listed("What it asks to be allowed", spec.permissions.map((each) =>
      [el("b", {}, each.permission), ` – ${each.reason}`]), "Nothing but to compute."),
    listed("Examples", spec.examples.map((each) => [tried(each)])),
    listed("Always true", (spec.invariants ?? []).map((each) => [each.text])),
    listed("Not sure about", spec.unsure.map((each) => [each])),
  ];
}

function listed(title, items, otherwise = "") {
  if (!items.length && !otherwise) return "";
  const list = items.length
    ? el("ul", {}, items.map((each) => el("li", {}, each))) : el("p", {}, otherwise);
  return el("div", { class: "listed" }, el("h3", {}, title), list);
}

function decision(ask) {
  const can = ask.choices.includes("approve");
  const no = can ? "Reject: nothing of it will run" : "Put it away";
  return [
    ...heading(`${ask.name} ${ask.version} · bundle ${ask.bundle}`, can
      ? "May it run?" : "It cannot be approved"),
    el("p", {}, ask.summary),
    ask.refusal ? el("p", { class: "problem" }, ask.refusal) : "",
    ask.news ? el("div", { class: "news" }, el("h3", {}, ask.news.title),
      ask.news.parts.map((each) => listed(each.title, each.lines.map((line) => [line]))),
    ) : "",
    ...ask.sections.map((each) => listed(each.title, each.lines.map((line) => [line]))),
    link(),
    ...ask.difference.map((each) => el("details", { open: true },
      el("summary", {}, `Difference: ${each.name}`), difference(each.text))),
    ...ask.code.map((each) => el("details", {},
      el("summary", {}, `${ask.difference.length ? "The whole" : "New"}: ${each.name}`),
      el("pre", { tabindex: "0" }, each.text))),
    el("div", { class: "buttons" },
      can ? el("button", { type: "button", class: "first",
        onclick: () => submit(ask, "approve", "") }, "Approve: let it run") : "",
      el("button", { type: "button", onclick: () => submit(ask, "reject", "") }, no)),
  ];
}

function difference(text) {
  const kinds = { "+": "more", "-": "less", "@": "place" };
  return el("pre", { class: "difference", tabindex: "0" }, text.split("\n").map((line) =>
    el("span", { class: kinds[line[0]] ?? "same" }, `${line}\n`)));
}

async function submit(ask, choice, text) {
  at("ask").dataset.sent = ask.id;
  lock(true);
  tell("");
  try {
    await send("answer", { id: ask.id, choice, text });
    say("Your answer is kept.");
  } catch (error) {
    at("ask").dataset.sent = "";
    if (shown !== ask.id) return say(error.message);
    lock(false);
    tell(error.message);
  }
}

function lock(is) {
  for (const each of at("ask").querySelectorAll("button, input, textarea")) {
    each.disabled = is;
  }
}

function tell(problem) {
  const place = at("problem");
  if (place) place.textContent = problem;
}
