// How a reply looks in Slack (Block Kit) and in Teams (Adaptive Card), and what they are sent.

import { element, avatar, timeOf } from "./dom.js";
import { blockNodes, buttonNodes } from "./reply.js";

export function slackLook(message) {
  const parts = [
    element(
      "div",
      { class: "slack-by" },
      element("strong", {}, "Earshot"),
      element("span", { class: "slack-app" }, "APP"),
      element("time", {}, timeOf(message.at)),
    ),
    ...blockNodes(message.reply),
  ];
  const buttons = buttonNodes(message.reply);
  if (buttons.length) parts.push(element("div", { class: "slack-actions" }, buttons));
  const isPrivate = message.reply.visibility === "private" && message.only_you;
  return element(
    "div",
    { class: isPrivate ? "slack only-you" : "slack" },
    isPrivate ? element("p", { class: "slack-only" }, "👁 Only visible to you") : null,
    element("div", { class: "slack-row" }, avatar("", "", true), element("div", { class: "slack-body" }, parts)),
  );
}

export function teamsLook(message) {
  const card = element("div", { class: "teams-card" }, blockNodes(message.reply));
  const buttons = buttonNodes(message.reply);
  if (buttons.length) card.append(element("div", { class: "teams-actions" }, buttons));
  return element(
    "div",
    { class: "teams" },
    message.only_you
      ? element("p", { class: "teams-note" }, "Teams has no messages that one person sees in a channel: this one comes as a chat with Earshot.")
      : null,
    element(
      "div",
      { class: "teams-row" },
      avatar("", "", true),
      element(
        "div",
        { class: "teams-body" },
        element("div", { class: "teams-by" }, element("strong", {}, "Earshot"), element("time", {}, timeOf(message.at))),
        card,
      ),
    ),
  );
}

export const looks = { slack: slackLook, teams: teamsLook };

export function emptyLook() {
  return element(
    "div",
    { class: "no-preview" },
    element("p", {}, "When Earshot replies, its message is shown here as Slack and Teams would show it."),
  );
}
