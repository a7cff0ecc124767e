/* Elements out of values: text stays text, so that nothing that is shown can become markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

export function empty(words) {
  return html("p", { class: "empty" }, words);
}

/** Put *children* in place of what *panel* shows, unless somebody is just using it. */
export function show(panel, ...children) {
  if (panel.contains(document.activeElement) && document.activeElement.matches("input, select")) return;
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  panel.replaceChildren(...children);
  if (focused) panel.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Say something to those who don't see it appear. */
export function say(words) {
  document.getElementById("said").textContent = words;
}
