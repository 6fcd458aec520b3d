// What the bot says: paragraphs, quotes and buttons, in the look of whoever asks for it.

import { element, safeLink } from "./dom.js";

/** Blocks as nodes; the classes `paragraph`, `subdued` and `quote` are dressed by the stylesheet. */
export function blockNodes(reply) {
  return reply.blocks.map((block) =>
    block.spans
      ? element("p", { class: block.subdued ? "paragraph subdued" : "paragraph" }, block.spans.map(span))
      : element("blockquote", { class: "quote" }, block.text),
  );
}

function span({ text, bold, italic, href }) {
  let node = document.createTextNode(text);
  if (bold) node = element("strong", {}, node);
  if (italic) node = element("em", {}, node);
  const url = href ? safeLink(href) : null;
  if (!url) return node;
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, node);
}

/** Buttons that do `press(index)`; without it they only show how they look. */
export function buttonNodes(reply, press) {
  return reply.buttons.map((button, index) =>
    element(
      "button",
      {
        type: "button",
        class: `action ${button.style}`,
        disabled: !press,
        onclick: press && ((event) => press(index, event.currentTarget)),
      },
      button.label,
    ),
  );
}
