"use strict";
// Search, filters and order of the stories. Without it the page shows all of them.
(() => {
  const list = document.getElementById("list");
  if (!list) return;
  const [find, agency, is, order, found, more] = ["find", "agency", "is", "order", "found", "more"].map((id) =>
    document.getElementById(id));
  const PAGE = 25;
  const told = [...list.children].map((item, place) => ({ item, place, first: Number(item.dataset.first), words: null }));
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (story) => {
    story.words ??= folded([".what", ".facts", ".prints tbody"].map((part) => story.item.querySelector(part).textContent).join(" "));
    return story.words;
  };
  let shown = PAGE;

  const fits = (story, wanted) =>
    (!agency.value || story.item.dataset.agency === agency.value) &&
    (!is.value || story.item.dataset.is.split(" ").includes(is.value)) &&
    wanted.every((word) => wordsOf(story).includes(word));

  const show = () => {
    const wanted = folded(find.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const story of told) {
      const wants = fits(story, wanted);
      count += wants;
      story.item.hidden = !wants || count > shown;
    }
    const narrowed = wanted.length || agency.value || is.value;
    found.textContent = narrowed ? (count ? `${count.toLocaleString("en")} of ${told.length.toLocaleString("en")} stories`
      : `None of the ${told.length.toLocaleString("en")} stories of this page; smaller ones are in the tables.`) : "";
    more.hidden = count <= shown;
    more.textContent = `Show ${Math.min(PAGE, count - shown)} more of ${(count - shown).toLocaleString("en")}`;
  };

  const anew = () => { shown = PAGE; show(); };
  let soon = 0;
  find.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(anew, 120); });
  for (const choice of [agency, is]) choice.addEventListener("change", anew);
  order.addEventListener("change", () => {
    told.sort((a, b) => (order.value === "first" ? b.first - a.first : 0) || a.place - b.place);
    list.append(...told.map((story) => story.item));
    anew();
  });
  more.addEventListener("click", () => {
    const before = told.filter((story) => !story.item.hidden).length;
    shown += PAGE;
    show();
    const first = told.filter((story) => !story.item.hidden)[before];
    first?.item.querySelector("summary").focus();
  });
  document.getElementById("finder").hidden = false;
  show();
  const prepare = (from) => {
    told.slice(from, from + 100).forEach(wordsOf);
    if (from < told.length) setTimeout(prepare, 30, from + 100);
  };
  setTimeout(prepare, 300, 0); // so that the first letter does not wait for all of it
})();
