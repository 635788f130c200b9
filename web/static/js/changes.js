// <button data-jump data-old="ids" data-new="ids">: shows these shapes on the diagrams of data-side "old" and "new".
// The buttons appear when a diagram that knows one of their shapes is drawn.
(() => {
  'use strict';

  const placeOf = (side) => document.querySelector(`[data-side="${side}"] [data-diagram]`);

  function jump(button) {
    let first = null;
    for (const side of ['old', 'new']) {
      const ids = button.dataset[side].split(' ').filter(Boolean);
      const place = placeOf(side);
      if (!place || !ids.length) continue;
      place.dispatchEvent(new CustomEvent('show', { detail: ids }));
      first = first || place;
    }
    if (first) first.scrollIntoView({ block: 'center', behavior: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }

  document.addEventListener('DOMContentLoaded', () => {
    const buttons = document.querySelectorAll('[data-jump]');
    for (const button of buttons) button.addEventListener('click', () => jump(button));
    const reveal = () => {
      if (!document.querySelector('[data-side] [data-drawn=yes]')) return;
      for (const button of buttons) button.hidden = false;
    };
    const watch = new MutationObserver(reveal);
    for (const place of document.querySelectorAll('[data-side] [data-diagram]')) watch.observe(place, { attributes: true, attributeFilter: ['data-drawn'] });
    reveal();
  });
})();
