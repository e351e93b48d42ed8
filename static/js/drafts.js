/* What is typed stays in this browser until the portal has it: kept with every key, gone once it is saved (the form
   says "entry:saved") or the person signs out. What a lost connection or session left behind is offered again. */
{
  const KEPT_DAYS = 14;
  const box = document.querySelector("[data-draft]");
  const form = document.getElementById("entry-form");
  const prefix = `draft:${box?.dataset.draft}:`;
  const OTHERS = ["csrfmiddlewaretoken", "version", "save", "next", "submit"];
  const fields = () => [...form.elements].filter((each) => each.name && !OTHERS.includes(each.name));
  const values = () => {
    const given = new FormData(form);
    return Object.fromEntries(fields().map((each) => [each.name, given.get(each.name) ?? ""]));
  };
  // As the portal keeps it: without white space around, an amount without its commas.
  const plain = (name, value) =>
    form.elements[name]?.inputMode === "numeric" ? value.normalize("NFKC").replace(/[,千円\s]/g, "") : value.trim();
  const same = (one, other) => Object.keys(other).every((name) => plain(name, one[name] ?? "") === plain(name, other[name]));

  const stored = () =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ key, version: key.slice(prefix.length).replace("+", ""), ...JSON.parse(localStorage[key]) }))
      .sort((one, other) => other.at - one.at);
  const words = (now) =>
    [...form.querySelectorAll("[data-field]")]
      .filter((row) => row.querySelector("textarea") && plain("", now[row.dataset.field]) !== plain("", before[row.dataset.field]))
      .map((row) => `【${row.dataset.label}】\n${now[row.dataset.field]}`)
      .join("\n\n");

  const before = form ? values() : {};
  let offered = null;

  const clear = () => stored().forEach(({ key }) => key !== offered?.key && localStorage.removeItem(key));
  const keep = () => {
    const now = values();
    clear();
    // A draft still on offer is never written over.
    const key = prefix + form.elements.version.value + (offered ? "+" : "");
    if (!same(now, before) || "unsaved" in form.dataset) {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: now, text: words(now) }));
    }
  };
  const close = () => {
    localStorage.removeItem(offered.key);
    offered = null;
    box.hidden = true;
  };
  const take = () => {
    const { version, values: old } = offered;
    for (const each of fields()) {
      if (each.type === "radio") each.checked = each.value === old[each.name];
      else if (each.type === "checkbox") each.checked = old[each.name] !== "";
      else if (each.name in old) each.value = old[each.name];
    }
    const moved = version !== form.elements.version.value;
    // Compared with the version it was written on, nothing of a colleague's is overwritten.
    form.elements.version.value = version;
    close();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    if (moved) form.requestSubmit(form.querySelector("[name=save]"));
  };
  const offer = (draft) => {
    offered = draft;
    const at = new Date(draft.at);
    box.querySelector("[data-draft-at]").textContent =
      `${at.getMonth() + 1}月${at.getDate()}日${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
    const text = box.querySelector("[data-draft-text]");
    text.value = draft.text;
    text.hidden = !draft.text;
    box.hidden = false;
    box.querySelector("[data-draft-take]")?.addEventListener("click", take);
    box.querySelector("[data-draft-drop]").addEventListener("click", close);
  };
  const begin = () => {
    const limit = Date.now() - KEPT_DAYS * 24 * 60 * 60 * 1000;
    for (const draft of stored()) {
      if (draft.at < limit || (form && same(draft.values, before))) localStorage.removeItem(draft.key);
    }
    // The page that says why nothing was saved holds the newest text itself.
    if (form && "unsaved" in form.dataset) keep();
    else if (stored().length) offer(stored()[0]);
    form?.addEventListener("input", keep);
    form?.addEventListener("entry:saved", ({ detail: { sent, errors } }) => {
      delete form.dataset.unsaved;
      for (const name of Object.keys(before)) if (!(name in errors)) before[name] = sent[name] ?? "";
      keep();
    });
  };

  try {
    if (box) begin();
  } catch {
    // A browser that keeps nothing (private window, full disk) leaves the portal's own saving as it is.
  }
}
