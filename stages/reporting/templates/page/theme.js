"use strict";
// Runs before anything is drawn: sets the colours that the reader chose earlier, or those of the system.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = (change) => {
    try {
      return change(localStorage);
    } catch {
      return null; // a browser may refuse storage to a file
    }
  };
  const chosen = stored((storage) => storage.getItem("wikitune-theme"));
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
    const announce = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      stored((storage) => storage.setItem("wikitune-theme", root.dataset.theme));
      announce();
    });
    dark.addEventListener("change", announce);
    announce();
  });
})();
