// The playground page: who you are, where you are, and what is said there.

import { api, newKey } from "./api.js";
import { openForm } from "./dialog.js";
import { byId, element, safeLink } from "./dom.js";
import { homeNodes } from "./home.js";
import { MessageList } from "./messages.js";
import { drawPlaces } from "./places.js";
import { chosen, showPreview } from "./preview_panel.js";

const FAST_MS = 400;
const CALM_MS = 1500;
const PATIENCE_MS = 12000;

const state = {
  start: null,
  view: null,
  person: localStorage.getItem("person"),
  conversation: localStorage.getItem("conversation"),
  isHome: false,
  thread: null,
  selected: null,
  look: "slack",
  seen: JSON.parse(sessionStorage.getItem("seen") ?? "{}"),
  triggers: new Set(),
  openedForms: new Set(),
  openedTalks: new Set(),
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

async function pressOnHome(index, button) {
  const pressId = newKey();
  state.triggers.add(pressId);
  button.disabled = true;
  state.waitingSince = Date.now();
  await attempt(() => api.pressOnHome(state.person, index, state.view.home.version, pressId));
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
  if (state.isHome) return goHome();
  leave();
}

function leave() {
  state.selected = null;
  setThread(null);
  byId("places").classList.remove("open");
  refresh(true);
}

/** The person's own page; behind it lies their talk with the bot, which opens its forms. */
async function goHome() {
  state.isHome = true;
  state.conversation = null;
  state.waitingSince = Date.now();
  await attempt(() => api.openHome(state.person));
  leave();
}

function go(conversationId, messageId = null) {
  state.isHome = false;
  state.conversation = conversationId;
  state.target = messageId;
  localStorage.setItem("conversation", conversationId);
  leave();
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
  if (state.isHome && view.home?.version !== state.view?.home?.version) {
    state.waitingSince = null;
    state.selected = null;
  }
  state.view = view;
  state.conversation = view.conversation.id;
  if (moved) list.startEditing(null);
  openTalk(view);
  markSeen(view);
  const newest = state.isHome ? null : lastBotMessage();
  if (newest && !view.messages.some((message) => message.id === state.selected)) state.selected = newest.id;
  if (state.waitingSince && newest && newest.id > (state.waitingAfter)) {
    state.selected = newest.id;
    state.waitingSince = null;
  }
  draw();
  openForms(view);
  if (state.target) showTarget();
  else if (state.isHome && moved) byId("scroll").scrollTop = 0;
  else if (!state.isHome && (moved || wasDown)) scrollDown();
}

/** Once for each person, so that they are offered what they may ask. */
function openTalk({ person, conversation }) {
  if (conversation.kind !== "direct" || state.isHome || state.openedTalks.has(person.id)) return;
  state.openedTalks.add(person.id);
  api.openTalk(person.id).catch((failure) => toast(failure.message));
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
    state.selected = message.id;
    state.waitingSince = null;
    draw();
    const [conversation, person] = [view.conversation.id, view.person.id];
    openForm(form, async (fields) => {
      const pressId = newKey();
      state.triggers.add(pressId);
      await api.submit(conversation, message.id, person, fields, pressId);
      if (state.isHome) state.waitingSince = Date.now();
      else waitForReply();
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
  drawPlaces(view, state, { become, go, goHome });
  drawHead(view.conversation);
  byId("home").hidden = !state.isHome;
  byId("messages").hidden = state.isHome;
  byId("composer").hidden = state.isHome;
  if (state.isHome) drawHome(view);
  else drawTalk(view);
  drawWorking();
  showPreview(chosen(view, state), state.look);
}

function drawTalk(view) {
  list.show(view, state.selected, state.start.suggestions.length > 0);
  drawComposer(view);
}

let drawnHome = "";

function drawHome({ person, home }) {
  const key = home ? `${person.id}|${home.version}` : "";
  if (key === drawnHome) return;
  drawnHome = key;
  byId("home").replaceChildren(...(home ? homeNodes(home, pressOnHome) : []));
}

function drawHead(conversation) {
  if (!state.isHome) return drawPlace(conversation);
  byId("title").textContent = "Home";
  byId("subtitle").textContent = "Only you see this page";
  byId("listening").hidden = true;
  document.title = "Home · Earshot playground";
}

function drawPlace({ kind, name, members, listening }) {
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
  const offered = offers(conversation);
  byId("suggestions").hidden = !offered.length || hasAsked;
  drawOffers(offered);
}

/** What the bot offers this person to ask, or, where it offers nothing, what the demo can answer. */
function offers({ kind }) {
  const isTalk = kind === "direct";
  if (isTalk && state.view.prompts.length) return state.view.prompts;
  return state.start.suggestions.map((text) => ({ label: text, text: isTalk ? text : `/ask ${text}` }));
}

const openedAt = Date.now();
const isRecent = (message) => Date.parse(message.at) > openedAt - 60000;

let drawnOffers = "";

function drawOffers(offered) {
  const key = JSON.stringify(offered);
  if (key === drawnOffers) return;
  drawnOffers = key;
  const chips = offered.map(({ label, text }) =>
    element("button", { type: "button", class: "chip", onclick: () => insert(text) }, label),
  );
  byId("suggestions").replaceChildren(element("span", { class: "muted" }, "Try asking"), ...chips);
}

function drawWorking() {
  const isWaiting = state.waitingSince !== null && Date.now() - state.waitingSince < PATIENCE_MS;
  if (!isWaiting) state.waitingSince = null;
  const changed = byId("working").hidden === isWaiting;
  const wasDown = isScrolledDown();
  byId("working").hidden = !isWaiting;
  if (changed && wasDown && !state.isHome) scrollDown();
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
    if (state.person === null) toast("Nobody is here yet. Add a person on the left.");
    else await refresh(true);
    watch();
  } catch (failure) {
    toast(failure.message);
    setTimeout(() => location.reload(), 5000);
  }
}

begin();
