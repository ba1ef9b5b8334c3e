// A click on a citation, in the answer or in the list of sources, shows its words in their document.
const show = async (reference) => {
  if (element.querySelector(".sources")) element.dataset.list = element.querySelector(".inner").outerHTML;
  const html = await server.show_source(reference);
  element.querySelector(".inner").outerHTML = html;
  const mark = element.querySelector("mark");
  const box = element.closest("#panel") || element;
  if (mark) {
    const scroller = [box, ...box.querySelectorAll("*")].find((e) => e.scrollHeight > e.clientHeight + 4 &&
      /auto|scroll/.test(getComputedStyle(e).overflowY)) || box;
    const top = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    scroller.scrollTo({ top: Math.max(0, top - scroller.clientHeight / 3) });
    if (window.innerWidth < 900) box.scrollIntoView({ block: "start" });
    mark.focus({ preventScroll: true });
  }
};
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href*="#cite/"]');
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  show(link.getAttribute("href").split("#cite/")[1]);
}, true);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button.link");
  if (!button) return;
  if (button.dataset.cite) show(button.dataset.cite);
  else if (element.dataset.list) element.querySelector(".inner").outerHTML = element.dataset.list;
});
// A new question moves to the top of the chat, so that its answer is read from its first line.
let asked = 0;
new MutationObserver(() => {
  const questions = document.querySelectorAll('#chat [data-testid="user"]');
  if (questions.length > asked) {
    const last = questions[questions.length - 1];
    requestAnimationFrame(() => last.scrollIntoView({ block: "start", inline: "nearest" }));
  }
  asked = questions.length;
}).observe(document.querySelector("#chat") || document.body, { childList: true, subtree: true });
