// What every page does beyond plain links and forms: menus, dialogs, the search key, printing.
(() => {
  'use strict';

  const isTyping = (element) => element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const opener = event.target.closest('[data-opens]');
    if (opener) {
      const menu = opener.closest('details[data-menu]');
      if (menu) menu.open = false;
      document.getElementById(opener.dataset.opens).showModal();
    }
    if (event.target.closest('[data-print]')) window.print();
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      for (const menu of document.querySelectorAll('details[data-menu][open]')) {
        menu.open = false;
        menu.querySelector('summary').focus();
      }
    }
    const search = document.querySelector('main [data-search]') || document.querySelector('[data-search]');
    if (event.key === '/' && search && !isTyping(event.target) && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  document.addEventListener('DOMContentLoaded', () => {
    for (const here of document.querySelectorAll('.nav [aria-current], .tabs [aria-current]')) {
      const row = here.closest('ul');
      row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - 48;
    }
    const first = document.querySelector('[data-focus]');
    if (first) first.focus();
    // A refused page explains itself: its title says so, too.
    if (document.querySelector('.error-summary')) document.title = `▲ ${document.title}`;
  });
})();
