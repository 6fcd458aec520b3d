// Teams' Adaptive Cards, of which it knows the kinds that Earshot sends. Nothing can be pressed.

import { element, safeLink } from "./dom.js";

const ELEMENTS = {
  RichTextBlock: ({ inlines, spacing }) => element("p", { class: spacing === "None" ? "paragraph close" : "paragraph" }, inlines.map(run)),
  Container: ({ items, style }) => element("div", { class: style === "emphasis" ? "quote" : "" }, items.map(drawn)),
  ActionSet: buttons,
  "Input.Text": (field) =>
    labelled(field, element("div", { class: field.isMultiline ? "teams-box tall" : "teams-box" }, field.value || hollow(field.placeholder))),
  "Input.ChoiceSet": (field) => labelled(field, field.isMultiSelect ? boxes(field) : picker(field)),
};

/** A card with its buttons; a kind that is not known says so. */
export function cardNode({ body, actions = [] }) {
  return element("div", { class: "teams-card" }, body.map(drawn), actions.length ? buttons({ actions }) : null);
}

function buttons({ actions }) {
  const drawn = actions.map(({ title, style }) =>
    element("button", { type: "button", class: `action ${STYLES[style] ?? ""}`, disabled: true }, title),
  );
  return element("div", { class: "teams-actions" }, drawn);
}

const STYLES = { positive: "primary", destructive: "danger" };

function drawn(part) {
  return ELEMENTS[part.type]?.(part) ?? element("p", { class: "unknown" }, `unknown element: ${part.type}`);
}

function run({ type, text, weight, italic, isSubtle, selectAction }) {
  if (type !== "TextRun") return element("span", { class: "unknown" }, `unknown inline: ${type}`);
  let node = document.createTextNode(text);
  if (weight === "Bolder") node = element("strong", {}, node);
  if (italic) node = element("em", {}, node);
  const url = selectAction && safeLink(selectAction.url);
  if (url) node = element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, node);
  return isSubtle ? element("span", { class: "subdued" }, node) : node;
}

const hollow = (text) => element("span", { class: "hollow" }, text || "\u00a0");

function labelled({ label, isRequired }, node) {
  const star = isRequired ? element("span", { class: "teams-star" }, " *") : null;
  return element("div", { class: "teams-input" }, element("p", { class: "teams-label" }, label, star), node);
}

function picker({ choices, value, placeholder }) {
  const chosen = choices.find((choice) => choice.value === value);
  return element("div", { class: "teams-box pick" }, chosen ? chosen.title : hollow(placeholder));
}

function boxes({ choices, value = "" }) {
  const chosen = value.split(",");
  return element(
    "div",
    { class: "teams-choices" },
    choices.map((choice) =>
      element("label", {}, element("input", { type: "checkbox", disabled: true, checked: chosen.includes(choice.value) }), ` ${choice.title}`),
    ),
  );
}
