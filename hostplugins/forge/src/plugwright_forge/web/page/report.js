// The test report: kept here, for the server is gone when somebody has time to read it.

import { el } from "./parts.js";

let kept = null;

export function keep({ path, html }) {
  forget();
  const page = new Blob([html], { type: "text/html;charset=utf-8" });
  kept = { path, address: URL.createObjectURL(page) };
}

export function forget() {
  if (kept) URL.revokeObjectURL(kept.address);
  kept = null;
}

export function link() {
  if (!kept) return "";
  return el("p", { class: "report" },
    el("a", { href: kept.address, target: "_blank", rel: "noopener" },
      "Read the test report"),
    el("small", {}, "As a file: ", el("code", {}, kept.path)));
}
