// A long work shows itself: asks every second how far it is, and shows the page anew when it has ended.
// Without JavaScript the page has a link that asks once.
for (const box of document.querySelectorAll("[data-progress]")) {
  const part = (name) => box.querySelector(`[data-progress-${name}]`);
  const bar = box.querySelector("progress");
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const now = await answer.json();
      if (!now.is_open) return location.reload();
      part("state").textContent = now.state;
      part("doing").textContent = now.doing;
      part("count").textContent = `${now.done}／${now.total || "—"}`;
      bar.max = now.total || 1;
      bar.value = now.done;
    } catch {
      // The network is away for a moment; the next second may be better.
    }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
}
