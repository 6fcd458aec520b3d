// A form in a dialog: the bot's own forms, and those that add people and channels.

import { element } from "./dom.js";

let count = 0;

/**
 * Opens a form and calls `submit(values)`, values being lists by field name. Closes when that
 * succeeds; what goes wrong is said in the dialog, and nothing that was filled in is lost.
 */
export function openForm(form, submit) {
  const error = element("p", { class: "form-error", role: "alert", hidden: true });
  const fields = form.fields.map(fieldNode);
  const send = element("button", { type: "submit", class: "primary" }, form.submit_label);
  const title = element("h2", { id: `dialog-${++count}` }, form.title);
  const body = element(
    "form",
    { novalidate: "" },
    title,
    element("div", { class: "fields" }, fields.map((field) => field.node)),
    error,
    element(
      "div",
      { class: "dialog-actions" },
      element("button", { type: "button", class: "plain", onclick: () => dialog.close() }, "Cancel"),
      send,
    ),
  );
  const dialog = element("dialog", { class: "form", "aria-labelledby": title.id }, body);

  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const empty = fields.find((field) => field.required && !field.values().some((value) => value.trim()));
    if (empty) return say(`Fill in: ${empty.label}.`, empty.focus);
    send.disabled = true;
    try {
      await submit(Object.fromEntries(fields.map((field) => [field.name, field.values()])));
      dialog.close();
    } catch (failure) {
      say(failure.message);
    } finally {
      send.disabled = false;
    }
  });
  function say(message, focus = () => {}) {
    error.textContent = message;
    error.hidden = false;
    focus();
  }

  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

function fieldNode(field) {
  const id = `field-${++count}`;
  const made = { text: textField, choice: choiceField, choices: choicesField }[field.kind](field, id);
  const hint = field.hint ? element("p", { class: "hint-text", id: `${id}-hint` }, field.hint) : null;
  if (hint) made.control.setAttribute("aria-describedby", hint.id);
  const label = field.required ? field.label : [field.label, element("span", { class: "optional" }, " optional")];
  const node = made.isGroup
    ? element("fieldset", { class: "field" }, element("legend", {}, label), hint, made.control)
    : element("div", { class: "field" }, element("label", { for: id }, label), hint, made.control);
  return { name: field.name, label: field.label, required: field.required, node, values: made.values, focus: made.focus };
}

function textField(field, id) {
  const control = element("input", { id, type: "text", maxlength: "3000", autocomplete: "off" });
  control.value = field.value[0] ?? "";
  return { control, values: () => (control.value.trim() ? [control.value] : []), focus: () => control.focus() };
}

function choiceField(field, id) {
  const control = element("select", { id });
  if (!field.required || !field.value.length) control.append(element("option", { value: "" }, "—"));
  for (const { value, label } of field.options) control.append(element("option", { value }, label));
  control.value = field.value[0] ?? "";
  return { control, values: () => (control.value ? [control.value] : []), focus: () => control.focus() };
}

function choicesField(field) {
  const boxes = field.options.map(({ value, label }) => {
    const box = element("input", { type: "checkbox", value, checked: field.value.includes(value) });
    return { box, node: element("label", { class: "choice" }, box, element("span", {}, label)) };
  });
  return {
    isGroup: true,
    control: element("div", { class: "choices" }, boxes.map(({ node }) => node)),
    values: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
    focus: () => boxes[0]?.box.focus(),
  };
}
