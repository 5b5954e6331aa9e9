// Links between the rules and the examples that they rejected.

document.querySelectorAll("[data-rule]").forEach((button) =>
  button.addEventListener("click", () => {
    form.reset();
    form.fate.value = button.dataset.rule;
    update();
    document.getElementById("rows").scrollIntoView();
    form.fate.focus({ preventScroll: true });
  }),
);

/** Opens the rule that the address names. */
function openRule() {
  const rule = location.hash.startsWith("#rule-") && document.getElementById(location.hash.slice(1));
  if (!rule) return;
  for (let box = rule; box; box = box.parentElement.closest("details")) box.open = true;
  rule.scrollIntoView({ behavior: "instant" });
}

addEventListener("hashchange", openRule);
openRule();
