// <form data-designer>: a button that rearranges (name=act) and every change of a box is answered by the server with the page as it
// would be; the parts marked data-swap are put in place, nothing is saved. Without this script the same buttons load the page.
(() => {
  'use strict';
  const PAUSE = 500;
  const vi = document.documentElement.lang !== 'en';
  let turn = 0;
  let timer = 0;

  async function ask(form, act) {
    const body = new FormData(form);
    body.set('act', act);
    turn += 1;
    const mine = turn;
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(body), headers: { Accept: 'text/html' }, redirect: 'error' });
    const text = await response.text();
    if (mine !== turn || !response.ok) return null;
    return new DOMParser().parseFromString(text, 'text/html');
  }

  function swap(page, only) {
    for (const place of document.querySelectorAll('[data-swap]')) {
      if (only && place.dataset.swap !== only) continue;
      const fresh = page.querySelector(`[data-swap="${place.dataset.swap}"]`);
      if (!fresh) continue;
      const opened = [...place.querySelectorAll('details[open][data-row]')].map((row) => row.dataset.row);
      place.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
      for (const key of opened) {
        const row = place.querySelector(`details[data-row="${CSS.escape(key)}"]`);
        if (row) row.open = true;
      }
    }
    const preview = document.querySelector('[data-preview]');
    const box = preview && preview.querySelector('input, select, textarea');
    if (box) box.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function focusAfter(form, button, act) {
    const same = form.querySelector(`button[name=act][value="${CSS.escape(act)}"]:not(:disabled)`);
    const [word, key] = act.split(':');
    const row = key && form.querySelector(`#row-${CSS.escape(key)}`);
    const rows = form.querySelectorAll('.designer-row');
    const last = rows[rows.length - 1];
    if (word.startsWith('add') && last) {
      const box = last.querySelector('input:not([type=hidden])');
      if (box) box.focus();
    } else if (same) same.focus();
    else if (row) row.querySelector('button:not(:disabled)').focus();
    else form.querySelector('button[value=add-field], button[value=add-row]').focus();
  }

  async function rearrange(form, button) {
    const act = button.value;
    try {
      const page = await ask(form, act);
      if (!page) throw new Error('refused');
      swap(page);
      focusAfter(form, button, act);
    } catch {
      button.setCustomValidity(vi ? 'Chưa làm được: kiểm tra đường truyền rồi bấm lại.' : 'Not done: check the connection, then press again.');
      button.reportValidity();
      button.setCustomValidity('');
    }
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.matches('[data-preview]')) event.preventDefault();
    if (!form.matches('[data-designer]') || !event.submitter || event.submitter.value === 'save') return;
    event.preventDefault();
    clearTimeout(timer);
    rearrange(form, event.submitter);
  });

  function later(event) {
    const form = event.target.closest('form[data-designer]');
    if (!form || event.target.type === 'file') return;
    clearTimeout(timer);
    // Another kind of question offers other boxes: its row is drawn anew.
    const isKind = event.type === 'change' && /^type-/.test(event.target.name);
    if (isKind) {
      const name = event.target.name;
      ask(form, 'redraw').then((page) => {
        if (!page) return;
        swap(page);
        const box = form.querySelector(`[name="${CSS.escape(name)}"]`);
        if (box) box.focus();
      }).catch(() => {});
      return;
    }
    timer = setTimeout(() => ask(form, 'redraw').then((page) => page && swap(page, 'preview')).catch(() => {}), PAUSE);
  }
  // What an expression may read: on a decision table what the form says, in a condition the questions its picker offers.
  function namesFor(field) {
    const { form } = field;
    if (form.dataset.names) return JSON.parse(form.dataset.names);
    const picker = field.closest('.condition').querySelector('select');
    return [...picker.options].filter((option) => option.value).map((option) => ({ name: option.value, label: option.textContent, words: wordsOf(form, option.value) }));
  }

  function wordsOf(form, name) {
    const box = [...form.querySelectorAll('input[name^="name-"]')].find((one) => one.value === name);
    if (!box) return [];
    const key = box.name.slice('name-'.length);
    const [values, labels] = ['value', 'label'].map((part) => [...form.querySelectorAll(`[name="choice_${part}-${CSS.escape(key)}"]`)]);
    return values.map((one, place) => [`"${one.value}"`, labels[place].value]).filter(([word]) => word !== '""');
  }

  const designed = document.querySelector('form[data-designer]');
  if (designed && window.completeNames) window.completeNames(designed, namesFor);
  document.addEventListener('input', later);
  document.addEventListener('change', later);
})();
