// On the left: who one is, and where one can go.

import { avatar, byId, element } from "./dom.js";

/** Draws people and conversations; `acts` are what leads elsewhere: become, go, goHome. */
export function drawPlaces(view, { isHome, seen }, acts) {
  drawPeople(view, acts.become);
  drawConversations(view, { isHome, seen }, acts);
}

function drawPeople({ people, person }, become) {
  const rows = people.map((other) => {
    const isMe = other.id === person.id;
    return element(
      "button",
      { type: "button", class: isMe ? "row current" : "row", role: "radio", "aria-checked": String(isMe),
        tabindex: isMe ? "0" : "-1", data: { id: other.id }, onclick: () => become(other.id) },
      avatar(other.id, other.name),
      element("span", { class: "row-name" }, other.name, element("small", {}, other.role)),
    );
  });
  replaceKeepingFocus(byId("people"), rows);
}

function drawConversations({ conversations, conversation, person }, { isHome, seen }, { go, goHome }) {
  const rows = conversations.map((other) => {
    const isHere = !isHome && other.id === conversation.id;
    const isNew = !isHere && other.latest > (seen[`${person.id}/${other.id}`] ?? "");
    return element(
      "button",
      { type: "button", class: ["row", isHere && "current", isNew && "unread"].filter(Boolean).join(" "),
        "aria-current": isHere ? "page" : null, data: { id: other.id }, onclick: () => go(other.id) },
      element("span", { class: `sign ${other.kind}`, "aria-hidden": "true" }),
      element("span", { class: "row-name" }, other.name, other.kind === "direct" ? element("small", {}, "direct message") : null),
      element("span", { class: "visually-hidden" }, other.kind === "private" ? "private" : "", isNew ? " new messages" : ""),
      other.listening ? element("span", { class: "ear", title: "Earshot reads along" }, "👂") : null,
    );
  });
  replaceKeepingFocus(byId("conversations"), [homeRow(isHome, goHome), ...rows]);
}

function homeRow(isHome, goHome) {
  return element(
    "button",
    { type: "button", class: isHome ? "row current" : "row", "aria-current": isHome ? "page" : null,
      data: { id: "~home" }, onclick: goHome },
    element("span", { class: "sign home", "aria-hidden": "true" }),
    element("span", { class: "row-name" }, "Home"),
  );
}

function replaceKeepingFocus(container, rows) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  container.replaceChildren(...rows);
  if (focused) rows.find((row) => row.dataset.id === focused)?.focus();
}
