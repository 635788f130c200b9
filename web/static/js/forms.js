// Forms: sent once, fields that depend on an answer, dates and đồng typed the Vietnamese way. All of it works without, too.
(() => {
  'use strict';

  // Sent once: a second click while the first is under way does nothing.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('[data-once]')) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    const button = event.submitter || form.querySelector('[type=submit]');
    if (button) {
      button.classList.add('is-busy');
      button.setAttribute('aria-disabled', 'true');
    }
  });
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
    for (const button of document.querySelectorAll('.is-busy')) {
      button.classList.remove('is-busy');
      button.removeAttribute('aria-disabled');
    }
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  // A field shown only for some answers of another: its inputs are switched off while it is hidden, so they are not sent.
  function answerOf(form, name) {
    const inputs = [...form.elements].filter((input) => input.name === name);
    const first = inputs[0];
    if (!first) return null;
    if (first.type === 'radio') {
      const chosen = inputs.find((input) => input.checked);
      return chosen ? chosen.value : '';
    }
    return first.type === 'checkbox' ? first.checked : first.value;
  }
  function showDependent(form) {
    for (const field of form.querySelectorAll('[data-shown-field]')) {
      const values = JSON.parse(field.dataset.shownValues);
      const parent = form.querySelector(`[name="${CSS.escape(field.dataset.shownField)}"]`);
      const isShown = values.includes(answerOf(form, field.dataset.shownField)) && !(parent && parent.disabled);
      field.hidden = !isShown;
      for (const input of field.querySelectorAll('input, select, textarea')) input.disabled = !isShown;
    }
  }

  // 31122026 becomes 31/12/2026, 1250000 becomes 1.250.000.
  const asDate = (text) => {
    const digits = text.replace(/\D/g, '');
    if (/^\d{8}$/.test(text.trim())) return `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}`;
    const found = text.trim().match(/^(\d{1,2})[-. /](\d{1,2})[-. /](\d{4})$/);
    return found ? `${found[1].padStart(2, '0')}/${found[2].padStart(2, '0')}/${found[3]}` : text;
  };
  const asMoney = (text) => {
    const digits = text.replace(/[\s.đ₫]/g, '');
    return /^\d+$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, '.') : text;
  };
  document.addEventListener('focusout', (event) => {
    const kind = event.target.dataset && event.target.dataset.kind;
    if (kind === 'date') event.target.value = asDate(event.target.value);
    if (kind === 'money') event.target.value = asMoney(event.target.value);
  });

  // Too large or empty: say it before it travels.
  document.addEventListener('change', (event) => {
    const input = event.target;
    if (input.form) showDependent(input.form);
    if (input.type !== 'file') return;
    const largest = Number(input.dataset.largest || 20000000);
    const bad = [...input.files].find((file) => file.size > largest || file.size === 0);
    const vi = document.documentElement.lang !== 'en';
    let message = '';
    if (bad && bad.size === 0) message = vi ? `Tệp "${bad.name}" rỗng (0 byte): chọn tệp khác.` : `File "${bad.name}" is empty (0 bytes): choose another.`;
    else if (bad) message = vi ? `Tệp "${bad.name}" lớn hơn 20 MB: giảm dung lượng rồi chọn lại.` : `File "${bad.name}" is larger than 20 MB: reduce it, then choose again.`;
    input.setCustomValidity(message);
    if (message) input.reportValidity();
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest('.error-summary a[href^="#"]');
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const control = target.matches('fieldset') ? target.querySelector('input:not([disabled])') || target : target;
    control.focus();
    control.closest('.field').scrollIntoView({ block: 'center' });
  });

  document.addEventListener('DOMContentLoaded', () => {
    for (const form of document.forms) showDependent(form);
  });
})();
