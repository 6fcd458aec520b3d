// The panel on the right: what is chosen, as Slack and Teams would show it.

import { api } from "./api.js";
import { byId, reconcile } from "./dom.js";
import { emptyLook, looks } from "./previews.js";

let shown = "";

/**
 * Shows what is chosen. `choice` is null, or has a `key` that changes with what is shown, `about`
 * it, and `load`, which brings what each platform is sent.
 */
export async function showPreview(choice, look) {
  const key = `${choice?.key ?? "none"}|${look}`;
  if (key === shown) return;
  shown = key;
  markTab(look);
  const previews = choice ? await choice.load().catch(() => []) : [];
  if (key !== shown) return;
  const found = previews.find((preview) => preview.platform === look);
  reconcile(byId("look"), [found ? looks[look](found.body, choice.about) : emptyLook()]);
  byId("raw-body").textContent = found ? JSON.stringify(found.body, null, 2) : "";
  byId("raw").hidden = !found;
}

function markTab(look) {
  for (const tab of byId("preview-tabs").children) {
    const isOn = tab.dataset.look === look;
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
  }
  byId("look").setAttribute("aria-labelledby", `tab-${look}`);
}

/** What is looked at: one's page, a message, or what may be asked before anything was said. */
export function chosen({ person, conversation, messages, home, prompts }, { isHome, selected }) {
  const message = messages.find((other) => other.id === selected);
  if (isHome && !message) {
    const load = () => api.homePreviews(person.id);
    return home && { key: `home|${person.id}|${home.version}`, about: { what: "home" }, load };
  }
  if (message) {
    const key = [person.id, message.id, message.version].join("|");
    return { key, about: { what: "message", ...message }, load: () => api.previews(conversation.id, message.id, person.id) };
  }
  if (conversation.kind !== "direct" || !prompts.length) return null;
  const key = `prompts|${person.id}|${prompts.map(({ label }) => label)}`;
  return { key, about: { what: "prompts" }, load: () => api.talkPreviews(person.id) };
}
