/* A link to something folded opens it; without this script the link ends at the fold, which a click opens.
   data-unfold opens all folds of its section: the search of some browsers does not look into folded text. */
const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
};
addEventListener("hashchange", unfold);
unfold();

for (const button of document.querySelectorAll("[data-unfold]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const fold of button.closest("section").querySelectorAll("details")) fold.open = true;
  });
}
