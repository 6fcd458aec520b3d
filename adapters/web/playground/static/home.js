// A person's own page, with the buttons on it.

import { element } from "./dom.js";
import { blockNodes, buttonNodes } from "./reply.js";

/** Draws the page; `press(number, button)` counts the buttons from the top. */
export function homeNodes({ notice, page }, press) {
  let count = 0;
  const part = ({ blocks, buttons }) => {
    const first = count;
    count += buttons.length;
    const pressed = buttonNodes({ buttons }, (index, button) => press(first + index, button));
    return element(
      "div",
      { class: "reply home-item" },
      blockNodes({ blocks }),
      pressed.length ? element("div", { class: "actions" }, pressed) : null,
    );
  };
  const top = notice.blocks.length || notice.buttons.length ? element("div", { class: "home-notice" }, part(notice)) : null;
  const sections = page.sections.map(({ title, items }) => element("section", {}, element("h2", {}, title), items.map(part)));
  return [top, ...sections].filter(Boolean);
}
