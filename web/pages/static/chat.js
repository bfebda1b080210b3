// Large text, printing, and bringing a new question to the top of the screen. A file of its own, because the page's security policy allows no script made from text.
(() => {
  const apply = (on) => document.body.classList.toggle("large", on);
  document.documentElement.lang = "zh-CN";
  apply(localStorage.getItem("large") === "1");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#large-text, #print");
    if (!button) return;
    if (button.id === "print") return window.print();
    const on = !document.body.classList.contains("large");
    localStorage.setItem("large", on ? "1" : "");
    apply(on);
  });
  // The page scrolls as a whole: after asking, the visitor sees the question with the answer's beginning below it.
  let asked = 0;
  new MutationObserver(() => {
    const questions = document.querySelectorAll("#chat .user.message, #chat .user-row");
    if (questions.length > asked) questions[questions.length - 1].scrollIntoView({ block: "start", behavior: "smooth" });
    asked = questions.length;
  }).observe(document.body, { childList: true, subtree: true });
})();
