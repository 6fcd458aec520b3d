// The playground page: who you are, where you are, and what is said there.

import { api, newKey } from "./api.js";
import { openForm } from "./dialog.js";
import { avatar, byId, element, reconcile, safeLink } from "./dom.js";
import { MessageList } from "./messages.js";
import { emptyLook, looks } from "./previews.js";

const FAST_MS = 400;
const CALM_MS = 1500;
const PATIENCE_MS = 12000;

const state = {
  start: null,
  view: null,
  person: localStorage.getItem("person"),
  conversation: localStorage.getItem("conversation"),
  thread: null,
  selected: null,
  look: "slack",
  seen: JSON.parse(sessionStorage.getItem("seen") ?? "{}"),
  triggers: new Set(),
  openedForms: new Set(),
  waitingSince: null,
  waitingAfter: "",
  target: null,
  mention: {},
};

const list = new MessageList(byId("messages"), {
  save: (message) => attempt(() => api.react(state.conversation, message.id, state.person), true),
  replyTo: (message) => setThread(message),
  edit: (message) => {
    list.startEditing(message?.id ?? null);
    draw();
  },
  saveEdit: (message, text) =>
    attempt(async () => {
      await api.edit(state.conversation, message.id, state.person, text);
      list.startEditing(null);
    }, true),
  remove: (message) => attempt(() => api.remove(state.conversation, message.id, state.person)),
  press: (message, index, button) => press(message, index, button),
  select: (message) => {
    state.selected = message.id;
    draw();
    byId("previews").classList.add("open");
  },
});

// --- doing -------------------------------------------------------------------------------------

let toastTimer = null;

function toast(message) {
  const node = byId("toast");
  node.textContent = message;
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (node.hidden = true), 7000);
}

/** Does something and looks again at once; what goes wrong is said. Resolves to whether it went well. */
async function attempt(act, answerExpected = false) {
  try {
    await act();
    if (answerExpected) waitForReply();
    await refresh();
    return true;
  } catch (failure) {
    toast(failure.message);
    return false;
  }
}

function waitForReply() {
  state.waitingSince = Date.now();
  state.waitingAfter = lastBotMessage()?.id ?? "";
}

async function press(message, index, button) {
  const pressId = newKey();
  state.triggers.add(pressId);
  button.disabled = true;
  await attempt(() => api.press(state.conversation, message.id, state.person, index, pressId), true);
  button.disabled = false;
}

async function send(event) {
  event.preventDefault();
  const box = byId("composer-text");
  const mention = mentions(state.view.conversation);
  const isCommand = box.value.startsWith("/");
  const body = {
    person: state.person,
    text: box.value,
    thread: state.thread?.id ?? null,
    mention: mention && !isCommand,
    client_key: newKey(),
  };
  if (!body.text.trim()) return box.focus();
  const addressed = body.mention || isCommand || isDirect() || /@earshot\b/i.test(body.text);
  byId("send").disabled = true;
  let posted = null;
  const wentWell = await attempt(async () => (posted = await api.post(state.conversation, body)), addressed);
  byId("send").disabled = false;
  if (posted) box.value = "";
  if (!wentWell) return;
  fitComposer();
  bringIntoView(posted.id);
  box.focus();
}

function addPerson() {
  const fields = [textField("name", "Name", true), textField("role", "Role", false)];
  openForm({ title: "Add a person", submit_label: "Add", fields }, async ({ name, role }) => {
    const person = await api.addPerson(name[0], role[0] ?? "");
    become(person.id);
  });
}

function addChannel() {
  const others = state.view.people.filter((person) => person.id !== state.person);
  const fields = [
    textField("name", "Name", true),
    { ...choices("settings", "Settings", [["private", "Private: only its members see it"], ["listening", "Earshot reads along"]]) },
    choices("members", "Members of a private channel, besides you", others.map((person) => [person.id, person.name])),
  ];
  openForm({ title: "Add a channel", submit_label: "Add", fields }, async ({ name, settings, members }) => {
    const body = { person: state.person, name: name[0], members, private: settings.includes("private"), listening: settings.includes("listening") };
    const channel = await api.addChannel(body);
    go(channel.id);
  });
}

const textField = (name, label, required) => ({ name, label, kind: "text", options: [], value: [], required, hint: "" });
const choices = (name, label, options) => ({
  name, label, kind: "choices", value: [], required: false, hint: "",
  options: options.map(([value, text]) => ({ value, label: text })),
});

// --- going somewhere ----------------------------------------------------------------------------

function become(personId) {
  state.person = personId;
  localStorage.setItem("person", personId);
  state.selected = null;
  setThread(null);
  byId("places").classList.remove("open");
  refresh(true);
}

function go(conversationId, messageId = null) {
  state.conversation = conversationId;
  state.target = messageId;
  localStorage.setItem("conversation", conversationId);
  state.selected = null;
  setThread(null);
  byId("places").classList.remove("open");
  refresh(true);
}

function followHash() {
  const [conversation, message] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (!conversation || conversation === "composer-text") return;
  history.replaceState(null, "", location.pathname);
  if (state.start) go(conversation, message ?? null);
  else [state.conversation, state.target] = [conversation, message ?? null];
}

function setThread(message) {
  state.thread = message && { id: message.thread_id ?? message.id, name: message.author_name };
  byId("replying").hidden = !state.thread;
  byId("replying-to").textContent = state.thread ? `In the thread of ${state.thread.name}` : "";
  if (message) byId("composer-text").focus();
}

// --- looking ------------------------------------------------------------------------------------

let refreshing = null;

/** Asks for news. Calls that overlap share one request, unless the place has changed. */
async function refresh(moved = false) {
  if (refreshing && !moved) await refreshing.catch(() => {});
  const [person, conversation] = [state.person, state.conversation];
  const asked = api.view(person, conversation, moved || !state.view ? null : state.view.revision);
  refreshing = asked;
  try {
    const view = await asked;
    if (person === state.person && conversation === state.conversation && view) take(view, moved);
  } catch (failure) {
    if (!moved) throw failure;
    forgetPlace(failure);
  }
}

function forgetPlace(failure) {
  if (state.conversation === null) return toast(failure.message);
  state.conversation = null;
  refresh(true);
}

function take(view, moved) {
  const wasDown = isScrolledDown();
  state.view = view;
  state.conversation = view.conversation.id;
  if (moved) list.startEditing(null);
  markSeen(view);
  const newest = lastBotMessage();
  if (newest && !view.messages.some((message) => message.id === state.selected)) state.selected = newest.id;
  if (state.waitingSince && newest && newest.id > (state.waitingAfter)) {
    state.selected = newest.id;
    state.waitingSince = null;
  }
  draw();
  openForms(view);
  if (state.target) showTarget();
  else if (moved || wasDown) scrollDown();
}

function markSeen(view) {
  const isFirstLook = !view.conversations.some(({ id }) => `${view.person.id}/${id}` in state.seen);
  for (const { id, latest } of isFirstLook ? view.conversations : []) {
    state.seen[`${view.person.id}/${id}`] = latest;
  }
  state.seen[`${view.person.id}/${view.conversation.id}`] = view.conversation.latest;
  sessionStorage.setItem("seen", JSON.stringify(state.seen));
}

/** A form opens for whoever pressed the button that asked for it, while this page remembers it. */
function openForms(view) {
  for (const message of view.messages) {
    const form = message.reply?.form;
    const key = `${message.id}/${message.version}`;
    if (!form || !state.triggers.has(message.trigger) || state.openedForms.has(key)) continue;
    state.openedForms.add(key);
    state.waitingSince = null;
    const [conversation, person] = [view.conversation.id, view.person.id];
    openForm(form, async (fields) => {
      const pressId = newKey();
      state.triggers.add(pressId);
      await api.submit(conversation, message.id, person, fields, pressId);
      waitForReply();
      await refresh();
    });
  }
}

function showTarget() {
  const node = byId(`m-${state.target}`);
  state.target = null;
  if (!node) return toast("That message is from before Earshot was started; the page no longer has it.");
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
  node.classList.add("found");
  setTimeout(() => node.classList.remove("found"), 2500);
}

const isDirect = () => state.view?.conversation.kind === "direct";
const spoken = (message) => message.by_bot && message.reply && message.reply.blocks.length;
const lastBotMessage = () => state.view?.messages.filter(spoken).at(-1);

function isScrolledDown() {
  const scroll = byId("scroll");
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
}

function bringIntoView(messageId) {
  byId(`m-${messageId}`)?.scrollIntoView({ block: "nearest" });
}

function scrollDown() {
  const scroll = byId("scroll");
  scroll.scrollTop = scroll.scrollHeight;
}

// --- drawing ------------------------------------------------------------------------------------

function draw() {
  const { view } = state;
  if (!view) return;
  drawPeople(view);
  drawConversations(view);
  drawHead(view.conversation);
  list.show(view, state.selected, state.start.suggestions.length > 0);
  drawComposer(view);
  drawWorking();
  drawPreview(view);
}

function drawPeople({ people, person }) {
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

function drawConversations({ conversations, conversation, person }) {
  const rows = conversations.map((other) => {
    const isHere = other.id === conversation.id;
    const isNew = !isHere && other.latest > (state.seen[`${person.id}/${other.id}`] ?? "");
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
  replaceKeepingFocus(byId("conversations"), rows);
}

function replaceKeepingFocus(container, rows) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  container.replaceChildren(...rows);
  if (focused) rows.find((row) => row.dataset.id === focused)?.focus();
}

function drawHead({ kind, name, members, listening }) {
  byId("title").textContent = kind === "direct" ? name : `${kind === "private" ? "🔒" : "#"} ${name}`;
  const who = kind === "direct" ? "Only you and Earshot" : members.join(", ");
  byId("subtitle").textContent = who;
  byId("listening").hidden = kind === "direct";
  byId("listening-box").checked = listening;
  document.title = `${kind === "direct" ? name : "#" + name} · Earshot playground`;
}

function drawComposer({ conversation, messages, person }) {
  byId("mention").hidden = isDirect();
  byId("mention").setAttribute("aria-pressed", String(mentions(conversation)));
  const name = conversation.kind === "direct" ? "Earshot" : `#${conversation.name}`;
  byId("composer-text").placeholder = state.thread ? "Reply in the thread" : `Message ${name}`;
  const hasAsked = messages.some((message) => message.author_id === person.id && isRecent(message));
  byId("suggestions").hidden = !state.start.suggestions.length || hasAsked;
}

const openedAt = Date.now();
const isRecent = (message) => Date.parse(message.at) > openedAt - 60000;

function drawSuggestions() {
  const chips = state.start.suggestions.map((text) =>
    element("button", { type: "button", class: "chip", onclick: () => insert(isDirect() ? text : `/ask ${text}`) }, text),
  );
  byId("suggestions").replaceChildren(element("span", { class: "muted" }, "Try asking"), ...chips);
}

function drawWorking() {
  const isWaiting = state.waitingSince !== null && Date.now() - state.waitingSince < PATIENCE_MS;
  if (!isWaiting) state.waitingSince = null;
  const changed = byId("working").hidden === isWaiting;
  const wasDown = isScrolledDown();
  byId("working").hidden = !isWaiting;
  if (changed && wasDown) scrollDown();
}

let drawnPreview = "";

function drawPreview({ messages, person, conversation }) {
  const message = messages.find((other) => other.id === state.selected && other.reply);
  const key = message ? [person.id, message.id, message.version, state.look].join("|") : "none";
  if (key === drawnPreview) return;
  drawnPreview = key;
  for (const tab of byId("preview-tabs").children) {
    const isOn = tab.dataset.look === state.look;
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
  }
  byId("look").setAttribute("aria-labelledby", `tab-${state.look}`);
  reconcile(byId("look"), [message ? looks[state.look](message) : emptyLook()]);
  byId("raw").hidden = true;
  if (message && state.start.previews.includes(state.look)) drawRaw(conversation.id, message.id, key);
}

async function drawRaw(conversation, message, key) {
  const previews = await api.previews(conversation, message, state.person).catch(() => []);
  const found = previews.find((preview) => preview.platform === state.look);
  if (!found || key !== drawnPreview) return;
  byId("raw-body").textContent = JSON.stringify(found.body, null, 2);
  byId("raw").hidden = false;
}

// --- writing ------------------------------------------------------------------------------------

function fitComposer() {
  const box = byId("composer-text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
}

function insert(text) {
  const box = byId("composer-text");
  box.value = text;
  fitComposer();
  box.focus();
}

function listenToPage() {
  byId("composer").addEventListener("submit", send);
  byId("composer-text").addEventListener("input", fitComposer);
  byId("composer-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
    if (event.key === "Escape") setThread(null);
  });
  for (const hint of document.querySelectorAll("[data-insert]")) {
    hint.addEventListener("click", () => insert(hint.dataset.insert + byId("composer-text").value.replace(/^\/\w+\s*/, "")));
  }
  byId("mention").addEventListener("click", () => {
    state.mention[state.conversation] = !mentions(state.view.conversation);
    draw();
  });
  byId("stop-replying").addEventListener("click", () => setThread(null));
  byId("add-person").addEventListener("click", addPerson);
  byId("add-channel").addEventListener("click", addChannel);
  byId("listening-box").addEventListener("change", ({ currentTarget }) =>
    attempt(() => api.listen(state.conversation, state.person, currentTarget.checked)),
  );
  for (const pane of ["places", "previews"]) {
    byId(`open-${pane}`).addEventListener("click", () => byId(pane).classList.add("open"));
    byId(`close-${pane}`).addEventListener("click", () => byId(pane).classList.remove("open"));
  }
  listenToKeys();
  window.addEventListener("hashchange", followHash);
  document.addEventListener("click", followOwnLink);
}

/** Whether what is written next goes to the bot: where it does not read along, unless turned off. */
function mentions({ id, kind, listening }) {
  return kind !== "direct" && (state.mention[id] ?? !listening);
}

function listenToKeys() {
  const step = (container, turn) =>
    byId(container).addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const items = [...byId(container).children];
      const next = items[(items.indexOf(document.activeElement) + by + items.length) % items.length];
      next.focus();
      if (turn) next.click();
    });
  step("people", true);
  step("conversations", false);
  step("preview-tabs", true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    byId("places").classList.remove("open");
    byId("previews").classList.remove("open");
  });
  byId("preview-tabs").addEventListener("click", (event) => {
    const look = event.target.dataset.look;
    if (!look) return;
    state.look = look;
    draw();
  });
}

/** A permalink of ours opens here, under whichever loopback name the page has. */
function followOwnLink(event) {
  const link = event.target.closest("a[href]");
  const url = link && safeLink(link.href);
  if (!url || !/^\/playground\/?$/.test(url.pathname) || !url.hash || link.classList.contains("skip")) return;
  event.preventDefault();
  const [conversation, message] = decodeURIComponent(url.hash.slice(1)).split("/");
  byId("previews").classList.remove("open");
  go(conversation, message ?? null);
}

// --- starting -----------------------------------------------------------------------------------

async function watch() {
  let pause = CALM_MS;
  try {
    if (!document.hidden) await refresh();
    drawWorking();
    pause = state.waitingSince ? FAST_MS : CALM_MS;
  } catch (failure) {
    toast(failure.message);
    pause = 5000;
  }
  setTimeout(watch, pause);
}

async function begin() {
  listenToPage();
  followHash();
  try {
    state.start = await api.start();
    const known = state.start.people.some((person) => person.id === state.person);
    if (!known) state.person = state.start.people[0]?.id ?? null;
    drawSuggestions();
    if (state.person === null) toast("Nobody is here yet. Add a person on the left.");
    else await refresh(true);
    watch();
  } catch (failure) {
    toast(failure.message);
    setTimeout(() => location.reload(), 5000);
  }
}

begin();
