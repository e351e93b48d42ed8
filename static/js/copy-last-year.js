/* <button data-fill="result" data-value="…"> puts that value into the field, as if typed; pressed again it brings
   back what stood there. The button in [data-fill-all] presses those marked data-repeated whose field is empty. */
{
  const form = document.getElementById("entry-form");
  const buttons = [...document.querySelectorAll("[data-fill]")];
  const replaced = new Map();

  const read = (name) => {
    const control = form.elements[name];
    return control.type === "checkbox" ? (control.checked ? "True" : "") : control.value;
  };
  const write = (name, value) => {
    const control = form.elements[name];
    const radios = control instanceof RadioNodeList;
    if (radios) for (const radio of control) radio.checked = radio.value === value;
    else if (control.type === "checkbox") control.checked = value !== "";
    else control.value = value;
    const first = radios ? control[0] : control;
    first.dispatchEvent(new Event("input", { bubbles: true }));
    return first;
  };
  const forget = (button) => {
    if (!replaced.delete(button)) return;
    button.querySelector("[data-says]").textContent = button.dataset.words;
  };
  const press = (button) => {
    const name = button.dataset.fill;
    if (replaced.has(button)) {
      const first = write(name, replaced.get(button));
      forget(button);
      return first;
    }
    const says = button.querySelector("[data-says]");
    replaced.set(button, read(name));
    button.dataset.words = says.textContent;
    says.textContent = "元に戻す";
    return write(name, button.dataset.value);
  };

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => press(button).focus());
  }
  // What was typed since must not be taken back with it.
  form?.addEventListener("input", (event) => {
    if (event.isTrusted) buttons.filter((button) => button.dataset.fill === event.target.name).forEach(forget);
  });
  for (const all of document.querySelectorAll("[data-fill-all]")) {
    all.hidden = false;
    all.querySelector("button").addEventListener("click", () => {
      const open = buttons.filter((button) => "repeated" in button.dataset && read(button.dataset.fill) === "");
      open.forEach(press);
      all.querySelector("[role=status]").textContent = open.length
        ? `${open.length}項目に入れました。`
        : "写せる空欄はありません。";
    });
  }
}
