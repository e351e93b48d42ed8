/* What 提出 still waits for, followed while the sheet is filled in. The rules stay on the server: each field brings,
   in data-must, the words beside its label for every answer to the field they hang on. */
{
  const form = document.getElementById("entry-form");
  const rows = form ? [...form.querySelectorAll("[data-field]")] : [];

  const must = (row) => {
    const shown = row.querySelector(".must")?.textContent ?? "";
    if (!row.dataset.must) return shown;
    const [name, words] = Object.entries(JSON.parse(row.dataset.must))[0];
    return words[form.elements[name].value] ?? shown;
  };
  const put = (row, selector, wanted, make) => {
    const found = row.querySelector(`:is(label, legend) > ${selector}`);
    if (!wanted) found?.remove();
    else if (!found) row.querySelector(".vis").before(make());
    return row.querySelector(`:is(label, legend) > ${selector}`);
  };
  const sign = () => document.getElementById("sign-missing").content.firstElementChild.cloneNode(true);
  const word = () => Object.assign(document.createElement("span"), { className: "must" });

  const look = (row) => {
    const words = must(row);
    const missing = words !== "" && form.elements[row.dataset.field].value.trim() === "";
    const beside = put(row, ".must", words, word);
    if (beside) beside.textContent = words;
    put(row, ".state", missing, sign);
    const item = document.querySelector(`[data-missing="${row.dataset.field}"]`);
    if (item) item.hidden = !missing;
    return missing;
  };
  const follow = () => {
    const count = rows.filter(look).length;
    const title = document.querySelector("[data-missing-title]");
    // A submitted sheet is mended without being submitted again.
    if (!title) return;
    title.textContent = count ? `提出まで あと${count}項目` : "提出できます";
    document.querySelector("[data-missing-words]").textContent = count ? `（あと${count}項目）` : "";
    document.querySelector("[data-complete]").hidden = count > 0;
    const replace = document.getElementById("replace");
    if (!replace) return;
    const repeated = rows.filter((row) => "repeated" in row.dataset);
    const answered = repeated.some((row) => form.elements[row.dataset.field].value !== "");
    replace.required = answered;
    replace.closest("label").hidden = !answered;
  };

  if (form) {
    form.addEventListener("input", follow);
    follow();
  }
}
