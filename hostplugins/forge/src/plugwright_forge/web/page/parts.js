// Elements out of texts. Everything a model wrote goes through here: as text, never HTML.

export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== ""));
  return made;
}

export const at = (id) => document.getElementById(id);

export function fill(id, ...children) {
  at(id).replaceChildren(...children);
}

export function say(sentence) {
  // Emptied first, so that the same sentence is read out again.
  at("said").textContent = "";
  setTimeout(() => { at("said").textContent = sentence; }, 50);
}
