// Plays Slack with the npm package "emulate", and sends its signed events to one address.
// Usage: node slack_emulator.mjs FOLDER PORT EVENTS_URL SEED, where FOLDER has node_modules.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [folder, port, eventsUrl, seed] = process.argv.slice(2);
const dist = join(resolve(folder), "node_modules", "emulate", "dist");
const isSlack = (name) => /^dist-.*\.js$/.test(name) && readFileSync(join(dist, name), "utf8").includes("slackPlugin");
const { slackPlugin, getSlackStore } = await import(join(dist, readdirSync(dist).find(isSlack)));
const { createEmulator } = await import(join(dist, "api.js"));

const register = slackPlugin.register;
slackPlugin.register = (app, store, webhooks, ...rest) => {
  // Slack takes its reading methods by GET as well, as its own SDK sends them; the package does not.
  app.get("/api/:method", (c) => {
    const { pathname, origin, search } = new URL(c.req.url);
    const headers = { "Content-Type": "application/x-www-form-urlencoded", Authorization: c.req.header("Authorization") ?? "" };
    return app.fetch(new Request(origin + pathname, { method: "POST", headers, body: search.slice(1) }));
  });
  // What no method of Slack's tells: what one person sees alone, pages, and how events were taken.
  app.get("/seen", (c) => {
    const { ephemeralMessages, views } = getSlackStore(store);
    return c.json({ ephemeral: ephemeralMessages.all(), views: views.all(), deliveries: webhooks.getDeliveries() });
  });
  // Slack says of every event when it happened; the package does not say it of reactions.
  const dispatch = webhooks.dispatch.bind(webhooks);
  webhooks.dispatch = (kind, action, payload, ...to) => {
    payload.event.event_ts ??= (Date.now() / 1000).toFixed(6);
    return dispatch(kind, action, payload, ...to);
  };
  register.call(slackPlugin, app, store, webhooks, ...rest);
  // No setting of the package says where Slack's events go.
  webhooks.register({ url: eventsUrl, events: ["*"], active: true, owner: "slack" });
};

await createEmulator({ service: "slack", port: Number(port), seed: JSON.parse(seed) });
console.log("ready");
