/* The sheet is saved a second after the last key, and when the page is left. Buttons and links wait for it, so that
   nobody meets a conflict with their own typing. What cannot be saved stays in the form and in drafts.js. */
{
  const form = document.querySelector("form[data-autosave]");
  const QUIET = 1000;
  const LONGEST = 10_000;
  const AGAIN = 5000;
  const LARGEST = 60_000; // what a browser still sends while a page is being left

  const values = () => {
    const given = [...new FormData(form)];
    return JSON.stringify(given.filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "version"));
  };
  const saved = document.querySelector("[data-saved]");
  let known = form && !("unsaved" in form.dataset) ? values() : "";
  let busy = null;
  let stopped = "";
  let timer;
  let since = 0;

  const reveal = (kind, words = "") => {
    for (const box of document.querySelectorAll("[data-trouble]")) box.hidden = box.dataset.trouble !== kind;
    const box = document.querySelector(`[data-trouble="${kind}"]`);
    const place = box?.querySelector("[data-trouble-words]");
    if (place) place.textContent = words;
    saved.parentElement.classList.toggle("is-failed", kind !== "");
    document.querySelector("[data-why]").hidden = kind === "";
    if (kind) saved.textContent = "まだ保存していません";
  };
  const stop = (kind, words) => {
    stopped = kind;
    reveal(kind, words);
    return kind;
  };
  const later = () => {
    reveal("offline");
    timer = setTimeout(save, AGAIN);
    return "offline";
  };
  const mark = (errors) => {
    for (const old of form.querySelectorAll("[data-live-error]")) old.remove();
    for (const [name, words] of Object.entries(errors)) {
      const list = document.createElement("ul");
      list.className = "err";
      list.dataset.liveError = name;
      list.append(Object.assign(document.createElement("li"), { textContent: words }));
      document.getElementById(`id_${name}`).closest(".field").append(list);
    }
  };
  const noted = (answer, sent) => {
    known = sent;
    for (const version of document.querySelectorAll("input[name=version]")) version.value = answer.version;
    document.querySelector("[data-state]").innerHTML = answer.state;
    mark(answer.errors);
    reveal("");
    const left = Object.keys(answer.errors).length;
    saved.textContent = `${answer.at} に自動保存しました${left ? "（入力を確かめる項目を除く）" : ""}`;
    const detail = { sent: Object.fromEntries(JSON.parse(sent)), errors: answer.errors };
    form.dispatchEvent(new CustomEvent("entry:saved", { detail }));
    return "saved";
  };
  const send = async () => {
    const sent = values();
    since = 0;
    let response;
    try {
      const keepalive = new Blob([sent]).size < LARGEST;
      response = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), redirect: "manual", keepalive });
    } catch {
      return later();
    }
    // Sent to the sign-in page, or signed in anew in another window.
    if (response.type === "opaqueredirect" || response.status === 403) return stop("signed-out");
    if (response.status >= 500) return later();
    if (!response.headers.get("content-type").includes("json")) return stop("refused", "この内容は受け取れませんでした。");
    const answer = await response.json();
    if (answer.conflict) return stop("conflict");
    return answer.refused ? stop("refused", answer.refused) : noted(answer, sent);
  };
  const save = async () => {
    clearTimeout(timer);
    while (busy) await busy;
    if (stopped) return stopped;
    if (values() === known) return "clean";
    busy = send();
    const result = await busy;
    busy = null;
    return result;
  };
  const soon = () => {
    if (stopped) return;
    since ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(QUIET, since + LONGEST - Date.now())));
  };

  // ---- what leaves the page -------------------------------------------------
  let leaving = false;
  const submit = async (event) => {
    const going = event.target;
    if (event.defaultPrevented || !going.elements.version) return;
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const result = await save();
    const done = result === "saved" || result === "clean";
    const stays = done ? going === form && event.submitter?.name === "save" : going !== form || result !== "conflict";
    leaving = !stays;
    if (stays) {
      if (done && saved.textContent === "") saved.textContent = "変えたところはありません";
      return;
    }
    // Not from within the event: a form that is just being submitted cannot be submitted.
    setTimeout(() => {
      document.removeEventListener("submit", submit);
      going.requestSubmit(event.submitter);
      document.addEventListener("submit", submit);
    });
  };
  const follow = async (event) => {
    const link = event.target.closest("a[href]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link?.target || "leave" in (link?.dataset ?? {});
    if (!link || elsewhere || link.getAttribute("href").startsWith("#")) return;
    if (stopped || (!busy && values() === known)) return;
    event.preventDefault();
    if (["saved", "clean"].includes(await save())) location.assign(link.href);
  };

  if (form) {
    form.addEventListener("input", soon);
    document.addEventListener("submit", submit);
    document.addEventListener("click", follow);
    window.addEventListener("online", save);
    window.addEventListener("pagehide", save);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
    // A page brought back by 「戻る」 is older than what was saved since.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    if (known === "") soon();
  }
}
