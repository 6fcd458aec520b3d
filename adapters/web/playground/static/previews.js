// How what Earshot sends looks in Slack and in Teams, drawn from the very JSON that they are sent.

import { cardNode } from "./adaptive_card.js";
import { blockKitNodes, slackView } from "./block_kit.js";
import { element, avatar, timeOf } from "./dom.js";

/** `about` says of what is shown: `at`, and whether one person alone sees it (`only_you`). */
export function slackLook({ messages = [], view, prompts = [] }, about) {
  return element(
    "div",
    { class: "look" },
    messages.map(({ blocks }) => slackMessage(blocks, about)),
    prompts.length ? slackPrompts(prompts) : null,
    view ? slackView(view) : null,
  );
}

function slackMessage(blocks, { at, only_you }) {
  const by = element(
    "div",
    { class: "slack-by" },
    element("strong", {}, "Earshot"),
    element("span", { class: "slack-app" }, "APP"),
    element("time", {}, timeOf(at)),
  );
  return element(
    "div",
    { class: only_you ? "slack only-you" : "slack" },
    only_you ? element("p", { class: "slack-only" }, "👁 Only visible to you") : null,
    element(
      "div",
      { class: "slack-row" },
      avatar("", "", true),
      element("div", { class: "slack-body" }, by, blockKitNodes(blocks)),
    ),
  );
}

function slackPrompts(prompts) {
  return element(
    "div",
    { class: "slack" },
    element("p", { class: "slack-label" }, "Earshot"),
    element("div", { class: "slack-prompts" }, prompts.map(({ title }) => element("p", {}, title))),
  );
}

export function teamsLook({ activities = [], task }, about) {
  if (task) return teamsDialog(task);
  if (!activities.length) return note(NOT_IN_TEAMS[about.what] ?? "Teams is sent nothing for this.");
  return element(
    "div",
    { class: "teams" },
    about.only_you
      ? element("p", { class: "teams-note" }, "Teams has no messages that one person sees in a channel: this one comes as a chat with Earshot.")
      : null,
    activities.map((activity) => teamsMessage(activity, about)),
  );
}

const NOT_IN_TEAMS = {
  home: "Teams has no Home tab. Write “home” to Earshot to get the same as a message.",
  prompts: "Teams shows no questions to choose from.",
};

function teamsMessage({ attachments, channelData }, { at }) {
  return element(
    "div",
    { class: "teams-row" },
    avatar("", "", true),
    element(
      "div",
      { class: "teams-body" },
      element("div", { class: "teams-by" }, element("strong", {}, "Earshot"), element("time", {}, timeOf(at))),
      cardNode(attachments[0].content),
      channelData?.feedbackLoop ? element("p", { class: "teams-note" }, "👍 👎") : null,
    ),
  );
}

function teamsDialog({ type, value }) {
  if (type === "message") return element("div", { class: "teams teams-dialog" }, element("p", {}, value));
  const card = cardNode(value.card.content);
  return element("div", { class: "teams teams-dialog" }, element("h3", {}, value.title), card);
}

export const looks = { slack: slackLook, teams: teamsLook };

const note = (text) => element("div", { class: "no-preview" }, element("p", {}, text));

export const emptyLook = () =>
  note("When Earshot replies, its message is shown here as Slack and Teams would show it.");
