// <form data-intake>: the counter's small comforts. Everything it does can be typed without it.
(() => {
  'use strict';

  document.addEventListener('DOMContentLoaded', () => {
    const form = document.querySelector('form[data-intake]');
    if (!form) return;
    const rows = [...form.querySelectorAll('[data-row]')];
    const boxOf = (row) => row.querySelector('input[type=checkbox]');
    const changed = (input) => input.dispatchEvent(new Event('change', { bubbles: true }));

    const all = form.querySelector('[data-check-all]');
    all.hidden = false;
    all.addEventListener('click', () => {
      for (const row of rows.filter((one) => !one.classList.contains('is-spare'))) boxOf(row).checked = true;
      changed(boxOf(rows[0]));
    });

    // A paper written into an empty line was handed in: one original, until somebody says otherwise.
    form.addEventListener('input', (event) => {
      if (!event.target.matches('[data-names]')) return;
      const row = event.target.closest('[data-row]');
      const isNamed = event.target.value.trim() !== '';
      boxOf(row).checked = isNamed;
      const originals = row.querySelector('[name$=_originals]');
      if (isNamed && originals.value === '') originals.value = '1';
    });

    // What is missing is what was not ticked: the first draft of the request for it.
    form.addEventListener('change', (event) => {
      if (event.target.name !== 'intake_decision' || event.target.value !== 'supplement') return;
      const content = form.elements.namedItem('content');
      if (!content || content.value.trim() !== '') return;
      const missing = rows.filter((row) => !boxOf(row).checked).map((row) => row.querySelector('[data-paper-name]'));
      content.value = missing.filter(Boolean).map((label) => label.textContent.trim()).join('\n');
    });

    // The same owner's earlier dossiers, asked for when the number is complete.
    const place = form.querySelector('[data-earlier]');
    let asked = '';
    async function look() {
      const number = form.elements.namedItem('owner_id_number').value.trim();
      if (number === asked) return;
      asked = number;
      if (number.length < 9) {
        place.replaceChildren();
        return;
      }
      const body = new URLSearchParams({ owner_id_number: number });
      const headers = { 'X-CSRFToken': form.elements.namedItem('csrf_token').value, Accept: 'text/html' };
      try {
        const response = await fetch(place.dataset.earlier, { method: 'POST', body, headers, redirect: 'error' });
        if (response.ok && number === asked) place.innerHTML = await response.text();
      } catch {
        asked = '';
      }
    }
    form.addEventListener('change', (event) => {
      if (event.target.name === 'owner_id_number') look();
    });
  });
})();
