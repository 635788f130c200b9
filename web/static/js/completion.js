// completeNames(place, namesFor): while a box marked data-expression inside `place` is typed in, the names it may read (namesFor(box):
// [{name, label, words: [[value, label]]}]) are listed below it; after a comparison, the answers that name can have. Arrow keys choose,
// Enter or Tab takes, Escape closes, Ctrl+Space opens.
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';
  const MOST = 8;
  const WORD = /[A-Za-z_]\w*$/;
  const COMPARED = /([A-Za-z_]\w*)\s*(?:==?|!=)\s*("?[^"\s]*)$/;
  const plain = (text) => text.toLowerCase().replace(/đ/g, 'd').normalize('NFD').replace(/[\u0300-\u036f]/g, '');

  // What may stand at the caret: [{text, said, from}], `from` is where the replaced part begins.
  function offers(value, caret, names, isAsked) {
    const before = value.slice(0, caret);
    if ((before.match(/"/g) || []).length % 2 && !COMPARED.test(before)) return [];
    const compared = COMPARED.exec(before);
    const known = compared && names.find((one) => one.name === compared[1]);
    if (known && known.words.length) {
      const typed = plain(compared[2].replace(/"/g, ''));
      return known.words
        .filter(([word, label]) => word !== compared[2] && (plain(word.replace(/"/g, '')).startsWith(typed) || plain(label).includes(typed)))
        .map(([text, label]) => ({ text, said: label, from: caret - compared[2].length }));
    }
    const word = (WORD.exec(before) || [''])[0];
    if (!word && !isAsked) return [];
    const typed = plain(word);
    const found = names.filter((one) => one.name !== word && (plain(one.name).includes(typed) || plain(one.label || '').includes(typed)));
    found.sort((one, other) => plain(other.name).startsWith(typed) - plain(one.name).startsWith(typed));
    return found.map((one) => ({ text: one.name, said: one.label || '', from: caret - word.length }));
  }

  window.completeNames = (place, namesFor) => {
    const box = document.createElement('ul');
    box.className = 'completion';
    box.id = 'completion';
    box.setAttribute('role', 'listbox');
    box.setAttribute('aria-label', vi ? 'Tên dùng được' : 'Names to use');
    box.hidden = true;
    const told = document.createElement('p');
    told.className = 'visually-hidden';
    told.setAttribute('aria-live', 'polite');
    place.append(box, told);
    let field = null;
    let found = [];
    let at = -1;

    const close = () => {
      box.hidden = true;
      found = [];
      at = -1;
      told.textContent = '';
      if (field) for (const name of ['aria-controls', 'aria-activedescendant']) field.removeAttribute(name);
    };

    const point = (to) => {
      at = (to + found.length) % found.length;
      [...box.children].forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
      box.children[at].scrollIntoView({ block: 'nearest' });
      field.setAttribute('aria-activedescendant', box.children[at].id);
    };

    const accept = (offer) => {
      field.setRangeText(offer.text, offer.from, field.selectionEnd, 'end');
      field.dataset.completed = '';
      const typed = field;
      close();
      typed.dispatchEvent(new Event('input', { bubbles: true }));
    };

    const open = (target, isAsked) => {
      field = target;
      found = offers(field.value, field.selectionEnd, namesFor(field), isAsked).slice(0, MOST);
      if (!found.length) return close();
      box.replaceChildren(
        ...found.map((offer, index) => {
          const option = document.createElement('li');
          option.id = `completion-${index}`;
          option.setAttribute('role', 'option');
          option.setAttribute('aria-selected', 'false');
          const code = document.createElement('span');
          code.className = 'code';
          code.textContent = offer.text;
          option.append(code, offer.said && offer.said !== offer.text ? ` ${offer.said}` : '');
          option.addEventListener('mousedown', (event) => {
            event.preventDefault();
            accept(offer);
          });
          return option;
        }),
      );
      const held = field.closest('label') || field;
      held.after(box);
      held.parentElement.classList.add('completion-place');
      at = -1;
      box.hidden = false;
      field.setAttribute('aria-controls', box.id);
      field.setAttribute('aria-autocomplete', 'list');
      told.textContent = vi ? `${found.length} tên, phím mũi tên xuống để chọn` : `${found.length} names, arrow down to choose`;
      return null;
    };

    const isOurs = (target) => target.matches && target.matches('[data-expression]');
    place.addEventListener('input', (event) => {
      if (isOurs(event.target) && event.isTrusted) open(event.target, false);
    });
    place.addEventListener('keydown', (event) => {
      if (!isOurs(event.target)) return;
      const isAsked = event.ctrlKey && event.code === 'Space';
      if (isAsked || (event.key === 'ArrowDown' && box.hidden && !event.target.value)) {
        open(event.target, true);
        event.preventDefault();
      } else if (box.hidden) return;
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        point(event.key === 'ArrowDown' ? at + 1 : at < 0 ? found.length - 1 : at - 1);
      } else if ((event.key === 'Enter' || event.key === 'Tab') && at >= 0) {
        event.preventDefault();
        accept(found[at]);
      } else if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        close();
      }
    });
    place.addEventListener('focusout', (event) => {
      if (event.target !== field) return;
      const left = field;
      close();
      field = null;
      // A name that was taken by key or mouse is no typing to the browser: say it is changed.
      if ('completed' in left.dataset) {
        delete left.dataset.completed;
        left.dispatchEvent(new Event('change', { bubbles: true }));
      }
    });
  };
})();
