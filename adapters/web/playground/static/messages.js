// The conversation as one person sees it.

import { element, reconcile, avatar, dayOf, shortDayOf, timeOf } from "./dom.js";
import { blockNodes, buttonNodes } from "./reply.js";

/**
 * Draws messages into a container and keeps the nodes of those that did not change.
 * `hasHistory` says that there is something to ask about already. `acts` are what a person can do: save, replyTo, edit, remove, press, select.
 */
export class MessageList {
  constructor(container, acts) {
    this.container = container;
    this.acts = acts;
    this.nodes = new Map();
    this.editing = null;
  }

  show(view, selectedId, hasHistory) {
    const shown = view.messages.filter((message) => !message.reply || message.reply.blocks.length);
    const parents = shown.filter((message) => !this.#isReply(message, shown));
    const kept = new Map();
    const rows = [];
    let day = null;
    for (const message of parents) {
      if (dayOf(message.at) !== day) rows.push(this.#keep(kept, `day-${(day = dayOf(message.at))}`, dayLine, day));
      rows.push(this.#row(kept, message, view, selectedId));
      const replies = shown.filter((other) => other.thread_id === message.id);
      rows.push(...replies.map((reply) => this.#row(kept, reply, view, selectedId)));
    }
    if (!rows.length) rows.push(this.#keep(kept, `empty-${view.conversation.id}`, emptyState, { view, hasHistory }));
    this.nodes = kept;
    reconcile(this.container, rows);
  }

  startEditing(id) {
    this.editing = id;
  }

  #isReply(message, shown) {
    return message.thread_id !== null && shown.some((other) => other.id === message.thread_id);
  }

  #row(kept, message, view, selectedId) {
    const state = [
      message.id, message.version, message.author_name, message.is_deleted, message.saved_by_you,
      message.id === selectedId, message.id === this.editing, view.person.id,
      message.thread_id !== null && view.messages.some((other) => other.id === message.thread_id),
    ];
    return this.#keep(kept, state.join("|"), () => this.#message(message, view, selectedId));
  }

  #keep(kept, key, make, argument) {
    const node = this.nodes.get(key) ?? make(argument);
    kept.set(key, node);
    return node;
  }

  #message(message, view, selectedId) {
    const isMine = message.author_id === view.person.id;
    const inThread = this.#isReply(message, view.messages);
    const classes = ["message", message.by_bot ? "by-bot" : "", message.only_you ? "only-you" : "",
      inThread ? "in-thread" : "", message.id === selectedId ? "selected" : ""];
    const parent = inThread && view.messages.find((other) => other.id === message.thread_id);
    const isSameDay = !parent || dayOf(parent.at) === dayOf(message.at);
    const when = isSameDay ? timeOf(message.at) : `${shortDayOf(message.at)}, ${timeOf(message.at)}`;
    if (message.is_deleted) {
      return element("article", { class: "message deleted", id: `m-${message.id}` }, element("p", {}, "This message was deleted."));
    }
    return element(
      "article",
      { class: classes.filter(Boolean).join(" "), id: `m-${message.id}`, tabindex: "-1" },
      avatar(message.author_id, message.author_name, message.by_bot),
      element(
        "div",
        { class: "content" },
        message.only_you ? element("p", { class: "only-you-mark" }, "Only visible to you") : null,
        element(
          "header",
          {},
          element("strong", {}, message.author_name),
          message.by_bot ? element("span", { class: "app" }, "app") : null,
          element("time", { datetime: message.at }, when),
          message.is_edited ? element("span", { class: "edited" }, "edited") : null,
        ),
        this.editing === message.id ? this.#editor(message) : this.#body(message),
        message.saved_count ? element("span", { class: "saved" }, `👂 ${message.saved_count}`) : null,
        this.editing === message.id ? null : this.#menu(message, isMine),
      ),
    );
  }

  #body(message) {
    if (!message.reply) return element("p", { class: "text" }, withMentions(message.text));
    const press = (index, button) => this.acts.press(message, index, button);
    const buttons = buttonNodes(message.reply, press);
    return element(
      "div",
      { class: "reply" },
      blockNodes(message.reply),
      buttons.length ? element("div", { class: "actions" }, buttons) : null,
    );
  }

  #menu(message, isMine) {
    const items = [];
    const add = (label, act, title) =>
      items.push(element("button", { type: "button", class: "link", title, onclick: () => act(message) }, label));
    if (!message.by_bot && !message.is_command && !message.saved_by_you) {
      add("👂 Save", this.acts.save, "React with an ear: Earshot keeps this message");
    }
    if (!message.only_you) add("Reply", this.acts.replyTo, "Reply in the thread");
    if (isMine && !message.is_command) {
      add("Edit", this.acts.edit);
      add("Delete", this.acts.remove);
    }
    if (message.reply) add("Look in Slack and Teams", this.acts.select);
    else if (!message.by_bot && !message.is_command) add("Save form", this.acts.select, "The form that saves it in Slack and Teams");
    return items.length ? element("div", { class: "menu", role: "group", "aria-label": "What to do with it" }, items) : null;
  }

  #editor(message) {
    const text = element("textarea", { rows: "2", maxlength: "40000", "aria-label": "Changed message" });
    text.value = message.text;
    const save = () => this.acts.saveEdit(message, text.value);
    text.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.acts.edit(null);
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        save();
      }
    });
    queueMicrotask(() => text.focus());
    return element(
      "div",
      { class: "editor" },
      text,
      element(
        "div",
        { class: "actions" },
        element("button", { type: "button", class: "action", onclick: () => this.acts.edit(null) }, "Cancel"),
        element("button", { type: "button", class: "action primary", onclick: save }, "Save"),
      ),
    );
  }
}

function withMentions(text) {
  return text
    .split(/(@earshot\b|^\/(?:note|ask|earshot)\b)/i)
    .filter(Boolean)
    .map((part) => (/^(@earshot|\/(note|ask|earshot))$/i.test(part) ? element("span", { class: "mention" }, part) : part));
}

const dayLine = (day) => element("div", { class: "day" }, element("span", {}, day));

function emptyState({ view, hasHistory }) {
  const { kind, name, listening } = view.conversation;
  const where = kind === "direct" ? "Talk to Earshot" : `This is the start of #${name}`;
  const first =
    kind === "direct"
      ? "Tell it what you heard from a customer, and it notes what was meant. Ask it anything, and it answers from what everybody heard, with the evidence."
      : listening
        ? "Earshot reads along here. Write what a customer told you, as you would to a colleague: what matters is noted by itself."
        : "Write what a customer told you with @Earshot, and it is noted. Later, anybody may ask.";
  return element(
    "section",
    { class: "empty" },
    element("img", { src: "/playground/static/earshot.svg", alt: "", width: "44", height: "44" }),
    element("h2", {}, where),
    element("p", {}, first),
    hasHistory ? null : element("p", { class: "example" }, "“Novara says our deviation reports come too late. Their new head of procurement is P. Keller.”"),
    hasHistory
      ? element("p", { class: "muted" }, "Switch to somebody else on the left to see what they see and may know.")
      : element(
          "p",
          { class: "muted" },
          "Switch to somebody else on the left to see what they see. Add people and channels there, or stop Earshot and run ",
          element("code", {}, "make demo"),
          " for a small company with a history.",
        ),
  );
}
