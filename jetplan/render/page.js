// Adds a filter to long lists of objects. The page says everything without it.
(() => {
  const sets = [...document.querySelectorAll("details.set-of")].map((element) => ({
    element,
    wasOpen: element.open,
    lists: [...element.querySelectorAll(".objects pre")].map((list) => ({ list, lines: list.textContent.split("\n") })),
    rows: [...element.querySelectorAll(".objects tbody tr")],
  }));
  if (!sets.length) return;
  const form = document.getElementById("filter");
  const input = form.querySelector("input");
  const found = document.getElementById("found");
  const apply = () => {
    const wanted = input.value.toLowerCase();
    const holds = (text) => text.toLowerCase().includes(wanted);
    let total = 0;
    for (const { element, wasOpen, lists, rows } of sets) {
      let here = 0;
      for (const { list, lines } of lists) {
        const kept = wanted ? lines.filter(holds) : lines;
        here += kept.length;
        list.hidden = !kept.length;
        list.textContent = kept.join("\n");
      }
      for (const row of rows) {
        row.hidden = wanted && !holds(row.textContent);
        here += row.hidden ? 0 : 1;
      }
      element.open = wanted ? here > 0 : wasOpen;
      total += here;
    }
    found.textContent = wanted ? `${total.toLocaleString("en-US")} listed objects found` : "";
  };
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 150);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
