// Calls to the product. Each failure becomes an Error whose message can be shown.

const BASE = "/playground/api";

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: { "Content-Type": "application/json", "X-Earshot-Playground": "1" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("Earshot does not answer. Is it still running?");
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `It did not work (${response.status}).`);
  return answer;
}

const path = (conversation, message, rest = "") =>
  `/conversations/${encodeURIComponent(conversation)}/messages/${encodeURIComponent(message)}${rest}`;

export const newKey = () => crypto.randomUUID();

export const api = {
  start: () => call("GET", "/start"),
  view: (person, conversation, since) => {
    const query = new URLSearchParams({ person });
    if (conversation) query.set("conversation", conversation);
    if (since !== null) query.set("since", since);
    return call("GET", `/view?${query}`);
  },
  addPerson: (name, role) => call("POST", "/people", { name, role }),
  addChannel: (body) => call("POST", "/conversations", body),
  listen: (conversation, person, listening) =>
    call("PUT", `/conversations/${encodeURIComponent(conversation)}/listening`, { person, listening }),
  post: (conversation, body) =>
    call("POST", `/conversations/${encodeURIComponent(conversation)}/messages`, body),
  edit: (conversation, message, person, text) =>
    call("PATCH", path(conversation, message), { person, text }),
  remove: (conversation, message, person) => call("DELETE", path(conversation, message), { person }),
  react: (conversation, message, person) =>
    call("POST", path(conversation, message, "/reaction"), { person }),
  press: (conversation, message, person, button, pressId) =>
    call("POST", path(conversation, message, "/press"), { person, button, press_id: pressId }),
  submit: (conversation, message, person, fields, pressId) =>
    call("POST", path(conversation, message, "/submission"), { person, fields, press_id: pressId }),
  openHome: (person) => call("POST", "/home", { person }),
  openTalk: (person) => call("POST", "/talk", { person }),
  pressOnHome: (person, button, version, pressId) =>
    call("POST", "/home/press", { person, button, version, press_id: pressId }),
  homePreviews: (person) => call("GET", `/home/previews?${new URLSearchParams({ person })}`),
  talkPreviews: (person) => call("GET", `/talk/previews?${new URLSearchParams({ person })}`),
  previews: (conversation, message, person) =>
    call("GET", path(conversation, message, `/previews?${new URLSearchParams({ person })}`)),
};
