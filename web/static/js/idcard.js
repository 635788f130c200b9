// A barcode scanner reads the QR code of a chip identity card as text and types it, with Enter, into <input data-id-card="owner_">:
// 012345678901|123456789|Nguyễn Văn A|01011990|Nam|Số 1, đường B|01012022
// Its parts go into the fields whose names begin with that prefix. The old number may be empty; older cards lack the end.
(() => {
  'use strict';

  const asDate = (text) => (/^\d{8}$/.test(text) ? `${text.slice(0, 2)}/${text.slice(2, 4)}/${text.slice(4)}` : '');

  function split(text) {
    const parts = text.normalize('NFC').trim().split('|').map((part) => part.trim());
    if (parts.length < 6 || !/^\d{12}$/.test(parts[0]) || (parts[1] && !/^\d{9}$/.test(parts[1])) || !parts[2]) return null;
    const [id_number, old_id_number, full_name, born, sex, address, issued = ''] = parts;
    return { id_number, old_id_number, full_name, birth_date: asDate(born), sex, address, issued_on: asDate(issued) };
  }

  function fill(form, prefix, card) {
    let filled = 0;
    for (const [name, value] of Object.entries(card)) {
      const field = form.elements.namedItem(prefix + name);
      if (!field || !value) continue;
      if (field instanceof RadioNodeList) field.value = value;
      else field.value = value;
      const changed = field instanceof RadioNodeList ? field[0] : field;
      changed.dispatchEvent(new Event('input', { bubbles: true }));
      changed.dispatchEvent(new Event('change', { bubbles: true }));
      filled += 1;
    }
    return filled;
  }

  function read(input) {
    const vi = document.documentElement.lang !== 'en';
    const card = split(input.value);
    const place = document.querySelector(`[data-id-card-status="${input.dataset.idCard}"]`);
    if (!card) {
      if (place) place.textContent = vi ? 'Chưa đọc được thẻ: tắt bộ gõ tiếng Việt rồi quét lại, hoặc nhập bằng tay.' : 'Card not read: switch the Vietnamese keyboard off and scan again, or type.';
      return;
    }
    fill(input.form, input.dataset.idCard, card);
    input.value = '';
    if (place) place.textContent = vi ? `Đã đọc thẻ của ${card.full_name}. Kiểm tra lại với thẻ.` : `Card of ${card.full_name} read. Compare with the card.`;
    const next = input.form.elements.namedItem(`${input.dataset.idCard}phone`);
    if (next) next.focus();
  }

  document.addEventListener('keydown', (event) => {
    const input = event.target;
    if (event.key !== 'Enter' || !input.matches || !input.matches('input[data-id-card]')) return;
    event.preventDefault();
    if (input.value.trim()) read(input);
  });
  document.addEventListener('input', (event) => {
    const input = event.target;
    if (!input.matches || !input.matches('input[data-id-card]')) return;
    // Pasted, or a scanner without Enter: complete once the date of issue stands at the end. A moment later, because the Enter of
    // other scanners is still to come and must meet this field, not the next one.
    setTimeout(() => {
      if (/\|\d{8}$/.test(input.value.trim()) && input.value.split('|').length >= 7) read(input);
    }, 300);
  });

  window.idCard = { split };
})();
