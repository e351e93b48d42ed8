/* data-key="ctrl+s" on a link or button: the keys press it. Alt+N goes to the next field that 提出 waits for.
   The list of keys on the page appears only where this script runs. */
{
  const pressed = (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return [event.ctrlKey && "ctrl", event.altKey && "alt", event.shiftKey && "shift", key].filter(Boolean).join("+");
  };
  const nextMissing = () => {
    const fields = [...document.querySelectorAll("[data-missing]:not([hidden]) a")].map((link) =>
      document.querySelector(link.hash),
    );
    const here = document.activeElement;
    const after = (field) => here.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING;
    const beyond = fields.filter((field) => !field.contains(here) && after(field));
    const field = beyond[0] ?? fields[0];
    const control = field?.matches("textarea, input") ? field : field?.querySelector("input");
    control?.focus();
    return Boolean(control);
  };

  document.addEventListener("keydown", (event) => {
    // A key that only confirms a conversion belongs to the input method.
    if (event.isComposing) return;
    const keys = pressed(event);
    const target = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === keys);
    if (target) {
      event.preventDefault();
      target.click();
    } else if (keys === "alt+n" && nextMissing()) {
      event.preventDefault();
    }
  });
  for (const list of document.querySelectorAll("[data-keys]")) list.hidden = false;
}
