// A button that writes a name into a text, where the cursor was; the field then says that it changed.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-insert]");
  const field = button && document.getElementById(button.dataset.into);
  if (!field) return;
  const { selectionStart: start, selectionEnd: end } = field;
  field.setRangeText(button.dataset.insert, start, end, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
