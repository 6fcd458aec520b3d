// Slack's Block Kit, of which it knows the kinds that Earshot sends. Nothing in it can be pressed.

import { element, safeLink } from "./dom.js";

const BLOCKS = {
  header: ({ text }) => element("h3", { class: "slack-header" }, objectText(text)),
  divider: () => element("hr"),
  section: ({ text, fields = [] }) =>
    element("div", { class: "paragraph" }, text ? objectNodes(text) : [], fields.map((field) => element("p", {}, objectNodes(field)))),
  context: ({ elements }) => element("p", { class: "paragraph subdued" }, elements.flatMap(objectNodes)),
  rich_text: ({ elements }) => element("div", {}, elements.map((part) => drawn(RICH, part, "rich text"))),
  actions: ({ elements }) => element("div", { class: "slack-actions" }, elements.map(control)),
  context_actions: ({ elements }) => element("div", { class: "slack-actions small" }, elements.map(control)),
  input: inputBlock,
};

const RICH = {
  rich_text_section: ({ elements }) => element("p", { class: "paragraph" }, elements.map(run)),
  rich_text_quote: ({ elements }) => element("blockquote", { class: "quote" }, elements.map(run)),
};

const CONTROLS = {
  button: ({ text, style }) => button(objectText(text), style),
  feedback_buttons: ({ positive_button, negative_button }) =>
    element("span", { class: "slack-actions small" }, [positive_button, negative_button].map(({ text }) => button(objectText(text)))),
  plain_text_input: ({ initial_value = "", multiline, placeholder }) =>
    element("div", { class: multiline ? "slack-box tall" : "slack-box" }, initial_value || hollow(placeholder)),
  static_select: select,
  external_select: select,
  multi_static_select: select,
  multi_external_select: select,
};

/** Blocks as nodes; a kind that is not known says so. */
export const blockKitNodes = (blocks) => blocks.map((block) => drawn(BLOCKS, block, "block"));

/** A form, or a page, in its frame. */
export function slackView(view) {
  const blocks = element("div", { class: "slack-blocks" }, blockKitNodes(view.blocks));
  if (view.type === "home") {
    const tabs = ["Home", "Messages", "About"].map((name, at) => element("span", { class: at ? "" : "on" }, name));
    return element("div", { class: "slack slack-home" }, element("div", { class: "slack-tabs" }, tabs), blocks);
  }
  const buttons = [button(objectText(view.close)), view.submit ? button(objectText(view.submit), "primary") : null];
  return element(
    "div",
    { class: "slack slack-modal" },
    element("h3", {}, objectText(view.title)),
    blocks,
    element("div", { class: "slack-foot" }, buttons),
  );
}

function drawn(kinds, part, what) {
  return kinds[part.type]?.(part) ?? element("p", { class: "unknown" }, `unknown ${what}: ${part.type}`);
}

const control = (part) => drawn(CONTROLS, part, "element");
const button = (label, style = "default") =>
  element("button", { type: "button", class: `action ${style}`, disabled: true }, label);
const hollow = (placeholder, otherwise = "") =>
  element("span", { class: "hollow" }, placeholder ? objectText(placeholder) : otherwise || "\u00a0");

function inputBlock({ label, hint, optional, element: inner }) {
  return element(
    "div",
    { class: "slack-input" },
    element("p", { class: "slack-label" }, objectText(label), optional ? element("span", {}, " (optional)") : null),
    control(inner),
    hint ? element("p", { class: "slack-hint" }, objectText(hint)) : null,
  );
}

function select({ type, initial_option, initial_options, placeholder }) {
  const chosen = initial_options ?? (initial_option ? [initial_option] : []);
  const many = type.startsWith("multi_");
  const shown = chosen.map(({ text }) => element("span", { class: many ? "slack-chip" : "" }, objectText(text)));
  const empty = many ? "Select options" : "Select an option";
  return element("div", { class: "slack-box pick" }, shown.length ? shown : hollow(placeholder, empty));
}

// --- text ---------------------------------------------------------------------------------------

function run({ type, text, url, style = {} }) {
  if (!["text", "link"].includes(type)) return element("span", { class: "unknown" }, `unknown rich text: ${type}`);
  let node = document.createTextNode(text ?? url);
  if (style.bold) node = element("strong", {}, node);
  if (style.italic) node = element("em", {}, node);
  return url ? link(url, node) : node;
}

function link(url, node) {
  const safe = safeLink(url);
  if (!safe) return node;
  return element("a", { href: safe.href, target: "_blank", rel: "noopener noreferrer" }, node);
}

const unescaped = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
const objectText = ({ text }) => unescaped(text);

/** A text object; of mrkdwn only links are known, since nothing else is sent as such. */
function objectNodes({ type, text }) {
  if (type !== "mrkdwn") return [unescaped(text)];
  return text.split(/(<[^<>|]+\|[^<>]*>)/).map((part) => {
    const found = /^<([^<>|]+)\|([^<>]*)>$/.exec(part);
    return found ? link(unescaped(found[1]), document.createTextNode(unescaped(found[2]))) : unescaped(part);
  });
}
