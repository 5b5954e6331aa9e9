// Says under a table or picture that is wider than the window that it can be scrolled.

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) target.nextElementSibling.hidden = target.scrollWidth <= target.clientWidth;
});
document.querySelectorAll(".scroll").forEach((box) => sizes.observe(box));
